/**
 * The duals of support vector machines, solved to rounding.
 *
 * Notation: K a symmetric positive semidefinite kernel [rows, rows]; variables β_t, one or two for each row r(t), with
 * lower_t ≤ β_t ≤ upper_t; f_r = Σ_t K[r, r(t)] β_t what the machine says of row r before its intercept. The program is
 *
 *   minimize ½ Σ_st β_s K[r(s), r(t)] β_t − Σ_t goal_t β_t  with Σ β_t = 0 over the variables of each group,
 *
 * a group being the rows of one output. For classes ±1, β_t = ±α_t and goal_t = ±1; for regression a row has two
 * variables, β ∈ [0, C] with goal z − ε and β ∈ [−C, 0] with goal z + ε. With the pull v_t = goal_t − f_r(t), a point is
 * optimal where no pull of a variable that may grow exceeds one of its group that may fall; the intercept b of a group
 * lies between the two.
 *
 * Method: sequential minimal optimization, pairs chosen by second-order gain (Fan, Chen and Lin, "Working set selection
 * using second order information for training support vector machines", JMLR 6, 2005), brings variables to their bounds.
 * Where kernels are badly conditioned or C is large it creeps; what it has not come near to soon is begun from an interior
 * point (interiorPoint.ts). From time to time the variables between bounds are solved for at once (freeStep.ts), which ends
 * the search as soon as the bounds are right.
 */

import { entry, type Matrix } from '../../../numeric/index.ts';
import { machineNotSolved } from '../solverErrors.ts';
import { type BoxPoint, type BoxProgram, largestSize } from './box.ts';
import { fittedBy, freeStep } from './freeStep.ts';
import { interiorPoint } from './interiorPoint.ts';

export interface BoxSolution {
  /** Σ of the variables of each row, [rows]. */
  readonly coefficients: Float64Array;
  /** [groups]; the middle of what is optimal where no variable of a group is between its bounds. */
  readonly intercepts: Float64Array;
}

/** Steps of pairs between two joint steps, at least and for each variable. */
const STEPS = 200;
const STEPS_EACH = 10;

/** Joint steps; a handful are usual. */
const MOST_ROUNDS = 200;

/** Joint steps after which the search begins anew from an interior point. */
const CREEPING = 20;

/** The distance of pulls, as a share of the largest goal, from which first steps of pairs have not come near. */
const FAR = 1e-2;

/** The distance of pulls that ends the search, as a share of the largest goal, and of the terms that f is summed of. */
const GAP = 1e-12;
const ROUNDING = 64 * Number.EPSILON;

/** Curvature of a pair, relative to the diagonal, that counts as none. */
const FLAT = 1e-12;

/**
 * Solves a program whose bounds hold 0.
 *
 * Throws InvariantError `lm.machine-not-solved` where all steps leave pulls apart, which no semidefinite kernel is known
 * to do.
 */
export function solveBox(program: BoxProgram): BoxSolution {
  const { kernel, goals } = program;
  let point: BoxPoint = { beta: new Float64Array(goals.length), fitted: new Float64Array(kernel.rows) };
  const near = FAR * largestSize(goals);
  if (pairSteps(program, point, near) > near) point = interior(program);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (round === CREEPING) point = interior(program);
    point = freeStep(program, point);
    const enough = tolerance(program, point.beta);
    if (pairSteps(program, point, enough) > enough) continue;
    // Steps of pairs end within the tolerance, a joint one mostly at rounding.
    const last = freeStep(program, point);
    return solutionAt(program, widest(program, last).gap <= enough ? last : point);
  }
  throw machineNotSolved(widest(program, point).gap);
}

function interior(program: BoxProgram): BoxPoint {
  const beta = interiorPoint(program);
  return { beta, fitted: fittedBy(program, beta) };
}

function solutionAt(program: BoxProgram, point: BoxPoint): BoxSolution {
  const rows = program.kernel.rows;
  const coefficients = new Float64Array(rows);
  point.beta.forEach((value, t) => {
    coefficients[t % rows] = entry(coefficients, t % rows) + value;
  });
  const intercepts = Float64Array.from({ length: program.groups }, (_, group) => interceptOf(program, point, group));
  return { coefficients, intercepts };
}

/** Distance of pulls that is rounding: a part of the goals, and of the sums that f is. */
function tolerance({ kernel, goals }: BoxProgram, beta: Float64Array): number {
  const n = kernel.rows;
  const sizes = new Float64Array(n);
  beta.forEach((value, t) => {
    if (value === 0) return;
    const start = (t % n) * n;
    for (let row = 0; row < n; row++)
      sizes[row] = entry(sizes, row) + Math.abs(value * entry(kernel.data, start + row));
  });
  return GAP * largestSize(goals) + ROUNDING * largestSize(sizes);
}

