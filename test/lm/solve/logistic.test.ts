import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type LogisticFit,
  logisticProblem,
  logisticScores,
  sigmoid,
  softplus,
} from '../../../src/lm/solve/logistic.ts';
import { at, type Matrix, matrix } from '../../../src/numeric/index.ts';
import { gram, normals, permuted, relativeDeviation, scaled } from './kernels.ts';

/** What is asked of a fit: the last Newton step leaves 1e-12, conditioning here takes two digits more. */
const TOLERANCE = 1e-10;

/** The data of references.py. */
const FEATURES = matrix(
  20,
  3,
  Float64Array.from({ length: 60 }, (_, k) => {
    const [i, j] = [Math.floor(k / 3), k % 3];
    return (((7 * i + 5 * j * j + 3 * i * j) % 11) - 5) / 4;
  }),
);
const CLASSES = [0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0];

/** ½ |w|² + strength · Σ log(1 + exp(−s f)), as written. */
function objective(features: Matrix, classes: readonly number[], strength: number, fit: LogisticFit): number {
  const penalty = fit.coefficients.reduce((sum, weight) => sum + weight * weight, 0) / 2;
  const scores = logisticScores(features, fit);
  return penalty + strength * scores.reduce((sum, f, i) => sum + Math.log1p(Math.exp(classes[i] === 1 ? -f : f)), 0);
}

/** Two classes with labels at random, so that they are seldom separable in few features. */
function example(examples: number, features: number, seed: number) {
  const rows = normals(examples, features, seed, 'features');
  const noise = normals(examples, 1, seed, 'noise').data;
  const classes = [0, 1, ...Array.from({ length: examples - 2 }, (_, k) => (at(noise, k + 2) > 0 ? 1 : 0))];
  return { rows, classes };
}

