/**
 * How the size of an update is limited, tensor by tensor (IVb 2.10). Each is another optimizer: all but `clip` change the
 * exponent c that a parametrization needs.
 *
 * Norms are Frobenius norms, ν = √(Σ Q²), written as powers of the widths times a root of a mean over them,
 * ν = Π|width|^(1/2) · √(mean over widths of the sum over fixed axes), so that the program stays in NE⊗OR⊤ and equals
 * the usual definition at every width.
 */

import { required } from '../errors/index.ts';
import {
  type Axis,
  argument,
  constant,
  div,
  type Expr,
  maximum,
  minimum,
  mul,
  type RandomLaw,
  type SizePowerLike,
  sizePower,
  spaceOf,
  square,
  unary,
  type Value,
  type Writer,
  without,
} from '../program/index.ts';

/** One of the ways. */
export type Limit =
  /** Q/ν: the update always has norm 1. */
  | { readonly kind: 'normalize' }
  /** Q/‖w‖, w being the weight before the step. The program measures it: outside NE⊗OR⊤ for a hidden matrix. */
  | { readonly kind: 'normalizeByWeight' }
  /**
   * Q/‖w‖ with what ‖w‖ is at large width while training moves it little beside its initial size: the standard deviation
   * of its law times √entries times what decay has left, (1 − λ)^(t−1). For hidden matrices this is its limit.
   */
  | { readonly kind: 'normalizeByInitialWeight'; readonly law: RandomLaw }
  /** IVb's clipping, Q/min(ν, θ): norm 1 up to the threshold, and proportional to ν/θ beyond. */
  | { readonly kind: 'divideByClippedNorm'; readonly threshold: Threshold }
  /** The usual clipping, Q · min(1, θ/ν): untouched up to the threshold, norm θ beyond. */
  | { readonly kind: 'clip'; readonly threshold: Threshold };

/** θ = value · Π size^exponent; IVb's θ₀ n^e has e = 1/2 for each width axis of the parameter. */
export interface Threshold {
  readonly value: number;
  readonly powers?: readonly SizePowerLike[];
}

/** IVb's threshold θ₀ n^e for a parameter with these width axes: value · √(the product of their sizes). */
export function widthThreshold(value: number, widths: readonly Axis[]): Threshold {
  return { value, powers: widths.map((axis) => ({ space: spaceOf(axis), exponent: 0.5 })) };
}

/** What a limit is applied to. */
export interface Limited {
  readonly update: Value;
  /** Read by `normalizeByWeight` alone. */
  readonly weight?: Value;
  readonly prefix: string;
  /** What decay has left of the weight so far, where there is decay. */
  readonly shrunk?: Value;
}

/** Norms below this count as this, so that an update of nothing stays nothing where it would be 0/0. */
const LEAST_NORM = 1e-30;

/** Writes the limited update. */
export function writeLimit(writer: Writer, limit: Limit, { update, weight, prefix, shrunk }: Limited): Value {
  const label = writer.free(`${prefix}update.limited`);
  if (limit.kind === 'normalizeByInitialWeight') {
    const initial = initialNorm(limit.law, update.type.axes);
    const norm = shrunk === undefined ? initial : mul(initial, argument(1));
    return writer.map(
      div(argument(0), norm),
      [update, shrunk].flatMap((value) => value ?? []),
      label,
    );
  }
  const measured = limit.kind === 'normalizeByWeight' ? required(weight, 'weight that a limit measures') : update;
  const norm = writeNorm(writer, measured, `${prefix}norm`);
  return writer.map(limitedBy(limit), [update, norm], label);
}

/** The limited update of Q (argument 0) and the norm (argument 1). */
function limitedBy(limit: Exclude<Limit, { kind: 'normalizeByInitialWeight' }>): Expr {
  const [update, norm] = [argument(0), argument(1)];
  switch (limit.kind) {
    case 'normalize':
    case 'normalizeByWeight':
      return div(update, maximum(norm, LEAST_NORM));
    case 'divideByClippedNorm':
      return div(update, maximum(minimum(norm, thresholdOf(limit.threshold)), LEAST_NORM));
    case 'clip':
      // θ/max(ν, θ) is min(1, θ/ν) without a division by 0.
      return mul(update, div(thresholdOf(limit.threshold), maximum(norm, thresholdOf(limit.threshold))));
  }
}

function initialNorm({ scale, powers }: RandomLaw, axes: readonly Axis[]): Expr {
  const roots = axes.map((axis) => ({ space: spaceOf(axis), exponent: 0.5 }));
  return thresholdOf({ value: scale, powers: [...powers, ...roots] });
}

const thresholdOf = ({ value, powers = [] }: Threshold): Expr =>
  powers.reduce<Expr>((total, { space, exponent }) => mul(total, sizePower(space, exponent)), constant(value));

/** ν² of a value: |widths| · mean over widths of the sum over fixed axes of its square. */
export function writeSquaredNorm(writer: Writer, value: Value, label?: string): Value {
  const { axes } = value.type;
  const widths = writer.widthAxes(axes);
  const squares = writer.map(square(argument(0)), [value]);
  const summed = writer.reduce('sum', squares, without(axes, widths));
  const mean = writer.reduce('mean', summed, widths);
  return writer.map(
    mul(writer.widthFactor(widths), argument(0)),
    [mean],
    label === undefined ? label : writer.free(label),
  );
}

/** ν, the Frobenius norm of a value. */
export function writeNorm(writer: Writer, value: Value, label: string): Value {
  return writer.map(
    unary('sqrt', argument(0)),
    [writeSquaredNorm(writer, value, `${label}.squared`)],
    writer.free(label),
  );
}
