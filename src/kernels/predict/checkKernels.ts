/** Kernels that a predictor is given, which may come from files: what they must be. */

import { entry, type Matrix } from '../../numeric/index.ts';
import * as errors from './errors.ts';
import type { Sized } from './options.ts';

/** What rounding leaves of symmetry, over the largest entry, as decompositions take it. */
const ASYMMETRY = 1e-10;
/** What kernels of f32 and of quadratures leave of positive definiteness, over the largest eigenvalue. */
const INDEFINITE = 1e-6;

/**
 * Throws {@link UserError} `kernels.not-a-kernel` for entries that are not finite, negative variances, and kernels of inputs with
 * themselves that are not symmetric; `kernels.bad-targets` for targets that are not finite.
 */
export function checkKernels({ train, testTrain, test, targets }: Sized): void {
  const bad = targets.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const [row, column] = placeOf(bad, targets);
    throw errors.badTargets(row, column, entry(targets.data, bad));
  }
  for (const which of ['nngp', 'ntk'] as const) {
    checkEntries(`train.${which}`, train[which]);
    checkSymmetric(`train.${which}`, train[which]);
    if (testTrain !== undefined) checkEntries(`testTrain.${which}`, testTrain[which]);
    if (test === undefined) continue;
    checkEntries(`test.${which}`, test[which]);
    checkSymmetric(`test.${which}`, test[which]);
  }
}

/** Throws {@link UserError} `kernels.not-a-kernel` for an eigenvalue below 0 by more than rounding. */
export function checkDefinite(name: string, eigenvalues: Float64Array): void {
  const [least, most] = eigenvalues.reduce(
    ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
    [Number.POSITIVE_INFINITY, 0],
  );
  if (least < -INDEFINITE * most) throw errors.notAKernel(name, `has the eigenvalue ${least}, and none may be below 0`);
}

function checkEntries(name: string, kernel: Matrix): void {
  const bad = kernel.data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  const [row, column] = placeOf(bad, kernel);
  throw errors.notAKernel(name, `holds ${entry(kernel.data, bad)} in row ${row}, column ${column}`);
}

function checkSymmetric(name: string, { rows, data }: Matrix): void {
  const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (let i = 0; i < rows; i++) {
    const own = entry(data, i * rows + i);
    if (own < 0) throw errors.notAKernel(name, `has the variance ${own} in row ${i + 1}, and none may be below 0`);
    for (let j = 0; j < i; j++) {
      const [a, b] = [entry(data, i * rows + j), entry(data, j * rows + i)];
      if (Math.abs(a - b) <= ASYMMETRY * largest) continue;
      const [row, column] = [i + 1, j + 1];
      throw errors.notAKernel(name, `is not symmetric: ${a} in row ${row}, column ${column}, but ${b} across`);
    }
  }
}

/** Row and column, counted from 1. */
function placeOf(place: number, { columns }: Matrix): readonly [row: number, column: number] {
  return [Math.floor(place / columns) + 1, (place % columns) + 1];
}
