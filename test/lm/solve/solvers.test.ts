import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accuracy } from '../../../src/lm/data/metrics.ts';
import {
  differenceTargets,
  fitLeastSquares,
  kernelColumns,
  kernelRows,
  oneHotTargets,
  predict,
  predictedClasses,
} from '../../../src/lm/solve/solvers.ts';
import { matrix, multiply, transpose } from '../../../src/numeric/index.ts';
import { readNpz } from '../../support/npz.ts';
import { describeWithShared } from '../../support/shared.ts';
import { peerKernels } from './peerKernels.ts';

/**
 * Largest deviation allowed, relative to the largest reference value: rounding of 2^-52 times a condition number of
 * about 100 (the kernels of the file) times some tens of operations stays below 1e-12.
 */
const TOLERANCE = 1e-12;

function expectNear(actual: ArrayLike<number>, expected: readonly number[]): void {
  const scale = Math.max(...expected.map(Math.abs));
  const worst = Math.max(...expected.map((value, k) => Math.abs((actual[k] ?? Number.NaN) - value) / scale));
  expect(actual.length).toBe(expected.length);
  expect(worst).toBeLessThan(TOLERANCE);
}

describe('fitLeastSquares', () => {
  it('gives the solution of least norm for a singular kernel', () => {
    const fitted = fitLeastSquares({
      kernel: matrix(2, 2, Float64Array.of(1, 1, 1, 1)),
      targets: Float64Array.of(2, 4),
      ridge: 0,
    });
    expectNear(fitted, [1.5, 1.5]);
  });

  it('adds the ridge as a multiple of the largest singular value', () => {
    const kernel = matrix(2, 2, Float64Array.of(4, 0, 0, 1));
    expectNear(fitLeastSquares({ kernel, targets: Float64Array.of(6, 3), ridge: 0.5 }), [1, 1]);
    expect([...kernel.data]).toEqual([4, 0, 0, 1]);
  });

  it('interpolates the targets of an asymmetric kernel, initial outputs included', () => {
    const kernel = matrix(2, 2, Float64Array.of(2, 1, 0, 3));
    const targets = Float64Array.of(1, -1);
    const initial = { values: Float64Array.of(5, -7), scale: 10 };
    const fitted = fitLeastSquares({ kernel, targets, ridge: 0, initial });
    expectNear(predict(kernel, fitted, initial), [1, -1]);
  });
});

/** What is read of a case of solver_reference.json. */
interface Case {
  readonly kernel: string;
  readonly solver: string;
  readonly kernel_regularization: number;
  readonly adjust_for_init: boolean;
  readonly f0_scaling: number;
  readonly alpha: readonly number[];
  readonly eval_preds: readonly number[];
}

interface References {
  readonly y_train: readonly number[];
  readonly f0_train: readonly number[];
  readonly f0_test: readonly number[];
  readonly cases: readonly Case[];
}

describeWithShared("the peer's least squares (LM-Kernel-FT, kernel_solvers.py)", 'reference/lm', (folder) => {
  const references: References = JSON.parse(readFileSync(join(folder, 'solver_reference.json'), 'utf8'));
  const kernelOf = peerKernels(folder);
  const cases = references.cases.filter(({ solver }) => solver === 'lstsq');

  it('has cases to compare with', () => expect(cases).toHaveLength(27));

  it.each(cases)(
    '$kernel, ridge $kernel_regularization, initial outputs $adjust_for_init / $f0_scaling',
    ({ kernel, kernel_regularization: ridge, adjust_for_init, f0_scaling: scale, alpha, eval_preds }) => {
      const { train, test } = kernelOf(kernel);
      const initial = (values: readonly number[]) =>
        adjust_for_init ? { initial: { values: Float64Array.from(values), scale } } : {};
      const fitted = fitLeastSquares({
        kernel: train,
        targets: Float64Array.from(references.y_train),
        ridge,
        ...initial(references.f0_train),
      });
      expectNear(fitted, alpha);
      expectNear(predict(test, fitted, initial(references.f0_test).initial), eval_preds);
    },
  );
});

