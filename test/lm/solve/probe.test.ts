import { describe, expect, it } from 'vitest';
import { crossValidatedLogistic } from '../../../src/lm/solve/crossValidation.ts';
import { linearProbe } from '../../../src/lm/solve/probe.ts';
import { matrix, stream } from '../../../src/numeric/index.ts';
import { failureOf } from '../../support/failure.ts';

const [EXAMPLES, FEATURES] = [18, 5];

/** Features whose first coordinates tell the classes apart, but for noise. */
function problem(count: number) {
  const noise = stream(3, `probe of ${count}`).normals(EXAMPLES * FEATURES);
  const classes = Array.from({ length: EXAMPLES }, (_, k) => k % count);
  const data = noise.map((z, k) => 0.5 * z + (k % FEATURES === (classes[Math.floor(k / FEATURES)] ?? -1) ? 2 : 0));
  return { features: matrix(EXAMPLES, FEATURES, data), classes };
}

/** Logits of a head, [examples][classes]. */
function logitsOf(features: ReturnType<typeof matrix>, { weight, bias }: ReturnType<typeof linearProbe>): number[][] {
  return Array.from({ length: features.rows }, (_, i) =>
    [...bias].map((offset, c) =>
      Array.from({ length: FEATURES }).reduce<number>(
        (sum, _, n) => sum + (weight[c * FEATURES + n] ?? Number.NaN) * (features.data[i * FEATURES + n] ?? Number.NaN),
        offset,
      ),
    ),
  );
}

describe('linearProbe', () => {
  it('of two classes is minus and plus half of the cross-validated logistic regression with an intercept', () => {
    const { features, classes } = problem(2);
    const head = linearProbe(features, classes, 2);
    const { coefficients, intercept } = crossValidatedLogistic(features, classes, true);
    const half = [...coefficients].map((value) => Math.fround(value / 2));
    expect([...head.weight]).toEqual([...half.map((value) => -value), ...half]);
    expect([...head.bias]).toEqual([-Math.fround(intercept / 2), Math.fround(intercept / 2)]);
    expect(intercept).not.toBe(0);
  });

  it('of several classes is the regression of each against the others, and finds them', () => {
    const { features, classes } = problem(3);
    const head = linearProbe(features, classes, 3);
    const { coefficients, intercept } = crossValidatedLogistic(
      features,
      classes.map((label) => (label === 1 ? 1 : 0)),
      true,
    );
    expect([...head.weight.subarray(FEATURES, 2 * FEATURES)]).toEqual([...coefficients].map(Math.fround));
    expect(head.bias[1]).toBe(Math.fround(intercept));
    const found = logitsOf(features, head).map((row) => row.indexOf(Math.max(...row)));
    const right = found.filter((label, k) => label === classes[k]).length;
    expect(right).toBeGreaterThan(EXAMPLES / 2);
  });

  it('refuses a class of one example', async () => {
    const { features } = problem(2);
    const classes = Array.from({ length: EXAMPLES }, (_, k) => (k === 0 ? 1 : 0));
    expect((await failureOf(() => linearProbe(features, classes, 2))).code).toBe('lm.too-few-to-cross-validate');
  });
});
