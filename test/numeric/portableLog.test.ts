import { expect, test } from 'vitest';
import { portableLog } from '../../src/numeric/portableLog.ts';
import { stream } from '../../src/numeric/random.ts';

/** This logarithm and the engine's are each within one unit in the last place, which is at most 2^-52 relative. */
const TOLERANCE = 2 * 2 ** -52;

function worstDeviation(points: Iterable<number>): { deviation: number; x: number } {
  let worst = { deviation: 0, x: Number.NaN };
  for (const x of points) {
    const expected = Math.log(x);
    const deviation = Math.abs(portableLog(x) - expected) / Math.abs(expected);
    if (!(deviation <= worst.deviation)) worst = { deviation, x };
  }
  return worst;
}

test('agrees with the engine over all magnitudes', () => {
  const points = stream(1, 'log')
    .uniforms(20_000)
    .map((u) => 2 ** (2000 * u - 1000));
  expect(worstDeviation(points).deviation).toBeLessThan(TOLERANCE);
});

test('agrees with the engine around 1, where the logarithm vanishes', () => {
  const points = stream(1, 'log near one')
    .uniforms(20_000)
    .map((u) => 0.5 + 1.5 * u);
  expect(worstDeviation(points).deviation).toBeLessThan(TOLERANCE);
  expect(worstDeviation([1 + 2 ** -52, 1 - 2 ** -53, 1 + 2 ** -20, Math.SQRT2, Math.SQRT1_2]).deviation).toBeLessThan(
    TOLERANCE,
  );
});

// mpmath 1.3.0, 60 digits: float(log(mpf(x))).
test.each([
  [3, 1.0986122886681098],
  [1000, 6.907755278982137],
  [1e-300, -690.7755278982137],
  [5e-324, -744.4400719213812],
  [Number.MAX_VALUE, 709.782712893384],
])('ln %d', (x, expected) => {
  expect(Math.abs(portableLog(x) - expected)).toBeLessThanOrEqual(Math.abs(expected) * 2 ** -52);
});

test('the edges of the domain are those of Math.log', () => {
  for (const x of [0, -0, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1]) {
    expect(portableLog(x)).toBe(Math.log(x));
  }
});
