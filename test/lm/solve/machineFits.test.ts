import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fitPredictor } from '../../../src/lm/solve/fitPredictor.ts';
import type { KernelSplit } from '../../../src/lm/solve/kernelSplit.ts';
import { contributions, type Predictor, scores } from '../../../src/lm/solve/predictor.ts';
import type { SolverChoice } from '../../../src/lm/solve/solverChoice.ts';
import { predictedClasses } from '../../../src/lm/solve/solvers.ts';
import { at, type Matrix, matrix, multiply, operatorNorm, transpose } from '../../../src/numeric/index.ts';
import { failureOf } from '../../support/failure.ts';
import { describeWithShared } from '../../support/shared.ts';
import { gram, normals, permuted, relativeDeviation, scaled } from './kernels.ts';
import { peerKernels } from './peerKernels.ts';
import { solverReferences } from './solverReferences.ts';

/** Sums of some dozen terms of order 1, after systems whose condition numbers are below 10⁴. */
const CLOSE = 1e-11;

/** k times the identity of so many outputs: what one kernel for all classes is as a kernel of outputs. */
function spread({ rows, columns, data }: Matrix, outputs: number): Matrix {
  const size = columns * outputs;
  const result = new Float64Array(rows * outputs * size);
  data.forEach((value, k) => {
    const [i, j] = [Math.floor(k / columns), k % columns];
    for (let c = 0; c < outputs; c++) result[(i * outputs + c) * size + j * outputs + c] = value;
  });
  return matrix(rows * outputs, size, result);
}

const flat = (rows: readonly (readonly number[])[] = []): number[] => rows.flat();

describeWithShared('solvers of three classes as the references have them', 'reference/lm-models/solvers', (folder) => {
  const references = solverReferences(folder);
  const { cases, classes } = references;

  function fitted(
    seed: number,
    solver: SolverChoice,
    signed = false,
    factor = 1,
  ): { predictor: Predictor; values: Float64Array } {
    const [train, evaluated] = signed
      ? [references.signedTrain(seed), references.signedEvaluated(seed)]
      : [references.train(seed), references.evaluated(seed)];
    const rows = (kernel: Matrix): Matrix => scaled(spread(kernel, 3), factor);
    const predictor = fitPredictor({ train: { rows: rows(train), classes: classes(seed) }, outputs: 3, solver });
    const other = signed ? rows(references.signedOnEvaluated(seed)) : undefined;
    return { predictor, values: scores(predictor, rows(evaluated), undefined, other) };
  }

  it.each(cases('svc'))(
    'SVC by votes of pairs, seed $seed, C $C',
    ({ seed, C, predict_eval = [], decision_ovo_eval_f64 }) => {
      // The kernel of a difference of two logits is twice that of one.
      const { predictor, values } = fitted(
        seed,
        { method: 'svc', cost: C, ridge: 0, scheme: 'one-vs-one' },
        false,
        0.5,
      );
      expect(predict_eval).toHaveLength(12);
      expect(predictedClasses(values, 3)).toEqual(predict_eval);
      const { coefficients, intercepts } = predictor;
      const evaluated = references.evaluated(seed);
      const decisions = flat(decision_ovo_eval_f64).map((_, k) => {
        const [example, pair] = [Math.floor(k / 3), k % 3];
        const row = evaluated.data.subarray(example * 24, (example + 1) * 24);
        return row.reduce((sum, value, j) => sum + value * at(coefficients, pair * 24 + j), at(intercepts, pair));
      });
      expect(relativeDeviation(decisions, flat(decision_ovo_eval_f64))).toBeLessThan(CLOSE);
    },
  );

  it.each(cases('svc_one_vs_rest'))('SVC, one against the rest, seed $seed, C $C', ({ seed, C, decision_eval_f64 }) => {
    const { values } = fitted(seed, { method: 'svc', cost: C, ridge: 0, scheme: 'one-vs-rest' });
    expect(relativeDeviation(values, flat(decision_eval_f64))).toBeLessThan(CLOSE);
  });

  it.each(cases('svr_one_hot'))('SVR, seed $seed, C $C, ε $epsilon', ({ seed, C, epsilon = 0, decision_eval_f64 }) => {
    const { values } = fitted(seed, { method: 'svr', cost: C, epsilon, ridge: 0, initialScale: null });
    expect(relativeDeviation(values, flat(decision_eval_f64))).toBeLessThan(CLOSE);
  });

  it.each(cases('logistic'))('softmax regression, seed $seed, C $C', ({ seed, C, decision_eval_f64 }) => {
    // The strength is (ridge · norm)⁻².
    const ridge = C ** -0.5 / operatorNorm(references.train(seed));
    const { values, predictor } = fitted(seed, { method: 'logistic', ridge, withIntercept: true });
    expect(relativeDeviation(values, flat(decision_eval_f64))).toBeLessThan(CLOSE);
    expect(Math.abs(predictor.intercepts.reduce((sum, value) => sum + value, 0))).toBeLessThan(CLOSE);
  });

  it.each(cases('asym_one_vs_rest'))(
    'the asymmetric machine, seed $seed, γ $gamma, λ $lambda',
    ({ seed, gamma = 0, lambda = 0, decision_eval, predict_eval }) => {
      const { values } = fitted(seed, { method: 'asymmetric', gamma, lambda, ridge: 0 }, true);
      expect(relativeDeviation(values, flat(decision_eval))).toBeLessThan(CLOSE);
      expect(predictedClasses(values, 3)).toEqual(predict_eval);
    },
  );
});

