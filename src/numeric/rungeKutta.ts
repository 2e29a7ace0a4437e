/**
 * Ordinary differential equations y′ = g(t, y) by the explicit Runge–Kutta pair of orders 5 and 4 of Dormand and Prince
 * (1980, RK5(4)7M): seven stages, of which the last is the first of the next step; the pair's difference sizes the steps.
 */

import { at, entry } from './arrays.ts';
import { badTimes, tooManySteps } from './errors.ts';

/** Writes g(t, y) of a state y [entries] into an array [entries]. */
export type Derivative = (time: number, state: Float64Array, into: Float64Array) => void;

/** How exact a solution of an ordinary differential equation is to be. */
export interface OdeOptions {
  /** What a step's error may be, as a root mean square over entries: `relative` times the entry and `absolute`. */
  readonly relative?: number;
  readonly absolute?: number;
  /** Steps, those taken back included; default a million. */
  readonly mostSteps?: number;
}

/** Rows of the triangular matrix, and its last row once more: the weights of order 5. */
const STAGES: readonly (readonly number[])[] = [
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
];
const NODES: readonly number[] = [1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1];
/** Weights of order 5 less those of order 4. */
const ERRORS: readonly number[] = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40];

/** The table, for a test of the conditions that it has to meet. */
export const dormandPrince = { stages: STAGES, nodes: NODES, errors: ERRORS } as const;

/** Of step sizes: the error of a step goes with the fifth power; the rest is usual prudence (Hairer et al., II.4). */
const [SAFETY, LEAST_FACTOR, MOST_FACTOR, POWER] = [0.9, 0.2, 5, 1 / 5];
const MOST_STEPS = 1_000_000;

/**
 * States [entries] at times that do not fall, one for each time, from the state `start` [entries] at time 0. The
 * defaults are for results to about nine digits.
 *
 * Throws {@link UserError} `numeric.badTimes`; {@link UnsupportedError} `numeric.tooManySteps` where steps have to stay
 * so small that the end is out of reach (a stiff equation) or the derivative is not finite.
 */
export function solveOde(
  derivative: Derivative,
  start: Float64Array,
  times: readonly number[],
  { relative = 1e-10, absolute = 1e-12, mostSteps = MOST_STEPS }: OdeOptions = {},
): Float64Array[] {
  const wrong = times.findIndex((time, k) => !(Number.isFinite(time) && time >= (k === 0 ? 0 : at(times, k - 1))));
  if (wrong >= 0) throw badTimes(times, wrong);
  const size = start.length;
  let state: Float64Array = start.slice();
  let next: Float64Array = new Float64Array(size);
  const slopes = Array.from({ length: STAGES.length + 1 }, () => new Float64Array(size));
  const [first, last] = [at(slopes, 0), at(slopes, STAGES.length)];
  derivative(0, state, first);
  let time = 0;
  let step = firstStep(state, first, relative, absolute);
  let count = 0;
  return times.map((end) => {
    while (time < end) {
      if (count === mostSteps) throw tooManySteps(mostSteps, time, end);
      count++;
      // A rest below rounding is taken along.
      const whole = end - time <= step * (1 + 1e-10);
      const own = whole ? end - time : step;
      STAGES.forEach((row, k) => {
        next.set(state);
        row.forEach((weight, j) => {
          const slope = at(slopes, j);
          for (let e = 0; e < size; e++) next[e] = entry(next, e) + own * weight * entry(slope, e);
        });
        derivative(time + at(NODES, k) * own, next, at(slopes, k + 1));
      });
      const error = errorOf(slopes, own, state, next, relative, absolute);
      const factor = SAFETY * error ** -POWER;
      if (!(error <= 1)) {
        step = own * Math.max(LEAST_FACTOR, Number.isNaN(factor) ? LEAST_FACTOR : factor);
        continue;
      }
      time = whole ? end : time + own;
      [state, next] = [next, state];
      first.set(last);
      // A step that the end has cut short says nothing against the longer one.
      const grown = own * Math.min(MOST_FACTOR, factor);
      step = whole ? Math.max(step, grown) : grown;
    }
    return state.slice();
  });
}

/** A step's error over what it may be. */
function errorOf(
  slopes: readonly Float64Array[],
  step: number,
  before: Float64Array,
  after: Float64Array,
  relative: number,
  absolute: number,
): number {
  let total = 0;
  for (let e = 0; e < before.length; e++) {
    let error = 0;
    for (let k = 0; k < ERRORS.length; k++) error += at(ERRORS, k) * entry(at(slopes, k), e);
    const allowed = absolute + relative * Math.max(Math.abs(entry(before, e)), Math.abs(entry(after, e)));
    total += ((step * error) / allowed) ** 2;
  }
  return Math.sqrt(total / Math.max(1, before.length));
}

/** A step over which the state moves by a hundredth of its size, or of what may be neglected where it is 0. */
function firstStep(state: Float64Array, slope: Float64Array, relative: number, absolute: number): number {
  const sizeOf = (values: Float64Array): number =>
    Math.sqrt(
      values.reduce((total, value, e) => total + (value / (absolute + relative * Math.abs(entry(state, e)))) ** 2, 0),
    );
  const [size, speed] = [sizeOf(state), sizeOf(slope)];
  return size < 1e-5 || speed < 1e-5 ? 1e-6 : (0.01 * size) / speed;
}
