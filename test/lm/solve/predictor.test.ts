import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitPredictor } from '../../../src/lm/solve/fitPredictor.ts';
import type { KernelSplit } from '../../../src/lm/solve/kernelSplit.ts';
import { contributions, probabilities, scores } from '../../../src/lm/solve/predictor.ts';
import { parsePredictor } from '../../../src/lm/solve/predictorFile.ts';
import type { SolverChoice } from '../../../src/lm/solve/solverChoice.ts';
import { fitLeastSquares, oneHotTargets, predict } from '../../../src/lm/solve/solvers.ts';
import { at, type Matrix, matrix, multiply, singularValues, transpose } from '../../../src/numeric/index.ts';
import { failureOf } from '../../support/failure.ts';
import { gram, normals, permuted, relativeDeviation } from './kernels.ts';

/** Sums of a few dozen products whose terms may be a thousand times the sum. */
const ROUNDING = 64 * 1e3 * 2 ** -52;

const RIDGE: SolverChoice = { method: 'least-squares', ridge: 0.1, initialScale: null };
const RIDGE_FROM_INITIAL: SolverChoice = { method: 'least-squares', ridge: 0.1, initialScale: 10 };
const LOGISTIC: SolverChoice = { method: 'logistic', ridge: 0.01, withIntercept: false };
const LOGISTIC_INTERCEPT: SolverChoice = { method: 'logistic', ridge: 0.01, withIntercept: true };
const CROSS_VALIDATED: SolverChoice = { method: 'logistic', ridge: null, withIntercept: false };

const SVC: SolverChoice = { method: 'svc', cost: 1, ridge: 0.01, scheme: 'one-vs-rest' };
const VOTES: SolverChoice = { method: 'svc', cost: { ratio: 10 }, ridge: 0, scheme: 'one-vs-one' };
const SVR: SolverChoice = { method: 'svr', cost: { ratio: 30 }, epsilon: 0.1, ridge: 0, initialScale: 10 };
const ASYMMETRIC: SolverChoice = { method: 'asymmetric', gamma: 7, lambda: 1, ridge: 0.01 };

interface Problem {
  readonly train: KernelSplit;
  readonly dev: KernelSplit;
  readonly outputs: number;
}

/** The kernel of random features [train + dev, outputs] with classes in turn and random f₀. */
function problem(outputs: number, trainCount: number, devCount: number, seed: number): Problem {
  const features = normals((trainCount + devCount) * outputs, 6, seed, 'features');
  const kernel = gram(features);
  const columns = trainCount * outputs;
  const split = (first: number, count: number): KernelSplit => {
    const order = Array.from({ length: count * outputs }, (_, k) => first * outputs + k);
    return {
      rows: permuted(
        kernel,
        order,
        Array.from({ length: columns }, (_, k) => k),
      ),
      classes: Array.from({ length: count }, (_, k) => k % (outputs === 1 ? 2 : outputs)),
      initial: normals(count * outputs, 1, seed, `initial ${first}`).data,
    };
  };
  return { train: split(0, trainCount), dev: split(trainCount, devCount), outputs };
}

const row = (rows: Matrix, outputs: number, example: number): Matrix => {
  const size = outputs * rows.columns;
  return matrix(outputs, rows.columns, rows.data.slice(example * size, (example + 1) * size));
};