/** What is read of a case of solver_reference.json. */
interface PeerCase {
  readonly kernel: string;
  readonly solver: string;
  readonly kernel_regularization: number;
  readonly adjust_for_init?: boolean;
  readonly f0_scaling?: number;
  readonly kernel_gamma?: number;
  readonly kernel_lambda?: number;
  readonly eval_preds: readonly number[];
}

describeWithShared("the peer's machines (LM-Kernel-FT, kernel_solvers.py)", 'reference/lm', (folder) => {
  const references: {
    readonly y_train: readonly number[];
    readonly f0_train: readonly number[];
    readonly f0_test: readonly number[];
    readonly cases: readonly PeerCase[];
  } = JSON.parse(readFileSync(join(folder, 'solver_reference.json'), 'utf8'));
  const kernels = peerKernels(folder);
  const classes = references.y_train.map((sign) => (sign > 0 ? 1 : 0));
  const cases = (solver: string) => references.cases.filter((one) => one.solver === solver);

  function predicted({ kernel, adjust_for_init, f0_scaling = 1 }: PeerCase, solver: SolverChoice): Float64Array {
    const { train, test, signed } = kernels(kernel);
    const split: KernelSplit = { rows: train, classes, initial: Float64Array.from(references.f0_train) };
    const choice =
      solver.method === 'svr' ? { ...solver, initialScale: adjust_for_init === true ? f0_scaling : null } : solver;
    const predictor = fitPredictor({ train: split, outputs: 1, solver: choice });
    return scores(predictor, test, Float64Array.from(references.f0_test), signed);
  }

  /**
   * libsvm stops where pulls are 1e-3 apart (`tol`). Its objective is then within 1e-3 · Σ|β| of the optimum, and ‖w‖ is
   * off by the square root of twice that; here it comes to less than this share of the largest score.
   */
  const PEER_STOPS = 5e-3;

  it.each(cases('svr'))('SVR on $kernel, ridge $kernel_regularization, f₀ $adjust_for_init / $f0_scaling', (one) => {
    const solver: SolverChoice = {
      method: 'svr',
      cost: 1,
      epsilon: 0.1,
      ridge: one.kernel_regularization,
      initialScale: null,
    };
    expect(relativeDeviation(predicted(one, solver), one.eval_preds)).toBeLessThan(PEER_STOPS);
  });

  it.each(cases('svc'))('SVC on $kernel, ridge $kernel_regularization', (one) => {
    const solver: SolverChoice = { method: 'svc', cost: 1, ridge: one.kernel_regularization, scheme: 'one-vs-rest' };
    const found = predictedClasses(predicted(one, solver), 1);
    expect(found).toEqual(one.eval_preds.map((value) => (value > 0 ? 1 : 0)));
  });

  /** The peer builds H in f32: 2^-24 of each entry, times condition numbers of some hundred. */
  const F32 = 1e-5;

  it.each(cases('asym'))(
    'the asymmetric machine on $kernel, ridge $kernel_regularization, γ $kernel_gamma, λ $kernel_lambda',
    (one) => {
      const { kernel_gamma: gamma = 0, kernel_lambda: lambda = 0, kernel_regularization: ridge } = one;
      const found = predicted(one, { method: 'asymmetric', gamma, lambda, ridge });
      expect(relativeDeviation(found, one.eval_preds)).toBeLessThan(F32);
    },
  );

  it('has cases of each', () => {
    expect(['svr', 'svc', 'asym'].map((solver) => cases(solver).length)).toEqual([27, 9, 36]);
  });
});

/** Three classes whose kernel of outputs is no multiple of the identity, and a kernel that is not symmetric. */
function problem(seed: number) {
  const [train, evaluated, outputs] = [9, 5, 3];
  const factor = normals((train + evaluated) * outputs, 6, seed, 'factor');
  const kernel = gram(factor);
  const other = multiply(factor, transpose({ ...factor, data: factor.data.map((value) => Math.sign(value)) }));
  const columns = Array.from({ length: train * outputs }, (_, k) => k);
  const rest = Array.from({ length: evaluated * outputs }, (_, k) => train * outputs + k);
  const classes = Array.from({ length: train }, (_, k) => k % 3);
  const parts = (whole: Matrix) => ({ train: permuted(whole, columns, columns), test: permuted(whole, rest, columns) });
  return { outputs, classes, symmetric: parts(kernel), asymmetric: parts(other), signed: parts(transpose(other)) };
}

