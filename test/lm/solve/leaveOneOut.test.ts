import { expect, it } from 'vitest';
import { fitPredictor } from '../../../src/lm/solve/fitPredictor.ts';
import type { KernelSplit } from '../../../src/lm/solve/kernelSplit.ts';
import { kernelSystem } from '../../../src/lm/solve/kernelSystem.ts';
import { leaveOneOutScores } from '../../../src/lm/solve/leaveOneOut.ts';
import { scores } from '../../../src/lm/solve/predictor.ts';
import type { SolverChoice } from '../../../src/lm/solve/solverChoice.ts';
import { at, type Matrix, multiply, transpose } from '../../../src/numeric/index.ts';
import { gram, normals, permuted, relativeDeviation } from './kernels.ts';

const SYMMETRIC = gram(normals(18, 20, 1, 'factor'));
const ASYMMETRIC = multiply(normals(18, 20, 1, 'left'), transpose(normals(18, 20, 1, 'right')));

/** Condition numbers of some thousand times sums of a few dozen terms. */
const ROUNDING = 1e-10;

it.each([
  ['symmetric, two classes', SYMMETRIC, 1, 0, null],
  ['symmetric, two classes, from f₀', SYMMETRIC, 1, 0.1, 10],
  ['symmetric, three classes, from f₀', SYMMETRIC, 3, 0.01, 100],
  ['asymmetric, two classes', ASYMMETRIC, 1, 0.1, null],
  ['asymmetric, three classes', ASYMMETRIC, 3, 0, null],
] as const)('is what fits without each example say: %s', (_, kernel, outputs, ridge, initialScale) => {
  const count = kernel.rows / outputs;
  const train: KernelSplit = {
    rows: kernel,
    classes: Array.from({ length: count }, (__, k) => k % (outputs === 1 ? 2 : outputs)),
    initial: normals(kernel.rows, 1, 2, 'initial').data,
  };
  const solver: SolverChoice = { method: 'least-squares', ridge, initialScale };
  const found = leaveOneOutScores(fitPredictor({ train, outputs, solver }), train);
  const places = (examples: readonly number[]): number[] =>
    examples.flatMap((example) => Array.from({ length: outputs }, (__, c) => example * outputs + c));
  const initialOf = (own: readonly number[]) => Float64Array.from(own, (k) => at(train.initial ?? [], k));
  const norm = kernelSystem(kernel).norm;
  const expected = train.classes.flatMap((__, left) => {
    const others = train.classes.flatMap((___, k) => (k === left ? [] : [k]));
    const [kept, held] = [places(others), places([left])];
    const rows: Matrix = permuted(kernel, kept, kept);
    const rest: KernelSplit = {
      rows,
      classes: others.map((k) => at(train.classes, k)),
      initial: initialOf(kept),
    };
    // The ridge stays what it is in the whole.
    const own: SolverChoice = { ...solver, ridge: (ridge * norm) / kernelSystem(rows).norm };
    const predictor = fitPredictor({ train: rest, outputs, solver: own });
    return [...scores(predictor, permuted(kernel, held, kept), initialOf(held))];
  });
  expect(relativeDeviation(found ?? [], expected)).toBeLessThan(ROUNDING);
});

it('has no closed form for singular systems, other solvers and the transpose', () => {
  const flat = gram(normals(6, 2, 3, 'factor'));
  const train: KernelSplit = { rows: flat, classes: [0, 1, 0, 1, 0, 1] };
  const left = (solver: SolverChoice) => leaveOneOutScores(fitPredictor({ train, outputs: 1, solver }), train);
  expect(left({ method: 'least-squares', ridge: 0, initialScale: null })).toBeUndefined();
  expect(left({ method: 'least-squares', ridge: 0.1, initialScale: null })).toHaveLength(6);
  expect(left({ method: 'least-squares', ridge: 0.1, initialScale: null, transposed: true })).toBeUndefined();
  expect(left({ method: 'logistic', ridge: 1, withIntercept: false })).toBeUndefined();
});