describe('logisticProblem', () => {
  // references.py: Newton's method in 50 digits; the last number of a row is the intercept.
  it.each([
    [0.01, true, [0.02814175138173224, 0.0337359345161396, -0.003328037793576784, -0.845692557190266]],
    [0.01, false, [0.028950141425408197, 0.034997070975039124, -0.002320243419760434]],
    [1, true, [0.802817201300188, 0.9635961709384393, -0.15186310792429666, -1.002060203401502]],
    [1, false, [0.7352763384387021, 0.9041541514586516, 0.027004188220219313]],
    [100, true, [1.4140755126540552, 1.661518313822772, -0.425679205788845, -1.3463442464695632]],
    [100, false, [1.1783278386637284, 1.4668001138947149, 0.18557695629146065]],
  ])('finds the minimum at strength %d, intercept %s', (strength, intercept, expected) => {
    const fit = logisticProblem(FEATURES, CLASSES, intercept).fit(strength);
    const found = [...fit.coefficients, ...(intercept ? [fit.intercept] : [])];
    expect(relativeDeviation(found, expected)).toBeLessThan(TOLERANCE);
    if (!intercept) expect(fit.intercept).toBe(0);
  });

  it('knows the closed form of one feature ±1: strength · sigmoid(−w) · n = w', () => {
    const features = matrix(2, 1, Float64Array.of(1, -1));
    const { coefficients } = logisticProblem(features, [1, 0]).fit(3);
    const w = coefficients[0] ?? 0;
    expect(Math.abs(3 * 2 * sigmoid(-w) - w)).toBeLessThan(TOLERANCE);
  });

  it('leaves no slope in any direction, by finite differences of the objective', () => {
    const step = 1e-4;
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 12 }),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom(0.01, 1, 30),
        fc.boolean(),
        fc.nat(),
        (examples, features, strength, intercept, seed) => {
          const { rows, classes } = example(examples, features, seed);
          const fit = logisticProblem(rows, classes, intercept).fit(strength);
          const value = (place: number, move: number) =>
            objective(rows, classes, strength, {
              coefficients: fit.coefficients.map((weight, k) => weight + (k === place ? move : 0)),
              intercept: fit.intercept + (place === features ? move : 0),
            });
          const places = Array.from({ length: features + (intercept ? 1 : 0) }, (_, k) => k);
          const slopes = places.map((place) => (value(place, step) - value(place, -step)) / (2 * step));
          // Third derivatives are at most strength · Σ |x|³ / 10, values hold 16 digits.
          const cubes = rows.data.reduce((sum, x) => sum + Math.abs(x) ** 3, examples);
          const bound = (strength * cubes * step ** 2) / 60 + (2 ** -48 * value(-1, 0)) / step;
          expect(Math.max(...slopes.map(Math.abs))).toBeLessThan(bound);
        },
      ),
    );
  });

  it('gives the same scores when features are c and the strength 1/c² times as large, up to kernels of 10⁸', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 10 }), fc.integer({ min: 2, max: 10 }), fc.nat(), (size, rank, seed) => {
        const { classes } = example(size, 1, seed);
        const kernel = gram(normals(size, rank, seed, 'factor'));
        const [small, large] = [1, 1e8].map((factor) => {
          const features = scaled(kernel, factor);
          return logisticScores(features, logisticProblem(features, classes).fit(10 / factor ** 2));
        });
        expect(relativeDeviation(large ?? [], small ?? [])).toBeLessThan(TOLERANCE);
      }),
    );
  });

  it('with an intercept does not see a constant added to all features', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 10 }),
        fc.double({ min: -50, max: 50, noNaN: true }),
        fc.nat(),
        (n, c, seed) => {
          const { rows, classes } = example(n, 3, seed);
          const moved = { ...rows, data: rows.data.map((value) => value + c) };
          const [first, second] = [rows, moved].map((features) =>
            logisticScores(features, logisticProblem(features, classes, true).fit(2)),
          );
          expect(relativeDeviation(second ?? [], first ?? [])).toBeLessThan(TOLERANCE);
        },
      ),
    );
  });

  it('gives the coefficients of permuted features in that order, and of exchanged classes with the other sign', () => {
    const { rows, classes } = example(9, 4, 5);
    const { coefficients } = logisticProblem(rows, classes).fit(1);
    const order = [2, 0, 3, 1];
    const examples = [4, 3, 8, 0, 1, 7, 2, 6, 5];
    const turned = logisticProblem(
      permuted(rows, examples, order),
      examples.map((k) => classes[k] ?? 0),
    ).fit(1);
    const expected = order.map((k) => coefficients[k] ?? 0);
    expect(relativeDeviation(turned.coefficients, expected)).toBeLessThan(TOLERANCE);
    const exchanged = logisticProblem(
      rows,
      classes.map((label) => 1 - label),
    ).fit(1);
    expect(
      relativeDeviation(
        exchanged.coefficients.map((weight) => -weight),
        coefficients,
      ),
    ).toBeLessThan(TOLERANCE);
  });

  it('ends where it ends wherever it starts', () => {
    const { rows, classes } = example(10, 10, 3);
    const kernel = gram(rows);
    for (const intercept of [false, true]) {
      const problem = logisticProblem(kernel, classes, intercept);
      const cold = problem.fit(5);
      const warm = problem.fit(5, problem.fit(500));
      expect(
        relativeDeviation([...warm.coefficients, warm.intercept], [...cold.coefficients, cold.intercept]),
      ).toBeLessThan(TOLERANCE);
    }
  });

  it('separates what hardly any penalty keeps together', () => {
    const { rows, classes } = example(12, 12, 8);
    const kernel = scaled(gram(rows), 1e6);
    for (const intercept of [false, true]) {
      const scores = logisticScores(kernel, logisticProblem(kernel, classes, intercept).fit(1e4));
      const margins = [...scores].map((score, i) => (classes[i] === 1 ? score : -score));
      expect(Math.min(...margins)).toBeGreaterThan(10);
    }
  });

  it('does what can be done with equal features of both labels, whatever the penalty', () => {
    const factor = normals(10, 12, 4, 'factor');
    factor.data.copyWithin(12, 0, 12);
    const classes = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1];
    for (const scale of [1, 1e4, 1e8]) {
      const kernel = scaled(gram(factor), scale);
      for (const [strength, intercept] of [
        [1e4, false],
        [1e4, true],
        [1, false],
      ] as const) {
        const fit = logisticProblem(kernel, classes, intercept).fit(strength);
        const [first = 0, second = 0, ...scores] = logisticScores(kernel, fit);
        expect(Math.abs(first - second)).toBeLessThan(1e-6);
        expect(Math.abs(first)).toBeLessThan(0.2);
        const margins = scores.map((score, i) => (classes[i + 2] === 1 ? score : -score));
        expect(Math.min(...margins)).toBeGreaterThan(1);
        expect(Math.max(...margins)).toBeLessThan(100);
      }
    }
  });

  it('finds scores of thousands where classes are separable by a hair', () => {
    // x > 1 − 10⁻³ is the second class: without a penalty to speak of, w must be some 10⁴ to tell the middle two apart.
    const line = matrix(4, 1, Float64Array.of(0, 0.999, 1, 2));
    const scores = logisticScores(line, logisticProblem(line, [0, 0, 1, 1], true).fit(1e12));
    expect(Math.max(scores[0] ?? 0, -(scores[3] ?? 0))).toBeLessThan(-5000);
    expect(Math.max(scores[1] ?? 0, -(scores[2] ?? 0))).toBeLessThan(-5);
  });

  it('fits the share of classes where features are constant or zero', () => {
    const constant = matrix(4, 2, Float64Array.of(3, 7, 3, 7, 3, 7, 3, 7));
    const fit = logisticProblem(constant, [1, 1, 1, 0], true).fit(1e4);
    expect(
      relativeDeviation(
        logisticScores(constant, fit),
        [1, 1, 1, 1].map(() => Math.log(3)),
      ),
    ).toBeLessThan(TOLERANCE);
    const nothing = matrix(2, 2, new Float64Array(4));
    expect(logisticProblem(nothing, [0, 1]).fit(1)).toEqual({ coefficients: new Float64Array(2), intercept: 0 });
    expect(logisticProblem(nothing, [0, 1], true).fit(1)).toEqual({ coefficients: new Float64Array(2), intercept: 0 });
  });
});

describe('sigmoid and softplus', () => {
  it('keep their digits at both ends', () => {
    expect(sigmoid(0)).toBe(0.5);
    expect(sigmoid(-700) / Math.exp(-700)).toBeCloseTo(1, 14);
    expect(sigmoid(800)).toBe(1);
    expect(sigmoid(-800)).toBe(0);
    expect(softplus(0)).toBeCloseTo(Math.LN2, 15);
    expect(softplus(-50) / Math.exp(-50)).toBeCloseTo(1, 14);
    expect(softplus(1000)).toBe(1000);
  });
});
