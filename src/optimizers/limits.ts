/**
 * How the size of an update is limited, tensor by tensor (IVb 2.10). The four ways are different optimizers: the first
 * three change the exponent c that a parametrization needs, the last does not (theory: section 6).
 *
 * Norms are Frobenius norms, ν = √(Σ Q²), written as powers of the widths times a root of a mean over them,
 * ν = Π|width|^(1/2) · √(mean over widths of the sum over fixed axes), so that the program stays in NE⊗OR⊤ and equals
 * the usual definition at every width.
 */

import { type Expr, argument, constant, div, maximum, minimum, mul, sizePower, spaceOf, unary, type SizePower, type Value, without, type Writer, square } from '../program/index.ts';

/** One of the four ways. */
export type Limit =
  /** Q/ν: the update always has norm 1. */
  | { readonly kind: 'normalize' }
  /** Q/‖w‖, w being the weight before the step. For a hidden matrix this norm has no infinite-width reading. */
  | { readonly kind: 'normalizeByWeight' }
  /** IVb's clipping, Q/min(ν, θ): norm 1 up to the threshold, and proportional to ν/θ beyond. */
  | { readonly kind: 'divideByClippedNorm'; readonly threshold: Threshold }
  /** The usual clipping, Q · min(1, θ/ν): untouched up to the threshold, norm θ beyond. */
  | { readonly kind: 'clip'; readonly threshold: Threshold };

/** θ = value · Π size^exponent; IVb's θ₀ n^e has e = 1/2 for each width axis of the parameter. */
export interface Threshold {
  readonly value: number;
  readonly powers?: readonly SizePower[];
}

/** The threshold θ₀ n^e of a parameter on these axes of the writer's program: value · √(the number of its coordinates over widths). */
export function widthThreshold(value: number, widths: readonly string[]): Threshold {
  return { value, powers: widths.map((axis) => ({ space: spaceOf(axis), exponent: 0.5 })) };
}

/** What a limit is applied to. */
export interface Limited {
  readonly update: Value;
  readonly weight: Value;
  readonly prefix: string;
}

/** Writes the limited update. */
export function writeLimit(writer: Writer, limit: Limit, { update, weight, prefix }: Limited): Value {
  const norm = writeNorm(writer, limit.kind === 'normalizeByWeight' ? weight : update, `${prefix}norm`);
  return writer.map(limitedBy(limit), [update, norm], `${prefix}update.limited`);
}

/** The limited update of Q (argument 0) and the norm (argument 1). */
function limitedBy(limit: Limit): Expr {
  const [update, norm] = [argument(0), argument(1)];
  switch (limit.kind) {
    case 'normalize':
    case 'normalizeByWeight':
      return div(update, norm);
    case 'divideByClippedNorm':
      return div(update, minimum(norm, thresholdOf(limit.threshold)));
    case 'clip':
      // θ/max(ν, θ) is min(1, θ/ν) without a division by 0.
      return mul(update, div(thresholdOf(limit.threshold), maximum(norm, thresholdOf(limit.threshold))));
  }
}

const thresholdOf = ({ value, powers = [] }: Threshold): Expr =>
  powers.reduce<Expr>((total, { space, exponent }) => mul(total, sizePower(space, exponent)), constant(value));

/** ν² of a value: |widths| · mean over widths of the sum over fixed axes of its square. */
export function writeSquaredNorm(writer: Writer, value: Value, label: string): Value {
  const { axes } = value.type;
  const widths = writer.widthAxes(axes);
  const squares = writer.map(square(argument(0)), [value]);
  const summed = writer.reduce('sum', squares, without(axes, widths));
  const mean = writer.reduce('mean', summed, widths);
  return writer.map(mul(writer.widthFactor(widths), argument(0)), [mean], label);
}

/** ν, the Frobenius norm of a value. */
export function writeNorm(writer: Writer, value: Value, label: string): Value {
  return writer.map(unary('sqrt', argument(0)), [writeSquaredNorm(writer, value, `${label}.squared`)], label);
}