/** Moves pairs of variables until pulls are near or steps are used up; says how far apart they are. */
function pairSteps(program: BoxProgram, point: BoxPoint, enough: number): number {
  const most = STEPS + STEPS_EACH * program.goals.length;
  for (let step = 0; ; step++) {
    const { gap, up, group } = widest(program, point);
    if (gap <= enough || step === most) return gap;
    movePair(program, point, up, partner(program, point, up, group));
  }
}

/** The group whose pulls are farthest out of order, and the variable of it that is pulled up most. */
function widest(program: BoxProgram, point: BoxPoint): { readonly gap: number; readonly up: number; group: number } {
  let found = { gap: 0, up: -1, group: 0 };
  for (let group = 0; group < program.groups; group++) {
    const { highest, lowest, up } = pullRange(program, point, group);
    if (highest - lowest > found.gap) found = { gap: highest - lowest, up, group };
  }
  return found;
}

/** The highest pull among variables that may grow and the lowest among those that may fall. */
function pullRange({ goals, lower, upper, kernel, groups }: BoxProgram, { beta, fitted }: BoxPoint, group: number) {
  const rows = kernel.rows;
  let [highest, lowest, up] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, -1];
  for (let first = 0; first < goals.length; first += rows) {
    for (let row = group; row < rows; row += groups) {
      const t = first + row;
      const pull = entry(goals, t) - entry(fitted, row);
      const value = entry(beta, t);
      if (value < entry(upper, t) && pull > highest) [highest, up] = [pull, t];
      if (value > entry(lower, t) && pull < lowest) lowest = pull;
    }
  }
  return { highest, lowest, up };
}

/** The variable that may fall with which `up` gains most, counting the curvature but not the bounds. */
function partner({ goals, lower, kernel, groups }: BoxProgram, { beta, fitted }: BoxPoint, up: number, group: number) {
  const rows = kernel.rows;
  const upRow = up % rows;
  const start = upRow * rows;
  const pullUp = entry(goals, up) - entry(fitted, upRow);
  let [best, chosen] = [0, -1];
  for (let first = 0; first < goals.length; first += rows) {
    for (let row = group; row < rows; row += groups) {
      const t = first + row;
      if (entry(beta, t) <= entry(lower, t)) continue;
      const distance = pullUp - entry(goals, t) + entry(fitted, row);
      if (distance <= 0) continue;
      const gain = (distance * distance) / curvature(kernel, upRow, row, entry(kernel.data, start + row));
      if (gain > best) [best, chosen] = [gain, t];
    }
  }
  return chosen;
}

function curvature({ data, rows }: Matrix, i: number, j: number, between: number): number {
  const sum = entry(data, i * (rows + 1)) + entry(data, j * (rows + 1));
  return Math.max(sum - 2 * between, FLAT * sum, Number.MIN_VALUE);
}

/** Moves `up` and `down` by the same amount to the minimum on their line, or to the first bound. */
function movePair({ goals, lower, upper, kernel }: BoxProgram, point: BoxPoint, up: number, down: number): void {
  const { beta, fitted } = point;
  const rows = kernel.rows;
  const [i, j] = [up % rows, down % rows];
  const distance = entry(goals, up) - entry(fitted, i) - entry(goals, down) + entry(fitted, j);
  const wanted = distance / curvature(kernel, i, j, entry(kernel.data, i * rows + j));
  const [roomUp, roomDown] = [entry(upper, up) - entry(beta, up), entry(beta, down) - entry(lower, down)];
  const length = Math.min(wanted, roomUp, roomDown);
  beta[up] = length === roomUp ? entry(upper, up) : entry(beta, up) + length;
  beta[down] = length === roomDown ? entry(lower, down) : entry(beta, down) - length;
  for (let row = 0; row < rows; row++) {
    const difference = entry(kernel.data, i * rows + row) - entry(kernel.data, j * rows + row);
    fitted[row] = entry(fitted, row) + length * difference;
  }
}

/** The mean pull of variables between their bounds; without any, the middle of what the others leave open. */
function interceptOf(program: BoxProgram, point: BoxPoint, group: number): number {
  const { goals, lower, upper, kernel, groups } = program;
  const rows = kernel.rows;
  let [sum, count] = [0, 0];
  for (let t = 0; t < goals.length; t++) {
    const value = entry(point.beta, t);
    if ((t % rows) % groups !== group || value <= entry(lower, t) || value >= entry(upper, t)) continue;
    sum += entry(goals, t) - entry(point.fitted, t % rows);
    count++;
  }
  if (count > 0) return sum / count;
  const { highest, lowest } = pullRange(program, point, group);
  return (highest + lowest) / 2;
}
