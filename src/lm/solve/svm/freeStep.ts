/**
 * A step of all variables of a box program that are between their bounds, to the minimum that the others leave them: the
 * linear system K β + b = goal of these variables and their groups' intercepts. Where it leads past bounds, the step ends
 * at the first one, whose variable stays there, and the rest is solved for again.
 */

import { entry, type Matrix, matrix, spectralForm } from '../../../numeric/index.ts';
import type { BoxPoint, BoxProgram } from './box.ts';

/** Variables that may run into bounds in one step; steps of pairs sort out more of them at less cost. */
const MOST_BOUNDS = 20;

/** Further solutions for what rounding left over of the first. */
const REFINEMENTS = 2;

/** What a system that can be solved leaves over of its right side at most. */
const UNSOLVED = 1e-6;

/** The first bound on the way. */
interface Blocking {
  readonly variable: number;
  readonly bound: number;
}

/** A new point whose objective is no larger; the same one where nothing is between bounds. */
export function freeStep(program: BoxProgram, { beta: from }: BoxPoint): BoxPoint {
  const beta = from.slice();
  for (let bounds = 0; bounds <= MOST_BOUNDS; bounds++) {
    const free = [...beta.keys()].filter((t) => isFree(program, beta, t));
    if (free.length === 0) break;
    const direction = directionOf(program, beta, free);
    if (direction === undefined) break;
    const { length, blocking } = reach(program, beta, free, direction);
    free.forEach((t, k) => {
      beta[t] = inside(program, t, entry(beta, t) + length * entry(direction, k));
    });
    if (blocking === undefined) break;
    const { bound, variable } = blocking;
    beta[variable] = bound;
  }
  return { beta, fitted: fittedBy(program, beta) };
}

function isFree({ lower, upper }: BoxProgram, beta: Float64Array, t: number): boolean {
  return entry(beta, t) > entry(lower, t) && entry(beta, t) < entry(upper, t);
}

const inside = ({ lower, upper }: BoxProgram, t: number, value: number): number =>
  Math.min(entry(upper, t), Math.max(entry(lower, t), value));

/** f of a point, [rows]. */
export function fittedBy({ kernel: { rows, data } }: BoxProgram, beta: Float64Array): Float64Array {
  const fitted = new Float64Array(rows);
  beta.forEach((value, t) => {
    if (value === 0) return;
    const start = (t % rows) * rows;
    for (let row = 0; row < rows; row++) fitted[row] = entry(fitted, row) + value * entry(data, start + row);
  });
  return fitted;
}

/** Where the free variables want to go; nothing where a flat direction makes the system unsolvable. */
function directionOf(program: BoxProgram, beta: Float64Array, free: readonly number[]): Float64Array | undefined {
  const { kernel, goals, groups } = program;
  const groupsOfFree = [...new Set(free.map((t) => (t % kernel.rows) % groups))];
  const size = free.length + groupsOfFree.length;
  const { system, scale } = bordered(program, free, groupsOfFree);
  const solver = pseudoSolver(system);
  const fitted = fittedBy(program, beta);
  const wanted = new Float64Array(size);
  free.forEach((t, k) => {
    wanted[k] = entry(goals, t) - entry(fitted, t % kernel.rows);
  });
  beta.forEach((value, t) => {
    const place = groupsOfFree.indexOf((t % kernel.rows) % groups);
    if (place >= 0) wanted[free.length + place] = entry(wanted, free.length + place) - scale * value;
  });
  const found = new Float64Array(size);
  let left: Float64Array = wanted;
  for (let pass = 0; pass <= REFINEMENTS; pass++) {
    solver(left).forEach((value, k) => {
      found[k] = entry(found, k) + value;
    });
    left = residual(system, found, wanted);
  }
  const solved = squareSum(left) <= UNSOLVED ** 2 * squareSum(wanted);
  return solved ? found.subarray(0, free.length) : undefined;
}

const squareSum = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);

/** [K, s E; s Eᵀ, 0], E telling the groups of variables and s making it as large as K. */
function bordered(
  { kernel: { rows, data }, groups }: BoxProgram,
  free: readonly number[],
  own: readonly number[],
): { readonly system: Matrix; readonly scale: number } {
  const size = free.length + own.length;
  const system = new Float64Array(size * size);
  let scale = 0;
  free.forEach((s, k) => {
    free.forEach((t, l) => {
      const value = entry(data, (s % rows) * rows + (t % rows));
      system[k * size + l] = value;
      scale = Math.max(scale, Math.abs(value));
    });
  });
  free.forEach((t, k) => {
    const l = free.length + own.indexOf((t % rows) % groups);
    system[k * size + l] = scale;
    system[l * size + k] = scale;
  });
  return { system: matrix(size, size, system), scale };
}

/** Least squares of minimum norm. */
function pseudoSolver(system: Matrix): (wanted: Float64Array) => Float64Array {
  const { values, toSpectral, fromSpectral } = spectralForm(system);
  const most = values.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
  const cutoff = values.length * Number.EPSILON * most;
  return (wanted) =>
    fromSpectral(
      toSpectral(wanted).map((component, k) =>
        Math.abs(entry(values, k)) > cutoff ? component / entry(values, k) : 0,
      ),
    );
}

function residual({ data }: Matrix, found: Float64Array, wanted: Float64Array): Float64Array {
  const size = wanted.length;
  return wanted.map((value, k) => {
    let sum = value;
    for (let l = 0; l < size; l++) sum -= entry(data, k * size + l) * entry(found, l);
    return sum;
  });
}

/** How much of the way lies inside the bounds, 1 at most, and the variable that meets its bound first. */
function reach(
  { lower, upper }: BoxProgram,
  beta: Float64Array,
  free: readonly number[],
  direction: Float64Array,
): { readonly length: number; readonly blocking?: Blocking } {
  let found: { readonly length: number; readonly blocking?: Blocking } = { length: 1 };
  for (const [k, variable] of free.entries()) {
    const move = entry(direction, k);
    if (move === 0) continue;
    const bound = entry(move > 0 ? upper : lower, variable);
    const length = (bound - entry(beta, variable)) / move;
    if (length < found.length) found = { length, blocking: { variable, bound } };
  }
  return found;
}
