import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { score } from '../../../src/lm/data/metrics.ts';
import type { Metric } from '../../../src/lm/data/tasks.ts';
import { type Candidate, fitOnDev } from '../../../src/lm/solve/fitOnDev.ts';
import { fitPredictor } from '../../../src/lm/solve/fitPredictor.ts';
import type { KernelSplit } from '../../../src/lm/solve/kernelSplit.ts';
import { probabilities, scores } from '../../../src/lm/solve/predictor.ts';
import type { SolverChoice } from '../../../src/lm/solve/solverChoice.ts';
import { INITIAL_SCALES, RIDGES } from '../../../src/lm/solve/solverGrid.ts';
import { predictedClasses } from '../../../src/lm/solve/solvers.ts';
import { at, matrix } from '../../../src/numeric/index.ts';
import { failureOf } from '../../support/failure.ts';
import { gram, normals, permuted } from './kernels.ts';

/** Features that lean towards their class, f₀ that does too. */
function problem(outputs: number, perClass: number, seed: number) {
  const count = outputs === 1 ? 2 : outputs;
  const examples = 2 * perClass * count;
  const classes = Array.from({ length: examples }, (_, k) => k % count);
  const noise = normals(examples * outputs, count + 3, seed, 'features');
  const lean = (k: number): number => {
    const [line, column] = [Math.floor(k / noise.columns), k % noise.columns];
    const [example, output] = [Math.floor(line / outputs), line % outputs];
    const own = classes[example] ?? 0;
    if (outputs === 1) return column === 0 ? 2 * own - 1 : 0;
    return column === output && own === output ? 1.5 : 0;
  };
  const kernel = gram({ ...noise, data: noise.data.map((value, k) => 0.7 * value + lean(k)) });
  const half = (examples / 2) * outputs;
  const columns = Array.from({ length: half }, (_, k) => k);
  const split = (first: number): KernelSplit => ({
    rows: permuted(
      kernel,
      columns.map((k) => k + first * half),
      columns,
    ),
    classes: classes.slice((first * examples) / 2, ((first + 1) * examples) / 2),
    initial: normals(half, 1, seed, `initial ${first}`).data,
  });
  return { train: split(0), dev: split(1), outputs };
}

const settingsOf = ({ method, settings }: Candidate) => ({ method, ...settings });
const chosenOf = (candidates: readonly Candidate[]): Candidate[] => candidates.filter(({ chosen }) => chosen);

describe('fitOnDev', () => {
  it("tries lm.md's grid, and logistic regression for two classes", () => {
    const grid = RIDGES.flatMap((ridge) =>
      INITIAL_SCALES.map((initialScale) => ({ method: 'least-squares', ridge, initialScale })),
    );
    expect(new Set(RIDGES)).toEqual(new Set([0, 0.001, 0.01, 0.1, 1]));
    expect(new Set(INITIAL_SCALES)).toEqual(new Set([10, 100, 1000, 10000, null]));
    const two = fitOnDev({ ...problem(1, 4, 1), metric: 'accuracy' }).candidates.map(settingsOf);
    expect(two.slice(0, 25)).toEqual(grid);
    const logistic = [1, 0.1, 0.01, 0.001, null].map((ridge) =>
      expect.objectContaining({ method: 'logistic', ridge, withIntercept: false }),
    );
    expect(two.slice(25)).toEqual(logistic);
    const three = fitOnDev({ ...problem(3, 3, 1), metric: 'accuracy' }).candidates.map(settingsOf);
    expect(three).toEqual(grid);
  });

  const crossValidated = ({ method, settings }: Candidate) => method === 'logistic' && settings.ridge === null;

  it('does not cross-validate more than 256 training examples', () => {
    const counts = [256, 258].map((count) => {
      const classes = Array.from({ length: count }, (_, k) => k % 2);
      const side = matrix(
        count,
        1,
        Float64Array.from(classes, (label) => 2 * label - 1),
      );
      const split = { rows: gram(side), classes };
      return fitOnDev({ train: split, dev: split, outputs: 1, metric: 'accuracy' }).candidates.filter(crossValidated)
        .length;
    });
    expect(counts).toEqual([1, 0]);
  });

  it('leaves out what the data cannot do: f₀ that is not there, folds of one example', () => {
    const { train, dev, outputs } = problem(1, 1, 2);
    const { candidates } = fitOnDev({
      train,
      dev: { rows: dev.rows, classes: dev.classes },
      outputs,
      metric: 'accuracy',
    });
    expect(candidates).toHaveLength(RIDGES.length + RIDGES.length - 1);
    expect(candidates.filter(crossValidated)).toEqual([]);
  });

  const metrics = fc.constantFrom<Metric>('accuracy', 'f1', 'matthews');

  it('reports what a fit of each candidate alone scores, and returns the fit of the chosen one', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 3), fc.integer({ min: 2, max: 4 }), metrics, fc.nat(), (outputs, k, any, seed) => {
        const { train, dev } = problem(outputs, k, seed);
        const metric = outputs === 1 ? any : 'accuracy';
        const { predictor, candidates } = fitOnDev({ train, dev, outputs, metric });
        for (const candidate of candidates) {
          const solver = { method: candidate.method, ...candidate.settings } as SolverChoice;
          const alone = fitPredictor({ train, dev, outputs, solver });
          const values = scores(alone, dev.rows, dev.initial);
          expect(candidate.score).toBe(score(metric, predictedClasses(values, outputs), dev.classes));
          const p = probabilities(alone, values);
          const width = p.length / dev.classes.length;
          const losses = dev.classes.map((label, i) => -Math.log(at(p, i * width + label)));
          const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
          expect(Math.abs(candidate.logLoss - mean)).toBeLessThan(1e-9 * (1 + mean));
          if (candidate.chosen) expect(predictor).toEqual(alone);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('chooses the highest score, then the smallest loss, then what stands first', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 3), fc.integer({ min: 2, max: 4 }), fc.nat(), (outputs, k, seed) => {
        const { candidates } = fitOnDev({ ...problem(outputs, k, seed), metric: 'accuracy' });
        const [chosen, ...others] = chosenOf(candidates);
        expect(others).toEqual([]);
        if (chosen === undefined) return expect.fail('nothing is chosen');
        candidates.forEach((other, place) => {
          expect(other.score).toBeLessThan(chosen.score + 1e-9);
          if (other.score < chosen.score - 1e-9) return;
          expect(other.logLoss).toBeGreaterThan(chosen.logLoss * (1 - 2e-9));
          if (place < candidates.indexOf(chosen)) expect(other.logLoss).toBeGreaterThan(chosen.logLoss);
        });
      }),
      { numRuns: 30 },
    );
  });
});