/** What is read of a run of repo_kernels.json. */
interface Run {
  readonly metrics: { readonly eval_acc: number };
}

describeWithShared("the peer's joint systems over examples and logits", 'reference/lm', (folder) => {
  const { y_train, y_test }: { readonly y_train: readonly number[]; readonly y_test: readonly number[] } = JSON.parse(
    readFileSync(join(folder, 'solver_reference.json'), 'utf8'),
  );
  const { runs }: { readonly runs: Readonly<Record<string, Run>> } = JSON.parse(
    readFileSync(join(folder, 'repo_kernels.json'), 'utf8'),
  );
  const arrays = readNpz(join(folder, 'repo_kernels.npz'));
  const classes = (signs: readonly number[]) => signs.map((sign) => (sign > 0 ? 1 : 0));

  it.each(['sgd_2logit', 'signgd_2logit'])('%s', (name) => {
    const [train, test, outputs] = ['train', 'test', 'pred'].map((part) => arrays.get(`${name}/${part}`));
    if (train === undefined || test === undefined || outputs === undefined) throw new Error(`${name} is incomplete`);
    // Stored as [train, 2, evaluated, 2]; here evaluated examples are rows.
    const kernel = transpose(matrix(2 * y_train.length, 2 * y_train.length, train.data));
    const testKernel = transpose(matrix(2 * y_train.length, 2 * y_test.length, test.data));
    const fitted = fitLeastSquares({ kernel, targets: oneHotTargets(classes(y_train), 2), ridge: 0 });
    const predicted = predict(testKernel, fitted);
    expectNear(predicted, [...outputs.data]);
    expect(accuracy(predictedClasses(predicted, 2), classes(y_test))).toBe(runs[name]?.metrics.eval_acc);
  });
});

describe('parts of kernels', () => {
  it('takes the rows and columns of examples with all their outputs', () => {
    // Two examples of two outputs against two training examples of two outputs; entries tell row and column.
    const kernel = Float64Array.from({ length: 16 }, (_, k) => 10 * Math.floor(k / 4) + (k % 4));
    const second = kernelRows(kernel, 4, 2, [1]);
    expect(second).toEqual(matrix(2, 4, Float64Array.of(20, 21, 22, 23, 30, 31, 32, 33)));
    expect(kernelColumns(second, 2, [1, 0])).toEqual(matrix(2, 4, Float64Array.of(22, 23, 20, 21, 32, 33, 30, 31)));
  });
});

describe('targets and classes', () => {
  it('codes two classes as ±1 and several by one-hot vectors', () => {
    expect([...differenceTargets([0, 1, 1])]).toEqual([-1, 1, 1]);
    expect([...oneHotTargets([2, 0], 3)]).toEqual([0, 0, 1, 1, 0, 0]);
  });

  it('reads classes back from outputs, the first of equals', () => {
    expect(predictedClasses(differenceTargets([0, 1, 1]), 1)).toEqual([0, 1, 1]);
    expect(predictedClasses(oneHotTargets([2, 0], 3), 3)).toEqual([2, 0]);
    expect(predictedClasses([1, 1, 0, 2, 3, 3], 3)).toEqual([0, 1]);
    expect(predictedClasses([0], 1)).toEqual([0]);
  });

  it('recovers one-hot targets of a joint system over examples and outputs', () => {
    const root = matrix(4, 4, Float64Array.of(2, 1, 0, 0, 0, 3, 1, 0, 1, 0, 2, 0, 0, 1, 0, 4));
    const kernel = multiply(root, transpose(root));
    const fitted = fitLeastSquares({ kernel, targets: oneHotTargets([1, 0], 2), ridge: 0 });
    expect(predictedClasses(predict(kernel, fitted), 2)).toEqual([1, 0]);
  });
});
