/**
 * A point near the optimum of a box program by a primal-dual interior-point method (Mehrotra, "On the implementation of a
 * primal-dual interior point method", SIAM Journal on Optimization 2, 1992), whose thirty or so steps do not grow with the
 * conditioning of the kernel or with the bounds.
 *
 * Notation: s = β − lower and r = upper − β with multipliers z and w; b the intercepts; at the optimum
 * f + b − goal = z − w and s z = r w = 0. A step solves (Q + D) dβ + db = h with D = z / s + w / r. The two variables of a
 * row of a regression have the same row of Q, so that their D combine as resistors in parallel and the system keeps the
 * size of the kernel.
 */

import { entry, matrix, multiply, solve } from '../../../numeric/index.ts';
import { type BoxProgram, largestSize } from './box.ts';
import { cholesky } from './cholesky.ts';

/** Steps; thirty are usual. */
const MOST_STEPS = 100;

/** The share of the way to the nearest bound that a step takes. */
const SHORT = 0.995;

/** The mean product of distances and multipliers, relative to its start, that tells bounds from the rest. */
const NEAR = 1e-13;

/** Steps shorter than this share lead nowhere any more. */
const STUCK = 1e-8;

interface Iterate {
  readonly beta: Float64Array;
  /** s and r. */
  readonly distances: readonly [Float64Array, Float64Array];
  /** z and w. */
  readonly multipliers: readonly [Float64Array, Float64Array];
  readonly intercepts: Float64Array;
}

/** A change of an iterate; r changes by −dβ. */
interface Change {
  readonly beta: Float64Array;
  readonly multipliers: readonly [Float64Array, Float64Array];
  readonly intercepts: Float64Array;
}

/** Solves the system of one iterate: `first` and `second` are what s dz + z ds and r dw + w dr shall be. */
type Step = (first: Float64Array, second: Float64Array) => Change;

/** A point whose variables are at their bounds where multipliers say so; sums of groups are zero but for that. */
export function interiorPoint(program: BoxProgram): Float64Array {
  let point = startOf(program);
  const start = meanProduct(point);
  for (let count = 0; count < MOST_STEPS; count++) {
    const now = meanProduct(point);
    if (now <= NEAR * start) break;
    const step = stepAt(program, point);
    if (step === undefined) break;
    const { distances, multipliers } = point;
    const [s, r] = distances;
    const [z, w] = multipliers;
    const straight = step(
      s.map((value, t) => -value * entry(z, t)),
      r.map((value, t) => -value * entry(w, t)),
    );
    const hoped = meanProduct(stepped(point, straight, roomFor(point, straight)));
    const aim = now * Math.min(1, hoped / now) ** 3;
    const curved = step(
      s.map((value, t) => aim - value * entry(z, t) - entry(straight.beta, t) * entry(straight.multipliers[0], t)),
      r.map((value, t) => aim - value * entry(w, t) + entry(straight.beta, t) * entry(straight.multipliers[1], t)),
    );
    const length = SHORT * roomFor(point, curved);
    if (!(length > STUCK)) break;
    point = stepped(point, curved, length);
  }
  return atBounds(program, point);
}

/** All products of distances and multipliers are equal, and distances about as large as coefficients are. */
function startOf({ kernel, goals, lower, upper, groups }: BoxProgram): Iterate {
  const trace = Float64Array.from({ length: kernel.rows }, (_, k) => entry(kernel.data, k * (kernel.rows + 1)));
  const most = largestSize(trace);
  const goal = largestSize(goals);
  const width = upper.map((value, t) => value - entry(lower, t));
  const size = most === 0 ? Number.POSITIVE_INFINITY : goal / most;
  const product = goal * Math.min(size, largestSize(width));
  // Away from the bound at 0.
  const fromZero = width.map((value) => Math.min(size, value / 2));
  const s = fromZero.map((value, t) => (entry(lower, t) === 0 ? value : entry(width, t) - value));
  const r = s.map((value, t) => entry(width, t) - value);
  return {
    beta: s.map((value, t) => entry(lower, t) + value),
    distances: [s, r],
    multipliers: [s.map((value) => product / value), r.map((value) => product / value)],
    intercepts: new Float64Array(groups),
  };
}

function meanProduct({ distances, multipliers }: Iterate): number {
  let sum = 0;
  distances.forEach((side, k) => {
    side.forEach((value, t) => {
      sum += value * entry(multipliers[k === 0 ? 0 : 1], t);
    });
  });
  return sum / (2 * distances[0].length);
}