describe('fitPredictor', () => {
  it('is least squares with and without f₀, for any number of outputs', () => {
    for (const outputs of [1, 3]) {
      const { train, dev } = problem(outputs, 9, 5, 1);
      const targets =
        outputs === 1 ? Float64Array.from(train.classes, (c) => 2 * c - 1) : oneHotTargets(train.classes, 3);
      for (const [solver, initials] of [
        [RIDGE, [undefined, undefined]],
        [RIDGE_FROM_INITIAL, [train.initial, dev.initial]],
      ] as const) {
        const [first, second] = initials.map((values) =>
          values === undefined ? {} : { initial: { values, scale: 10 } },
        );
        const coefficients = fitLeastSquares({ kernel: train.rows, targets, ridge: 0.1, ...first });
        const predictor = fitPredictor({ train, outputs, solver });
        expect(predictor.coefficients).toEqual([...coefficients]);
        const expected = predict(dev.rows, coefficients, second?.initial);
        expect(relativeDeviation(scores(predictor, dev.rows, dev.initial), expected)).toBeLessThan(ROUNDING);
      }
    }
  });

  it('interpolates the targets of an asymmetric kernel, Kα being what predicts', () => {
    const { train } = problem(1, 4, 1, 2);
    const kernel = multiply(normals(4, 4, 3, 'left'), transpose(normals(4, 4, 3, 'right')));
    const predictor = fitPredictor({
      train: { ...train, rows: kernel },
      outputs: 1,
      solver: { method: 'least-squares', ridge: 0, initialScale: null },
    });
    expect(relativeDeviation(scores(predictor, kernel), [-1, 1, -1, 1])).toBeLessThan(1e3 * ROUNDING);
  });

  it('has logistic strengths of (ridge · norm)⁻², so that scores do not depend on the scale of the kernel', () => {
    const { train, dev, outputs } = problem(1, 8, 6, 4);
    const times = (split: KernelSplit, factor: number) => ({
      ...split,
      rows: { ...split.rows, data: split.rows.data.map((value) => value * factor) },
    });
    const once = fitPredictor({ train, outputs, solver: LOGISTIC });
    const more = fitPredictor({ train: times(train, 1e6), outputs, solver: LOGISTIC });
    expect(relativeDeviation(scores(more, times(dev, 1e6).rows), scores(once, dev.rows))).toBeLessThan(1e-9);
    if (once.method !== 'logistic' || more.method !== 'logistic') throw new Error('wrong method');
    expect((more.settings.strength / once.settings.strength) * 1e12).toBeCloseTo(1, 9);
  });

  it.each([RIDGE, RIDGE_FROM_INITIAL, LOGISTIC, LOGISTIC_INTERCEPT, SVC, SVR])(
    'follows a permutation of training examples: %o',
    (solver) => {
      const { train, dev, outputs } = problem(1, 8, 3, 5);
      const order = [3, 0, 7, 5, 1, 2, 6, 4];
      const turned: KernelSplit = {
        rows: permuted(train.rows, order, order),
        classes: order.map((k) => train.classes[k] ?? 0),
        initial: Float64Array.from(order, (k) => train.initial?.[k] ?? 0),
      };
      const first = fitPredictor({ train, dev, outputs, solver });
      const devRows = permuted(dev.rows, [0, 1, 2], order);
      const second = fitPredictor({ train: turned, dev: { ...dev, rows: devRows }, outputs, solver });
      expect(
        relativeDeviation(
          second.coefficients,
          order.map((k) => first.coefficients[k] ?? 0),
        ),
      ).toBeLessThan(1e-9);
      expect(Math.abs(at(second.intercepts, 0) - at(first.intercepts, 0))).toBeLessThan(1e-9);
      expect(Math.abs(second.calibration.slope - first.calibration.slope)).toBeLessThan(
        1e-9 * (1 + first.calibration.slope),
      );
    },
  );

  it('says where the probabilities are from', () => {
    const { train, dev, outputs } = problem(1, 8, 6, 6);
    expect(fitPredictor({ train, dev, outputs, solver: RIDGE }).calibration.source).toBe('dev');
    expect(fitPredictor({ train, outputs, solver: RIDGE }).calibration).toEqual({ slope: 2, source: 'targets' });
    const none: KernelSplit = { rows: matrix(0, 8, new Float64Array(0)), classes: [] };
    expect(fitPredictor({ train, dev: none, outputs, solver: RIDGE }).calibration.source).toBe('targets');
    const logistic = fitPredictor({ train, dev, outputs, solver: CROSS_VALIDATED });
    expect(logistic.calibration).toEqual({ slope: 1, source: 'likelihood' });
    const [score] = scores(logistic, dev.rows);
    expect(probabilities(logistic, Float64Array.of(score ?? 0))[1]).toBeCloseTo(1 / (1 + Math.exp(-(score ?? 0))), 14);
  });

  it.each([1, 3])('predicts nothing from a kernel of zeros (%d outputs)', (outputs) => {
    const { train, dev } = problem(outputs, 6, 3, 7);
    const zeros = (split: KernelSplit) => ({ ...split, rows: { ...split.rows, data: split.rows.data.map(() => 0) } });
    const solvers = outputs === 1 ? [RIDGE, LOGISTIC, CROSS_VALIDATED] : [RIDGE, LOGISTIC];
    for (const solver of solvers) {
      const predictor = fitPredictor({ train: zeros(train), dev: zeros(dev), outputs, solver });
      const classes = outputs === 1 ? 2 : outputs;
      expect(predictor.coefficients).toEqual(Array(6 * outputs).fill(0));
      expect(probabilities(predictor, scores(predictor, zeros(dev).rows))).toEqual(
        Array(3 * classes).fill(1 / classes),
      );
    }
  });
});

