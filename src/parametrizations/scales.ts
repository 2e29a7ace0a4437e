/**
 * The numbers that a parametrization gives at a width: powers of n with constants in front, n being the width over the
 * base width. At the base width all powers are 1, and a network has exactly its constants: a µP network is the standard
 * one there, and constants tuned on it serve every width.
 *
 * Powers are those of IVb 2.2; that a base width has none is the convention of Yang et al. 2022 (arXiv 2203.03466).
 */

import { type Exponent, toNumber } from '../program/index.ts';
import * as errors from './errors.ts';
import type { Exponents, Parametrization } from './parametrization.ts';

/** Numbers in front of the powers of n; 1 where none is given. */
export interface Constants {
  readonly multiplier?: number;
  readonly deviation?: number;
  readonly rate?: number;
  readonly gradient?: number;
  readonly epsilon?: number;
}

/** What a parameter is trained with at one width. */
export interface Scales {
  /** n^(-a) in front of the weight: W = multiplier · w. */
  readonly multiplier: number;
  /** n^(-b), the standard deviation of w at initialization. */
  readonly deviation: number;
  /** The step size of w, η n^(-c). */
  readonly rate: number;
  /** n^d in front of the gradient that Q sees. */
  readonly gradient: number;
  /**
   * ε for a Q that sees gradients of w as they are, in place of {@link gradient}: Q(n^d g; ε) = Q(g; ε n^(-d)) for rules
   * such as Adam, whose ε is added to something of the gradient's size.
   */
  readonly epsilon: number;
}

/** A width, and the one at which powers of n are 1. */
export interface Widths {
  readonly width: number;
  /** Default: that of the parametrization, else 1. */
  readonly baseWidth?: number;
}

/**
 * The scales of a parameter of these exponents. Throws {@link UserError} `parametrizations.bad-width`,
 * `parametrizations.contradictory-base-width`.
 */
export function scalesOf(
  parametrization: Parametrization,
  { a, b, c, d }: Exponents,
  widths: Widths,
  constants: Constants = {},
): Scales {
  const n = relativeWidth(parametrization, widths);
  const { multiplier = 1, deviation = 1, rate = 1, gradient = 1, epsilon = 0 } = constants;
  return {
    multiplier: multiplier * power(n, a, -1),
    deviation: deviation * power(n, b, -1),
    rate: rate * power(n, c, -1),
    gradient: gradient * power(n, d, 1),
    epsilon: (epsilon / gradient) * power(n, d, -1),
  };
}

/** The output's multiplier, n^(-out). */
export function outputScale(parametrization: Parametrization, widths: Widths): number {
  return power(relativeWidth(parametrization, widths), parametrization.out, -1);
}

/** n: the width over the base width. Throws {@link UserError} `parametrizations.bad-width`. */
export function relativeWidth(parametrization: Parametrization, { width, baseWidth }: Widths): number {
  const base = baseWidthOf(parametrization, baseWidth);
  if (!(width > 0 && Number.isFinite(width))) throw errors.badWidth('width', width);
  return width / base;
}

/**
 * The base width, from the parametrization or given; both may say the same. Throws {@link UserError}
 * `parametrizations.bad-width`, `parametrizations.contradictory-base-width`.
 */
export function baseWidthOf({ name, baseWidth: own }: Parametrization, given?: number): number {
  const base = given ?? own ?? 1;
  if (!(base > 0 && Number.isFinite(base))) throw errors.badWidth('base width', base);
  if (own !== undefined && given !== undefined && own !== given) {
    throw errors.contradictoryBaseWidth(name, own, given);
  }
  return base;
}

/** n^(±exponent), 0 where n^(-∞) is meant. A square root is exact where it can be. */
function power(n: number, exponent: Exponent, sign: 1 | -1): number {
  if (exponent.denominator === 0) return 0;
  return n ** (sign * toNumber(exponent));
}
