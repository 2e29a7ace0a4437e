/** The reference cases of solvers in ../shared/reference/lm-models/solvers; its README says how they were made. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Matrix, matrix, transpose } from '../../../src/numeric/index.ts';
import { readNpz } from '../../support/npz.ts';

/** What is read of a case; which fields it has goes by its solver. */
export interface SolverCase {
  readonly solver: string;
  readonly seed: number;
  readonly C: number;
  readonly epsilon?: number;
  readonly gamma?: number;
  readonly lambda?: number;
  readonly decision_ovo_eval_f64?: readonly (readonly number[])[];
  readonly decision_eval_f64?: readonly (readonly number[])[];
  readonly decision_eval?: readonly (readonly number[])[];
  readonly predict_eval?: readonly number[];
  readonly predict_eval_f64?: readonly number[];
  readonly predict_train?: readonly number[];
  readonly alpha?: readonly (readonly number[])[];
  readonly beta?: readonly (readonly number[])[];
}

/** Cases by solver and kernels by seed, evaluated examples as rows. */
export function solverReferences(folder: string) {
  const values: { readonly cases: readonly SolverCase[] } = JSON.parse(
    readFileSync(join(folder, 'values.json'), 'utf8'),
  );
  const arrays = readNpz(join(folder, 'kernels.npz'));
  const array = (seed: number, name: string) => {
    const found = arrays.get(`s${seed}_${name}`);
    if (found === undefined) throw new Error(`s${seed}_${name} is missing`);
    return found;
  };
  /** Stored as [train, evaluated]. */
  const rows = (seed: number, name: string): Matrix => {
    const { shape, data } = array(seed, name);
    return transpose(matrix(shape[0] ?? 0, shape[1] ?? 0, data));
  };
  return {
    cases: (solver: string) => values.cases.filter((one) => one.solver === solver),
    train: (seed: number) => rows(seed, 'K_train'),
    evaluated: (seed: number) => rows(seed, 'K_eval'),
    signedTrain: (seed: number) => rows(seed, 'A_train'),
    signedEvaluated: (seed: number) => rows(seed, 'A_eval'),
    signedOnEvaluated: (seed: number) => rows(seed, 'A_eval_signed'),
    classes: (seed: number) => [...array(seed, 'y_train').data],
    target: (seed: number) => array(seed, 'target').data,
  };
}