describe('planted settings are found', () => {
  /** True classes of eight training examples, and so of dev examples that look like them. */
  const truth = [1, 0, 1, 0, 1, 0, 1, 0];
  const signs = truth.map((label) => 2 * label - 1);

  it('a ridge, where small eigenvalues only hold mistakes of labelling', () => {
    // One strong direction that tells the classes, a faint own direction for each example; two labels are wrong. Dev
    // examples are doubles of training ones with the right labels: interpolation repeats the wrong ones.
    const kernel = Float64Array.from({ length: 64 }, (_, k) => {
      const [i, j] = [Math.floor(k / 8), k % 8];
      return at(signs, i) * at(signs, j) + (i === j ? 1e-3 : 0);
    });
    const rows = matrix(8, 8, kernel);
    const labelled = [0, 1, 1, 0, 1, 0, 1, 0];
    const { candidates } = fitOnDev({
      train: { rows, classes: labelled },
      dev: { rows, classes: truth },
      outputs: 1,
      metric: 'accuracy',
    });
    const byRidge = (ridge: number) => candidates.find((one) => one.settings.ridge === ridge)?.score;
    expect([0, 0.001, 0.01, 0.1, 1].map(byRidge)).toEqual([0.75, 1, 1, 1, 1]);
    const [chosen] = chosenOf(candidates);
    expect(chosen?.score).toBe(1);
    expect(chosen?.settings.ridge).not.toBe(0);
  });

  it('no ridge, where a strong direction says nothing and a faint one tells three classes of unequal size', () => {
    // Joint system over 3 outputs: what all examples share, for each output, and 1e-6 of what tells classes apart.
    const classes = [0, 0, 0, 0, 1, 2];
    const outputs = 3;
    const size = classes.length * outputs;
    const kernel = Float64Array.from({ length: size * size }, (_, k) => {
      const [i, j] = [Math.floor(k / size), k % size];
      if (i % outputs !== j % outputs) return 0;
      const same = classes[Math.floor(i / outputs)] === classes[Math.floor(j / outputs)];
      return 1 + (same ? 1e-6 : 0);
    });
    const split = { rows: matrix(size, size, kernel), classes };
    const { candidates, predictor } = fitOnDev({ train: split, dev: split, outputs, metric: 'accuracy' });
    expect(candidates.map((one) => [one.settings.ridge, one.score])).toEqual([
      [1, 4 / 6],
      [0.1, 4 / 6],
      [0.01, 4 / 6],
      [0.001, 4 / 6],
      [0, 1],
    ]);
    expect(predictor.settings).toEqual({ ridge: 0, initialScale: null });
  });

  it('f₀, where the kernel knows nothing of dev examples and the model already does; the simplest of equals', () => {
    const rows = matrix(2, 2, Float64Array.of(1, 0, 0, 1));
    const nothing = matrix(4, 2, new Float64Array(8));
    const { predictor, candidates } = fitOnDev({
      train: { rows, classes: [1, 0], initial: Float64Array.of(1, 1) },
      dev: { rows: nothing, classes: [1, 0, 1, 0], initial: Float64Array.of(3, -2, 1, -1) },
      outputs: 1,
      metric: 'accuracy',
    });
    // All scales give the same probabilities, for the slope undoes them; so do all ridges.
    expect(predictor.settings).toEqual({ ridge: 1, initialScale: 10000 });
    expect(new Set(candidates.filter(({ score }) => score === 1).map(({ method }) => method))).toEqual(
      new Set(['least-squares']),
    );
    expect(candidates.filter(({ score }) => score === 1)).toHaveLength(20);
  });
});

it('needs dev examples that fit', async () => {
  const { train, dev, outputs } = problem(1, 3, 3);
  const none: KernelSplit = { rows: matrix(0, 6, new Float64Array(0)), classes: [] };
  const error = await failureOf(() => fitOnDev({ train, dev: none, outputs, metric: 'accuracy' }));
  expect(`${error.kind} ${error.code}: ${error.message}`).toBe(
    'user lm.no-dev-examples: there are no dev examples to choose a solver by. Add some, or choose with --solver pinv, ' +
      'ridge or logistic.',
  );
  const odd = { ...dev, classes: [0, 1] };
  expect((await failureOf(() => fitOnDev({ train, dev: odd, outputs, metric: 'accuracy' }))).message).toContain(
    'dev rows are 6 × 6, expected 2 × 6',
  );
});