/** The largest step of at most 1 that keeps distances and multipliers from 0 on. */
function roomFor({ distances, multipliers }: Iterate, change: Change): number {
  let room = 1;
  const limit = (values: Float64Array, changes: Float64Array, sign: number): void => {
    values.forEach((value, t) => {
      const move = sign * entry(changes, t);
      if (move < 0) room = Math.min(room, value / -move);
    });
  };
  limit(distances[0], change.beta, 1);
  limit(distances[1], change.beta, -1);
  limit(multipliers[0], change.multipliers[0], 1);
  limit(multipliers[1], change.multipliers[1], 1);
  return room;
}

function stepped({ beta, distances, multipliers, intercepts }: Iterate, change: Change, length: number): Iterate {
  const along = (values: Float64Array, changes: Float64Array, factor: number): Float64Array =>
    values.map((value, k) => value + factor * entry(changes, k));
  return {
    beta: along(beta, change.beta, length),
    distances: [along(distances[0], change.beta, length), along(distances[1], change.beta, -length)],
    multipliers: [
      along(multipliers[0], change.multipliers[0], length),
      along(multipliers[1], change.multipliers[1], length),
    ],
    intercepts: along(intercepts, change.intercepts, length),
  };
}

/** Prepares steps from a point; nothing where rounding has eaten up the system. */
function stepAt({ kernel, goals, groups }: BoxProgram, point: Iterate): Step | undefined {
  const { beta, distances, multipliers, intercepts } = point;
  const [s, r] = distances;
  const [z, w] = multipliers;
  const rows = kernel.rows;
  const weights = s.map((value, t) => entry(z, t) / value + entry(w, t) / entry(r, t));
  const ofRow = (values: Float64Array): Float64Array => {
    const sums = new Float64Array(rows);
    values.forEach((value, t) => {
      sums[t % rows] = entry(sums, t % rows) + value;
    });
    return sums;
  };
  const sums = ofRow(beta);
  const fitted = multiply(kernel, matrix(rows, 1, sums)).data;
  const wrong = goals.map(
    (goal, t) => goal - entry(fitted, t % rows) - entry(intercepts, (t % rows) % groups) + entry(z, t) - entry(w, t),
  );
  const parallel = ofRow(weights.map((weight) => 1 / weight)).map((value) => 1 / value);
  const solveRows = cholesky(kernel, parallel);
  if (solveRows === undefined) return undefined;
  const inGroup = (values: Float64Array, group: number): number => {
    let sum = 0;
    for (let row = group; row < rows; row += groups) sum += entry(values, row);
    return sum;
  };
  const all = Array.from({ length: groups }, (_, group) => group);
  const columns = all.map((group) =>
    solveRows(Float64Array.from({ length: rows }, (_, row) => (row % groups === group ? 1 : 0))),
  );
  const between = all.flatMap((g) => columns.map((column) => inGroup(column, g)));
  const border = matrix(groups, groups, Float64Array.from(between));
  return (first, second) => {
    const right = wrong.map((value, t) => value + entry(first, t) / entry(s, t) - entry(second, t) / entry(r, t));
    const joint = ofRow(right.map((value, t) => value / entry(weights, t))).map((v, row) => v * entry(parallel, row));
    const plain = solveRows(joint);
    const missing = Float64Array.from(all, (group) => inGroup(plain, group) + inGroup(sums, group));
    const shift = solve(border, matrix(groups, 1, missing)).data;
    const both = plain.map((value, row) =>
      columns.reduce((sum, column, group) => sum - entry(shift, group) * entry(column, row), value),
    );
    const change = splitBetween(both, right, weights, parallel);
    return {
      beta: change,
      multipliers: [
        change.map((move, t) => (entry(first, t) - entry(z, t) * move) / entry(s, t)),
        change.map((move, t) => (entry(second, t) + entry(w, t) * move) / entry(r, t)),
      ],
      intercepts: shift,
    };
  };
}

/** The changes of variables whose sum by row is `both`: one for a row is the sum itself. */
function splitBetween(
  both: Float64Array,
  right: Float64Array,
  weights: Float64Array,
  parallel: Float64Array,
): Float64Array {
  const rows = both.length;
  if (right.length === rows) return both;
  return right.map((own, t) => {
    const [row, twin] = [t % rows, (t + rows) % right.length];
    const difference = (own - entry(right, twin)) / entry(weights, twin);
    return (entry(parallel, row) / entry(weights, t)) * (entry(both, row) + difference);
  });
}

/** A distance that is smaller than its multiplier, each relative to its kind, is none. */
function atBounds({ goals, lower, upper }: BoxProgram, { beta, distances, multipliers }: Iterate): Float64Array {
  const [goal, size] = [largestSize(goals), largestSize(beta)];
  const held = (side: 0 | 1, t: number): boolean =>
    entry(distances[side], t) * goal < entry(multipliers[side], t) * size;
  return beta.map((value, t) => {
    if (held(0, t)) return entry(lower, t);
    return held(1, t) ? entry(upper, t) : value;
  });
}