describe('contributions', () => {
  it.each([
    [1, RIDGE],
    [1, RIDGE_FROM_INITIAL],
    [3, RIDGE],
    [3, RIDGE_FROM_INITIAL],
    [1, LOGISTIC],
    [1, LOGISTIC_INTERCEPT],
    [1, CROSS_VALIDATED],
    [3, LOGISTIC],
    [3, LOGISTIC_INTERCEPT],
    [1, SVC],
    [3, SVC],
    [1, SVR],
    [3, SVR],
  ])('add up to the scores (%d outputs, %o)', (outputs, solver) => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { train, dev } = problem(outputs, 8, 3, seed);
        const predictor = fitPredictor({ train, outputs, solver });
        const all = scores(predictor, dev.rows, dev.initial);
        for (let k = 0; k < 3; k++) {
          const initial = dev.initial?.slice(k * outputs, (k + 1) * outputs);
          const parts = contributions(predictor, row(dev.rows, outputs, k), initial);
          expect(parts.perExample.length).toBe(outputs * 8);
          for (let c = 0; c < outputs; c++) {
            const own = parts.perExample.subarray(c * 8, (c + 1) * 8);
            const sizes = own.reduce((sum, part) => sum + Math.abs(part), Math.abs(at(parts.intercepts, c)));
            const sum = own.reduce((total, part) => total + part, 0) + at(parts.intercepts, c) + at(parts.initial, c);
            const score = at(all, k * outputs + c);
            expect(Math.abs(sum - score)).toBeLessThan(ROUNDING * (1 + sizes));
            expect(Math.abs(at(parts.sum, c) - score)).toBeLessThan(ROUNDING * (1 + sizes));
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('gives each training example its outputs together', () => {
    const coefficients = [1, 10, 100, 1000];
    const parts = contributions(
      {
        method: 'least-squares',
        settings: { ridge: 0, initialScale: 2 },
        outputs: 2,
        coefficients,
        intercepts: [0, 0],
      },
      matrix(2, 4, Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8)),
      Float64Array.of(8, -8),
    );
    expect([...parts.perExample]).toEqual([21, 4300, 65, 8700]);
    expect([...parts.initial]).toEqual([4, -4]);
    expect([...parts.sum]).toEqual([4325, 8761]);
  });

  it('of a training example that is all there is are its own score', () => {
    // Two examples that share no gradient: each is decided by itself alone.
    const train = { rows: matrix(2, 2, Float64Array.of(2, 0, 0, 3)), classes: [1, 0] };
    const solver: SolverChoice = { method: 'least-squares', ridge: 0, initialScale: null };
    const predictor = fitPredictor({ train, outputs: 1, solver });
    const { perExample } = contributions(predictor, row(train.rows, 1, 0));
    expect(relativeDeviation(perExample, [1, 0])).toBeLessThan(ROUNDING);
  });
});

describe('as JSON', () => {
  it.each([
    [1, [RIDGE, RIDGE_FROM_INITIAL, LOGISTIC_INTERCEPT, CROSS_VALIDATED, SVC, SVR]],
    [3, [RIDGE, LOGISTIC, SVC, VOTES, SVR]],
  ])('predictors of %d outputs survive', (outputs, solvers) => {
    const { train, dev } = problem(outputs, 8, 6, 9);
    for (const solver of solvers) {
      const predictor = fitPredictor({ train, dev, outputs, solver });
      expect(parsePredictor(JSON.parse(JSON.stringify(predictor)), 'run.json')).toEqual(predictor);
    }
  });

  it('so do those of asymmetric kernels', () => {
    const { train } = problem(1, 8, 6, 9);
    const rows = multiply(normals(8, 8, 3, 'left'), transpose(normals(8, 8, 3, 'right')));
    const transposed: SolverChoice = { method: 'least-squares', ridge: 0, initialScale: null, transposed: true };
    for (const solver of [ASYMMETRIC, { ...ASYMMETRIC, lambda: 0.5 }, transposed]) {
      const predictor = fitPredictor({ train: { ...train, rows, signed: transpose(rows) }, outputs: 1, solver });
      expect(parsePredictor(JSON.parse(JSON.stringify(predictor)), 'run.json')).toEqual(predictor);
    }
  });

  it('what is no predictor is refused with every problem', async () => {
    const error = await failureOf(() =>
      parsePredictor(
        { method: 'magic', settings: { ridge: -1 }, outputs: 0, coefficients: [1, null], calibration: { slope: 1 } },
        'run.json, draw 13',
      ),
    );
    expect(error).toMatchObject({ code: 'lm.bad-predictor', kind: 'user' });
    expect(error.message).toBe(
      'run.json, draw 13 does not hold a fitted predictor; the file is damaged or of another version. Run nexort ' +
        'kernel again.' +
        '\n  - outputs: expected a positive whole number, found 0' +
        '\n  - coefficients: expected a list of numbers' +
        '\n  - intercepts: expected a list of numbers' +
        '\n  - calibration.source: expected dev or likelihood or targets, found nothing' +
        '\n  - method: expected least-squares or logistic or svc or svr or asymmetric, found "magic"' +
        '\n  - settings.ridge: expected a number from 0, found -1' +
        '\n  - settings.initialScale: expected a positive number or null, found nothing',
    );
    expect(() => parsePredictor([], 'run.json')).toThrow('expected an object, found []');
    const rest = { coefficients: [1, 2, 3], calibration: { slope: 1, source: 'likelihood' } };
    const logistic = { method: 'logistic', settings: { strength: 1, ridge: null, withIntercept: false }, outputs: 2 };
    expect(() => parsePredictor({ ...logistic, ...rest, intercepts: [0] }, 'run.json')).toThrow(
      '\n  - coefficients: expected a multiple of the 2 outputs, found 3\n  - intercepts: expected 2, found 1',
    );
    const settings = { cost: 1, ratio: null, ridge: 0, scheme: 'one-vs-one' };
    expect(() => parsePredictor({ method: 'svc', settings, outputs: 3, ...rest, intercepts: [0, 0] }, 'x')).toThrow(
      '\n  - intercepts: expected 3, found 2',
    );
  });
});

describe('bad input', () => {
  const { train, dev, outputs } = problem(1, 4, 2, 10);
  const predictor = fitPredictor({ train, outputs, solver: RIDGE_FROM_INITIAL });
  const spoiled = (rows: Matrix, place: number, value: number): Matrix => ({
    ...rows,
    data: rows.data.map((entry, k) => (k === place ? value : entry)),
  });
  const messageOf = async (action: () => unknown) => {
    const { code, kind, message } = await failureOf(action);
    return `${kind} ${code}: ${message}`;
  };

  it('a kernel that is not finite', async () => {
    const rows = spoiled(train.rows, 6, Number.NaN);
    expect(await messageOf(() => fitPredictor({ train: { ...train, rows }, outputs, solver: RIDGE }))).toBe(
      'user lm.not-finite: the kernel of training examples holds NaN at row 1, column 2; expected finite numbers. A ' +
        "gradient of the model overflowed or is undefined: check the checkpoint's weights (nexort doctor tests the " +
        'engine), or leave the parameters at fault out with --params.',
    );
    const bad = spoiled(dev.rows, 1, Number.POSITIVE_INFINITY);
    expect(await messageOf(() => scores(predictor, bad, dev.initial))).toContain(
      'the kernel holds Infinity at row 0, column 1',
    );
    const initial = Float64Array.of(0, Number.NaN);
    expect(await messageOf(() => scores(predictor, dev.rows, initial))).toContain(
      "the model's own outputs holds NaN at place 1",
    );
    const unusual = { train: { ...train, initial: Float64Array.of(1, 2, 3, Number.NaN) }, outputs, solver: RIDGE };
    expect(await messageOf(() => fitPredictor(unusual))).toContain("the model's own outputs holds NaN at place 3");
  });

  it('training examples of one class', async () => {
    const same = { ...train, classes: [1, 1, 1, 1] };
    expect(await messageOf(() => fitPredictor({ train: same, outputs, solver: LOGISTIC }))).toBe(
      'user lm.one-class: all 4 training examples have the same label; expected at least two labels to tell apart. Add ' +
        'examples of another label.',
    );
  });

  it('sizes that disagree, all at once', async () => {
    const odd: KernelSplit = { rows: dev.rows, classes: [0, 1, 2], initial: Float64Array.of(1) };
    expect(await messageOf(() => fitPredictor({ train, dev: odd, outputs, solver: RIDGE }))).toBe(
      'user lm.kernel-sizes: the parts of the kernel do not fit together; rows are evaluated examples × outputs, columns ' +
        'training examples × outputs:' +
        '\n  - dev rows are 2 × 4, expected 3 × 4' +
        '\n  - dev initial outputs are 1, expected 3' +
        '\n  - dev classes hold 2, expected whole numbers from 0 to 1',
    );
    const narrow = matrix(2, 3, new Float64Array(6));
    expect(await messageOf(() => scores(predictor, narrow, Float64Array.of(1)))).toContain(
      '\n  - rows have 3 columns, expected 4, one for each coefficient' +
        '\n  - initial outputs are 1, expected 2, one for each row',
    );
    expect(await messageOf(() => contributions(predictor, dev.rows, dev.initial))).toContain(
      'rows of one example are 2, expected 1',
    );
    const three = problem(3, 3, 1, 11);
    const joint = fitPredictor({ train: three.train, outputs: 3, solver: RIDGE });
    expect(await messageOf(() => scores(joint, matrix(2, 9, new Float64Array(18))))).toContain(
      'there are 2 rows, expected a multiple of the 3 outputs',
    );
  });

  it('cross-validated logistic regression of several classes', async () => {
    const three = problem(3, 6, 1, 12);
    expect(await messageOf(() => fitPredictor({ train: three.train, outputs: 3, solver: CROSS_VALIDATED }))).toBe(
      'unsupported lm.two-classes-only: the strength of logistic regression is cross-validated for two classes, and this ' +
        'task has 3. Choose its ridge on dev examples, or give one.',
    );
  });

  it('kernels that a solver does not fit', async () => {
    const kernel = multiply(normals(4, 4, 3, 'left'), transpose(normals(4, 4, 3, 'right')));
    const asymmetric = { ...train, rows: kernel };
    expect(await messageOf(() => fitPredictor({ train: asymmetric, outputs, solver: SVC }))).toBe(
      'user lm.needs-symmetric-kernel: a support vector machine needs a symmetric kernel, such as that of SGD or SignGD, ' +
        'and this one is asymmetric. Use --solver asymmetric, least-squares or logistic.',
    );
    expect(await messageOf(() => fitPredictor({ train: asymmetric, outputs, solver: SVR }))).toContain(
      'support vector regression needs a symmetric kernel',
    );
    expect(await messageOf(() => fitPredictor({ train, outputs, solver: ASYMMETRIC }))).toBe(
      'user lm.needs-asymmetric-kernel: the asymmetric machine is for an asymmetric kernel, that of A-SignGD, and this one ' +
        'is symmetric. Use --kernels a-signgd, or --solver svc or least-squares.',
    );
    const [largest = 0] = singularValues(kernel);
    const pole: SolverChoice = { ...ASYMMETRIC, gamma: 1 / largest, ridge: 0 };
    expect(await messageOf(() => fitPredictor({ train: asymmetric, outputs, solver: pole }))).toContain(
      'user lm.singular-machine: the asymmetric machine has no solution at gamma',
    );
    const second = fitPredictor({ train: asymmetric, outputs, solver: { ...ASYMMETRIC, lambda: 0.5 } });
    expect(await messageOf(() => scores(second, dev.rows))).toBe(
      'user lm.missing-signed-kernel: an asymmetric machine with lambda below 1 looks at a second kernel, signed on the ' +
        'evaluated side, which was not given. Give its rows (signed), or fit with lambda 1.',
    );
  });

  it('f₀ that is needed and not given', async () => {
    const { rows, classes } = train;
    const expected =
      "user lm.missing-initial: this predictor starts from the model's own outputs divided by 10, and they were not " +
      'given. Give the outputs of the examples (f0), or fit with initialScale null.';
    expect(await messageOf(() => scores(predictor, dev.rows))).toBe(expected);
    expect(await messageOf(() => fitPredictor({ train: { rows, classes }, outputs, solver: RIDGE_FROM_INITIAL }))).toBe(
      expected,
    );
  });

  it.each([
    [{ ...RIDGE, ridge: -1 }, 'the ridge is -1; expected a number from 0.'],
    [{ ...RIDGE, ridge: Number.NaN }, 'the ridge is NaN; expected a number from 0.'],
    [{ ...RIDGE, initialScale: 0 }, 'the scale of initial outputs is 0; expected a positive number, or null for none.'],
    [
      { ...LOGISTIC, ridge: 0 },
      'the ridge of logistic regression is 0; expected a positive number, or null to cross-validate.',
    ],
  ])('settings out of range: %o', async (solver, expected) => {
    expect(await messageOf(() => fitPredictor({ train, outputs, solver: solver as SolverChoice }))).toBe(
      `user lm.bad-setting: ${expected}`,
    );
  });
});
