import { expect, test } from 'vitest';
import { at } from '../../src/numeric/arrays.ts';
import { type DoubleDouble, negative, product, quotient, squareRoot, sum } from '../../src/numeric/doubleDouble.ts';
import { stream } from '../../src/numeric/random.ts';

/** Bits after the point in exact arithmetic: enough for every number below, all of which are multiples of 2^-120. */
const POINT = 400n;

/** A number as an exact multiple of 2^-POINT. */
function exact(a: DoubleDouble): bigint {
  return a.reduce((total, part) => total + BigInt(part * 2 ** 120) * 2n ** (POINT - 120n), 0n);
}

/** |given − expected| relative to expected, in units of 2^-100. */
function deviation(given: DoubleDouble, expected: bigint): number {
  const difference = exact(given) - expected;
  const size = expected < 0n ? -expected : expected;
  return Number(((difference < 0n ? -difference : difference) * 2n ** 110n) / size) / 2 ** 10;
}

const draws = stream(1, 'double-double').uniforms(4000);
const cases = Array.from({ length: 1000 }, (_, index): [DoubleDouble, DoubleDouble] => {
  const part = (offset: number) => at(draws, 4 * index + offset);
  return [
    [1 + part(0), (part(1) - 0.5) * 2 ** -53],
    [(index % 2 ? -1 : 1) * (1 + part(2)), (part(3) - 0.5) * 2 ** -53],
  ];
});

// Dekker's bounds: some units of 2^-104 relative; of the sum, relative to the larger operand, which may cancel.
test('sums, products, quotients and roots have about thirty digits', () => {
  let worst = 0;
  for (const [a, b] of cases) {
    const scale = 2n ** POINT;
    const total = exact(a) + exact(b);
    const lost = deviation(sum(a, b), total) * Math.abs(Number(total) / Number(exact(a)));
    worst = Math.max(worst, lost, deviation(product(a, b), (exact(a) * exact(b)) / scale));
    worst = Math.max(worst, deviation(quotient(a, b), (exact(a) * scale) / exact(b)));
    const root = squareRoot(a);
    worst = Math.max(worst, deviation(product(root, root), exact(a)));
  }
  expect(worst).toBeLessThan(1);
});

test('the first entry is the nearest f64', () => {
  for (const [a, b] of cases) {
    for (const [high, low] of [sum(a, b), product(a, b), quotient(a, b), squareRoot(a), negative(b)]) {
      expect(high + low).toBe(high);
    }
  }
});
