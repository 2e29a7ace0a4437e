import { expect, test } from 'vitest';
import { normalQuantile } from '../../src/numeric/normalQuantile.ts';
import { studentQuantile } from '../../src/numeric/studentLaw.ts';

/** What the function promises. */
const TOLERANCE = 2e-12;

function relative(given: number, expected: number): number {
  return Math.abs(given / expected - 1);
}

// mpmath at 60 digits: betainc(n/2, 1/2, 0, n/(n + t²))/2 = p by 300 bisections. Regenerate with
// test/numeric/references.py.
test.each([
  [1e-12, 1, -318309886183.79065],
  [0.025, 1, -12.706204736174705],
  [0.2, 1.5, -1.1533643782954686],
  [0.025, 2, -4.302652729749464],
  [1e-5, 3, -47.927728375933924],
  [0.049, 4, -2.1498326722346714],
  [0.051, 4, -2.114255600066739],
  [0.4, 7.25, -0.2628227594267798],
  [0.025, 10, -2.228138851986275],
  [0.025, 99, -1.9842169515864174],
  [1e-12, 100, -8.025825594493254],
  [0.3, 1000, -0.524567707309227],
  [0.025, 12345, -1.9601561676005672],
  [0.001, 99999, -3.0903138102422982],
  [0.001, 100000, -3.0903138094272378],
  [1e-30, 200000, -11.465922590611463],
])('quantile of %d with %d degrees of freedom', (probability, degrees, expected) => {
  expect(relative(studentQuantile(probability, degrees), expected)).toBeLessThan(TOLERANCE);
});

const PROBABILITIES = [1e-9, 0.003, 0.0499, 0.05, 0.0501, 0.2, 0.49, 0.75, 0.99, 1 - 1e-9];

test('of one and two degrees of freedom in closed form', () => {
  for (const p of PROBABILITIES) {
    // The cotangent, exact for small p as −cot(πp) is.
    expect(relative(studentQuantile(p, 1), -1 / Math.tan(Math.PI * p))).toBeLessThan(TOLERANCE + 1e-15 / (1 - p));
    expect(relative(studentQuantile(p, 2), (2 * p - 1) / Math.sqrt(2 * p * (1 - p)))).toBeLessThan(
      TOLERANCE + 1e-15 / (1 - p),
    );
  }
});

test('tends to the normal law and steps nowhere', () => {
  for (const p of PROBABILITIES) {
    expect(studentQuantile(p, Number.POSITIVE_INFINITY)).toBe(normalQuantile(p));
    // From the continued fraction to the series in 1/ν.
    const [below, above] = [studentQuantile(p, 1e5 - 1e-6), studentQuantile(p, 1e5)];
    expect(relative(below, above)).toBeLessThan(2 * TOLERANCE);
  }
});

test('is odd, 0 in the middle, infinite at the ends, undefined outside', () => {
  for (const degrees of [1, 6.5, 1e7]) {
    for (const p of [2 ** -10, 0.125, 0.375])
      expect(studentQuantile(1 - p, degrees)).toBe(-studentQuantile(p, degrees));
    expect(Math.abs(studentQuantile(0.5, degrees))).toBeLessThan(1e-300);
    expect(studentQuantile(0, degrees)).toBe(Number.NEGATIVE_INFINITY);
    expect(studentQuantile(1, degrees)).toBe(Number.POSITIVE_INFINITY);
    for (const outside of [-0.1, 1.1, Number.NaN]) expect(studentQuantile(outside, degrees)).toBeNaN();
  }
});

test.each([0.5, 0, -3, Number.NaN])('%d degrees of freedom are refused', (degrees) => {
  expect(() => studentQuantile(0.9, degrees)).toThrow(
    `studentQuantile: given ${degrees} degrees of freedom, expected a number from 1.`,
  );
});
