import { expect, test } from 'vitest';
import { chiSquareQuantile } from '../../src/numeric/chiSquareLaw.ts';
import { normalQuantile } from '../../src/numeric/normalQuantile.ts';

/** What the function promises. */
const TOLERANCE = 1e-12;

function relative(given: number, expected: number): number {
  return Math.abs(given / expected - 1);
}

// mpmath at 60 digits: gammainc(n/2, 0, x/2) regularized = p by 300 bisections. Regenerate with
// test/numeric/references.py.
test.each([
  [1e-12, 1, 1.5707963267948966e-24],
  [0.95, 1, 3.8414588206941245],
  [0.3, 1.5, 0.4015892101266138],
  [0.025, 3, 0.21579528262389788],
  [0.999, 4, 18.46682695290317],
  [0.5, 7.25, 6.595341420506172],
  [0.05, 31, 19.28056855912929],
  [0.95, 33, 47.399883919080914],
  [0.99, 1000, 1106.9689943522174],
])('quantile of %d with %d degrees of freedom', (probability, degrees, expected) => {
  expect(relative(chiSquareQuantile(probability, degrees), expected)).toBeLessThan(TOLERANCE);
});

test('of one degree is the square of a normal quantile, of two minus twice a logarithm', () => {
  for (const p of [1e-6, 0.01, 0.3, 0.5, 0.8, 0.9999]) {
    expect(relative(chiSquareQuantile(p, 1), normalQuantile((1 - p) / 2) ** 2)).toBeLessThan(TOLERANCE + 1e-15 / p);
    expect(relative(chiSquareQuantile(p, 2), -2 * Math.log1p(-p))).toBeLessThan(TOLERANCE);
  }
});

test('of many degrees is that of Wilson and Hilferty, about the cube of a normal number', () => {
  for (const p of [0.001, 0.2, 0.6, 0.999]) {
    const degrees = 1e6;
    const step = 2 / (9 * degrees);
    const approximate = degrees * (1 - step + normalQuantile(p) * Math.sqrt(step)) ** 3;
    // Their error is of the next order in 1/ν.
    expect(relative(chiSquareQuantile(p, degrees), approximate)).toBeLessThan(1e-8);
  }
});

test('the ends and what is outside', () => {
  expect(chiSquareQuantile(0, 5)).toBe(0);
  expect(chiSquareQuantile(1, 5)).toBe(Number.POSITIVE_INFINITY);
  expect(chiSquareQuantile(1.1, 5)).toBeNaN();
  expect(() => chiSquareQuantile(0.5, 0)).toThrow(
    'chiSquareQuantile: given 0 degrees of freedom, expected a number from 1.',
  );
  expect(() => chiSquareQuantile(0.5, Number.POSITIVE_INFINITY)).toThrow('chiSquareQuantile: given Infinity degrees');
});
