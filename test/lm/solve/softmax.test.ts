import { describe, expect, it } from 'vitest';
import { logisticProblem } from '../../../src/lm/solve/logistic.ts';
import { softmaxProblem } from '../../../src/lm/solve/softmax.ts';
import { at, matrix, multiply, transpose } from '../../../src/numeric/index.ts';
import { normals, relativeDeviation } from './kernels.ts';

const COUNT = 3;
const CLASSES = [0, 1, 2, 1, 0, 2, 2, 1, 0, 0];

describe('softmaxProblem', () => {
  it.each([
    [0.01, false],
    [1, true],
    [100, false],
    [100, true],
  ])('is where the gradient is 0, strength %d, intercepts %s', (strength, withIntercepts) => {
    const features = normals(CLASSES.length * COUNT, 7, 1, 'features');
    const { coefficients, intercepts } = softmaxProblem(features, CLASSES, COUNT, withIntercepts)(strength);
    const scores = multiply(features, matrix(7, 1, coefficients)).data.map(
      (value, k) => value + at(intercepts, k % COUNT),
    );
    const slopes = scores.map((_, k) => {
      const [example, c] = [Math.floor(k / COUNT), k % COUNT];
      const own = [...scores.subarray(example * COUNT, (example + 1) * COUNT)];
      const sum = own.reduce((total, value) => total + Math.exp(value), 0);
      return Math.exp(at(own, c)) / sum - (c === CLASSES[example] ? 1 : 0);
    });
    const gradient = multiply(transpose(features), matrix(slopes.length, 1, slopes)).data.map(
      (value, k) => strength * value + at(coefficients, k),
    );
    // Newton's last step leaves about 1e-12 of the scores; sums of 30 terms of order 1.
    for (const part of gradient) expect(Math.abs(part)).toBeLessThan(1e-10 * (1 + strength));
    const byClass = [0, 1, 2].map((c) => slopes.reduce((sum, value, k) => sum + (k % COUNT === c ? value : 0), 0));
    if (withIntercepts) for (const part of byClass) expect(Math.abs(part)).toBeLessThan(1e-10);
    else expect([...intercepts]).toEqual([0, 0, 0]);
  });

  it('of two classes is logistic regression on the difference of their features', () => {
    const features = normals(24, 5, 2, 'features');
    const classes = Array.from({ length: 12 }, (_, k) => Number(k % 3 === 0));
    const differences = matrix(
      12,
      5,
      Float64Array.from({ length: 60 }, (_, k) => {
        const [example, column] = [Math.floor(k / 5), k % 5];
        return at(features.data, (2 * example + 1) * 5 + column) - at(features.data, 2 * example * 5 + column);
      }),
    );
    const both = softmaxProblem(features, classes, 2)(3);
    const one = logisticProblem(differences, classes).fit(3);
    expect(relativeDeviation(both.coefficients, one.coefficients)).toBeLessThan(1e-10);
  });

  it('says nothing from features that say nothing', () => {
    const flat = matrix(9, 2, new Float64Array(18).fill(3));
    const { coefficients } = softmaxProblem(flat, [0, 1, 2], 3)(10);
    expect([...coefficients]).toEqual([0, 0]);
  });
});