describe('machines of several classes', () => {
  it('of one class against the rest are those of two classes on the kernel of its logit', () => {
    const { classes, symmetric, asymmetric, signed, outputs } = problem(1);
    const own = (kernel: Matrix, label: number): Matrix => {
      const places = (count: number) => Array.from({ length: count / outputs }, (_, k) => k * outputs + label);
      return permuted(kernel, places(kernel.rows), places(kernel.columns));
    };
    const SVC: SolverChoice = { method: 'svc', cost: 0.7, ridge: 0, scheme: 'one-vs-rest' };
    const HALF: SolverChoice = { method: 'asymmetric', gamma: 0.3, lambda: 0.4, ridge: 0 };
    for (const [solver, kernel] of [
      [SVC, symmetric],
      [HALF, asymmetric],
    ] as const) {
      const all = fitPredictor({ train: { rows: kernel.train, classes }, outputs, solver });
      const found = scores(all, kernel.test, undefined, signed.test);
      for (let label = 0; label < 3; label++) {
        const two = classes.map((one) => (one === label ? 1 : 0));
        const alone = fitPredictor({ train: { rows: own(kernel.train, label), classes: two }, outputs: 1, solver });
        const expected = scores(alone, own(kernel.test, label), undefined, own(signed.test, label));
        expect(
          relativeDeviation(
            found.filter((_, k) => k % 3 === label),
            expected,
          ),
        ).toBeLessThan(CLOSE);
      }
      const row = (rows: Matrix) => matrix(outputs, rows.columns, rows.data.slice(0, outputs * rows.columns));
      const parts = contributions(all, row(kernel.test), undefined, row(signed.test));
      expect(relativeDeviation(parts.sum, found.slice(0, 3))).toBeLessThan(CLOSE);
    }
  });

  it('of pairs vote, the first class of equals, and are no sum over training examples', async () => {
    const { classes, symmetric, outputs } = problem(2);
    const solver: SolverChoice = { method: 'svc', cost: 1, ridge: 0, scheme: 'one-vs-one' };
    const predictor = fitPredictor({ train: { rows: symmetric.train, classes }, outputs, solver });
    const votes = scores(predictor, symmetric.test);
    for (let k = 0; k < votes.length; k += 3) expect(at(votes, k) + at(votes, k + 1) + at(votes, k + 2)).toBe(3);
    expect(predictedClasses([1, 1, 1], 3)).toEqual([0]);
    const row = matrix(3, symmetric.test.columns, symmetric.test.data.slice(0, 3 * symmetric.test.columns));
    const error = await failureOf(() => contributions(predictor, row));
    expect(`${error.kind} ${error.code}: ${error.message}`).toBe(
      'unsupported lm.no-sum-of-parts: votes of pairs of classes are no sum over training examples. Fit one machine ' +
        'against the rest (one-vs-rest) for one.',
    );
  });

  it('know the sign alone of a class that no training example has', () => {
    const { symmetric, outputs } = problem(3);
    const classes = Array.from({ length: 9 }, (_, k) => k % 2);
    for (const scheme of ['one-vs-rest', 'one-vs-one'] as const) {
      const solver: SolverChoice = { method: 'svc', cost: 1, ridge: 0, scheme };
      const predictor = fitPredictor({ train: { rows: symmetric.train, classes }, outputs, solver });
      expect(predictedClasses(scores(predictor, symmetric.test), 3)).not.toContain(2);
    }
  });
});

it("least squares of the transpose, the peer's way, meets its targets on the transpose", () => {
  const rows = multiply(normals(4, 6, 4, 'left'), transpose(normals(4, 6, 4, 'right')));
  const classes = [0, 1, 0, 1];
  const solver: SolverChoice = { method: 'least-squares', ridge: 0, initialScale: null };
  const usual = fitPredictor({ train: { rows, classes }, outputs: 1, solver });
  const peers = fitPredictor({ train: { rows, classes }, outputs: 1, solver: { ...solver, transposed: true } });
  const targets = [-1, 1, -1, 1];
  expect(relativeDeviation(scores(usual, rows), targets)).toBeLessThan(1e-9);
  expect(relativeDeviation(scores(peers, transpose(rows)), targets)).toBeLessThan(1e-9);
  expect(relativeDeviation(scores(peers, rows), targets)).toBeGreaterThan(0.1);
});
