/**
 * Support vector machines on a kernel of values (lm.md, solvers): classes ±1 (SVC) and real targets (SVR), with the
 * intercept that the constraint Σ β = 0 belongs to.
 */

import { entry, type Matrix } from '../../../numeric/index.ts';
import { type BoxSolution, solveBox } from './boxProgram.ts';

/** Score of a row: Σ_j K[row, j] coefficient_j + the intercept of its group. */
export type Machine = BoxSolution;

/**
 * The machine that minimizes ½ ‖w‖² + cost · Σ_i max(0, 1 − s_i (w·φ_i + b)) for signs s_i = ±1 of the rows of a
 * symmetric positive semidefinite kernel; coefficients are s_i α_i, 0 ≤ α_i ≤ cost.
 *
 * Throws InvariantError `lm.machine-not-solved`.
 */
export function classMachine(kernel: Matrix, signs: Float64Array, cost: number): Machine {
  return solveBox({
    kernel,
    goals: signs,
    lower: signs.map((sign) => Math.min(0, sign * cost)),
    upper: signs.map((sign) => Math.max(0, sign * cost)),
    groups: 1,
  });
}

/** What a regression machine is told. */
export interface RegressionSettings {
  readonly cost: number;
  /** Half the width of the tube in which deviations cost nothing. */
  readonly epsilon: number;
  /** Row r has the intercept r mod groups. */
  readonly groups: number;
}

/**
 * The machine that minimizes ½ ‖w‖² + cost · Σ_i max(0, |w·φ_i + b − target_i| − epsilon), with one intercept for each
 * group.
 *
 * Throws InvariantError `lm.machine-not-solved`.
 */
export function regressionMachine(kernel: Matrix, targets: Float64Array, settings: RegressionSettings): Machine {
  const { cost, epsilon, groups } = settings;
  const rows = targets.length;
  const both = (value: (row: number, rises: boolean) => number): Float64Array =>
    Float64Array.from({ length: 2 * rows }, (_, t) => value(t % rows, t < rows));
  return solveBox({
    kernel,
    goals: both((row, rises) => entry(targets, row) + (rises ? -epsilon : epsilon)),
    lower: both((_, rises) => (rises ? 0 : -cost)),
    upper: both((_, rises) => (rises ? cost : 0)),
    groups,
  });
}
