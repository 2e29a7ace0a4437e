/** Differential equations beside solutions in closed form, and the table beside the conditions of its orders. */

import { describe, expect, it } from 'vitest';
import { solveOde } from '../../src/numeric/index.ts';
import { type Derivative, dormandPrince } from '../../src/numeric/rungeKutta.ts';
import { linearFit } from '../../src/numeric/statistics.ts';
import { failureOf } from '../support/failure.ts';

const ROUNDING = 1e-14;
/** A harmonic oscillator whose amplitude falls, y = e^(−t/10) (cos t, sin t). */
const spiral: Derivative = (_, y, into) => {
  const [a, b] = [Number(y[0]), Number(y[1])];
  into[0] = -a / 10 - b;
  into[1] = a - b / 10;
};

describe('the table', () => {
  const { stages, nodes, errors } = dormandPrince;
  const matrix = [[], ...stages];
  const c = [0, ...nodes];
  const fifth = [...Array.from(stages.at(-1) ?? []), 0];
  const fourth = fifth.map((weight, k) => weight - Number(errors[k]));
  const sum = (weights: readonly number[], of: (k: number) => number): number =>
    weights.reduce((total, weight, k) => total + weight * of(k), 0);
  const inner = (k: number, of: (j: number) => number): number => sum(matrix[k] ?? [], of);

  it('has nodes that are sums of rows', () => {
    for (let k = 0; k < matrix.length; k++) expect(inner(k, () => 1)).toBeCloseTo(Number(c[k]), 13);
  });

  it.each([
    ['fifth', fifth, 5],
    ['fourth', fourth, 4],
  ] as const)('meets the conditions of trees of the %s order', (_, weights, order) => {
    const power = (q: number) => (k: number) => Number(c[k]) ** q;
    for (let q = 0; q < order; q++) expect(sum(weights, power(q))).toBeCloseTo(1 / (q + 1), 13);
    // Trees of height 2 below the root: Σ b_k c_k^p (Σ a_kj c_j^q), of order p + q + 2.
    for (let p = 0; p + 3 <= order; p++) {
      for (let q = 1; p + q + 2 <= order; q++) {
        const found = sum(weights, (k) => power(p)(k) * inner(k, power(q)));
        expect(found).toBeCloseTo(1 / ((p + q + 2) * (q + 1)), 13);
      }
    }
    if (order === 5) expect(Math.abs(sum(fourth, power(4)) - 1 / 5)).toBeGreaterThan(1e-4);
  });
});

describe('a solution', () => {
  it('is that of the equation at all times asked for', () => {
    const times = [0, 0.5, 0.5, 3, 10];
    const found = solveOde(spiral, Float64Array.of(1, 0), times);
    times.forEach((time, k) => {
      const size = Math.exp(-time / 10);
      expect(Math.abs(Number(found[k]?.[0]) - size * Math.cos(time))).toBeLessThan(1e-8);
      expect(Math.abs(Number(found[k]?.[1]) - size * Math.sin(time))).toBeLessThan(1e-8);
    });
    expect([...(found[0] ?? [])]).toEqual([1, 0]);
  });

  it('reads the time', () => {
    const [end] = solveOde((t, _, into) => into.fill(Math.cos(t)), Float64Array.of(0), [2]);
    expect(Math.abs(Number(end?.[0]) - Math.sin(2))).toBeLessThan(1e-9);
    const [still] = solveOde((_, __, into) => into.fill(0), Float64Array.of(3), [1e6]);
    expect(Number(still?.[0])).toBeCloseTo(3, -Math.log10(ROUNDING));
  });

  it('gains five powers with the number of steps', () => {
    const points = [1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10].map((relative) => {
      let calls = 0;
      const counted: Derivative = (...given) => {
        calls++;
        spiral(...given);
      };
      const [end] = solveOde(counted, Float64Array.of(1, 0), [20], { relative, absolute: relative });
      const [a, b] = [Number(end?.[0]), Number(end?.[1])];
      const error = Math.hypot(a - Math.exp(-2) * Math.cos(20), b - Math.exp(-2) * Math.sin(20));
      return [Math.log(calls), Math.log(error)] as const;
    });
    const { slope } = linearFit(
      points.map(([x]) => x),
      points.map(([, y]) => y),
    );
    expect(slope).toBeGreaterThan(-5.8);
    expect(slope).toBeLessThan(-4.6);
  });

  it('is refused at times that fall, and where steps do not come to the end', async () => {
    const of = (times: readonly number[]) => failureOf(() => solveOde(spiral, Float64Array.of(1, 0), times));
    expect((await of([1, 0.5])).message).toBe(
      'Times are finite, from 0 on, and do not fall, but number 2 is 0.5 after 1.',
    );
    expect((await of([-1])).message).toBe('Times are finite, from 0 on, and do not fall, but number 1 is -1.');
    const explosion: Derivative = (_, y, into) => into.set(y.map((value) => value * value));
    const error = await failureOf(() => solveOde(explosion, Float64Array.of(1), [2], { mostSteps: 2000 }));
    expect(error.code).toBe('numeric.tooManySteps');
  });
});
