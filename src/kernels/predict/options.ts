/** What predictors are told, checked. */

import type { Matrix } from '../../numeric/index.ts';
import type { LimitingKernels } from '../limitingKernels.ts';
import type { Training } from './decay.ts';
import * as errors from './errors.ts';

/** A training; default rate 1, momentum 0. */
export type TrainingOptions = Partial<Training> & Pick<Training, 'algorithm'>;

/** Kernels and targets. */
export interface Sized {
  readonly train: LimitingKernels;
  readonly testTrain?: LimitingKernels;
  readonly test?: LimitingKernels;
  readonly targets: Matrix;
}

/** A training with what is left out filled in. Throws {@link UserError} `kernels.bad-training`. */
export function trainingOf(given: TrainingOptions = { algorithm: 'flow' }): Training {
  const { learningRate = 1 } = given;
  if (!(learningRate > 0 && Number.isFinite(learningRate))) {
    throw errors.badTraining('learningRate', learningRate, 'a number above 0');
  }
  if (given.algorithm === 'flow') return { algorithm: 'flow', learningRate };
  const { momentum = 0 } = given;
  if (!(momentum >= 0 && momentum < 1)) throw errors.badTraining('momentum', momentum, 'a number from 0 to below 1');
  return { algorithm: 'descent', learningRate, momentum };
}

/** Throws {@link UserError} `kernels.bad-sizes` where kernels and targets do not fit. */
export function checkSizes({ train, testTrain, test, targets }: Sized): void {
  const size = ({ rows, columns }: Matrix): string => `${rows} × ${columns}`;
  const examples = targets.rows;
  const expect = (name: string, own: Matrix, rows: number, columns: number): void => {
    if (own.rows !== rows || own.columns !== columns) throw errors.badSizes(name, size(own), `${rows} × ${columns}`);
  };
  for (const which of ['nngp', 'ntk'] as const) {
    expect(`train.${which}`, train[which], examples, examples);
    if (testTrain === undefined) {
      if (test !== undefined) throw errors.badSizes('testTrain', 'nothing', 'the kernels of test and training inputs');
      continue;
    }
    const tests = testTrain.nngp.rows;
    expect(`testTrain.${which}`, testTrain[which], tests, examples);
    if (test !== undefined) expect(`test.${which}`, test[which], tests, tests);
  }
}

/** A matrix of the size of another. Throws {@link UserError} `kernels.bad-sizes`. */
export function sized(given: Matrix | undefined, like: Matrix, name: string): Matrix {
  const expected = `${like.rows} × ${like.columns}`;
  if (given === undefined) throw errors.badSizes(name, 'nothing', expected);
  if (given.rows === like.rows && given.columns === like.columns) return given;
  throw errors.badSizes(name, `${given.rows} × ${given.columns}`, expected);
}
