/**
 * Clipping and normalization of updates, and what they do to exponents (IVb 2.10).
 *
 * An update of entries of order 1 has the norm n^e, where e is half the number of width axes. Dividing by it shifts c by
 * e; dividing by the norm of the weight, n^(e−b), by e − b. Clipping as libraries do it, times min(1, θ / norm) with
 * θ = θ₀ n^e, leaves updates of order 1 as they are.
 */

import { type Exponent, finite, HALF, minus, ONE, ZERO } from '../program/index.ts';
import * as errors from './errors.ts';
import { type Exponents, mapKinds, type ParameterKind, type Parametrization } from './parametrization.ts';

/**
 * How updates are limited, named as by the optimizers (src/optimizers/limits.ts).
 *
 * - `none`: updates as Q gives them.
 * - `normalize`: divided by their norm ν.
 * - `normalizeByWeight`: divided by the current norm of the weight.
 * - `divideByClippedNorm`: divided by min(ν, θ₀ n^e): IVb's clipping.
 * - `clip`: multiplied by min(1, θ₀ n^e / ν): what libraries call clipping.
 */
export type Clipping = 'none' | 'normalize' | 'normalizeByWeight' | 'divideByClippedNorm' | 'clip';

/** The ways in which updates are limited, by name. */
export const CLIPPINGS: readonly Clipping[] = ['none', 'normalize', 'normalizeByWeight', 'divideByClippedNorm', 'clip'];

/** The exponent of the norm of a tensor of this kind with entries of order 1. */
export function normExponent(kind: ParameterKind): Exponent {
  return kind === 'matrix' ? ONE : kind === 'scalar' ? ZERO : HALF;
}

/**
 * What a clipping adds to c: an update of order-1 entries becomes one of size n^(-shift). Throws {@link UserError}
 * `parametrizations.zero-weight-norm` for a weight that starts at zero beneath its norm.
 */
export function rateShift(clipping: Clipping, kind: ParameterKind, { b }: Exponents): Exponent {
  if (clipping === 'none' || clipping === 'clip') return ZERO;
  const e = normExponent(kind);
  if (clipping !== 'normalizeByWeight') return e;
  if (!finite(b)) throw errors.zeroWeightNorm();
  return minus(e, b);
}

/**
 * The same parametrization for updates that are clipped so: c is lowered by what the clipping adds to it. Throws
 * {@link UserError} `parametrizations.clipped-by-name` where some parameters have exponents of their own.
 */
export function clippedFor(parametrization: Parametrization, clipping: Clipping): Parametrization {
  if (Object.keys(parametrization.parameters).length > 0) throw errors.clippedByName(parametrization.name);
  return mapKinds(parametrization, (exponents, kind) => ({
    ...exponents,
    c: minus(exponents.c, rateShift(clipping, kind, exponents)),
  }));
}

/** The exponent of the clipping's threshold θ, where it has one: θ = θ₀ n^threshold. */
export function thresholdExponent(clipping: Clipping, kind: ParameterKind, { b }: Exponents): Exponent | undefined {
  if (clipping === 'none' || clipping === 'normalize') return undefined;
  const e = normExponent(kind);
  return clipping === 'normalizeByWeight' ? minus(e, b) : e;
}
