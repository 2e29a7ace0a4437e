/** Data of `nexort limit` that are there without a file: small, so that a limit takes seconds. */

import type { Vectors } from '../train/source.ts';

/** A small problem with what is trained on first, and then what is only evaluated. */
export interface SmallProblem extends Vectors {
  /** The last examples, which are in no batch. */
  readonly evaluated: number;
}

/** Points that are trained on; as many lie between them. */
const POINTS = 5;

/** sin 2θ at points (cos θ, sin θ, 1) of a circle. */
function circle(): SmallProblem {
  const angles = Array.from({ length: 2 * POINTS }, (_, k) => (2 * Math.PI * (k % POINTS)) / POINTS).map((angle, k) =>
    k < POINTS ? angle : angle + Math.PI / POINTS,
  );
  return {
    kind: 'vectors',
    name: 'circle',
    input: 3,
    classes: undefined,
    notes: [],
    inputs: Float64Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle), 1])),
    labels: Float64Array.from(angles, (angle) => withoutRounding(Math.sin(2 * angle))),
    evaluated: POINTS,
  };
}

/** 0 where rounding left a little. */
const withoutRounding = (value: number): number => (Math.abs(value) < Number.EPSILON * 4 ? 0 : value);

/** a b at (a, b, 1), a and b ±1. */
function xor(): SmallProblem {
  const corners = [-1, 1].flatMap((a) => [-1, 1].map((b) => [a, b] as const));
  return {
    kind: 'vectors',
    name: 'xor',
    input: 3,
    classes: undefined,
    notes: [],
    inputs: Float64Array.from(corners.flatMap(([a, b]) => [a, b, 1])),
    labels: Float64Array.from(corners, ([a, b]) => a * b),
    evaluated: 0,
  };
}

/** By name. The third input, which is always 1, takes the place of biases. */
export const SMALL_PROBLEMS: ReadonlyMap<string, () => SmallProblem> = new Map([
  ['circle', circle],
  ['xor', xor],
]);
