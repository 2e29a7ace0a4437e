import { expect, test } from 'vitest';
import { normalCdf } from '../../src/numeric/normalDistribution.ts';
import { normalQuantile } from '../../src/numeric/normalQuantile.ts';
import { stream } from '../../src/numeric/random.ts';

/** Four units in the last place: Wichura's approximation error (0.5) and the rounding of two short polynomials. */
const TOLERANCE = 4 * 2 ** -52;

// mpmath 1.3.0, 60 digits: the z with ncdf(z) = mpf(p), by 220 bisections of [-40, 10], as a float. Regenerate with
// test/numeric/references.py.
test.each([
  [1e-300, -37.0470962993612],
  [1e-100, -21.273453560965326],
  [1e-30, -11.464024688443615],
  [1e-16, -8.222082216130435],
  [1.1102230246251565e-16, -8.209536151601387],
  [1e-10, -6.361340902404057],
  [1e-5, -4.264890793922825],
  [0.001, -3.0902323061678136],
  [0.01, -2.326347874040841],
  [0.025, -1.9599639845400543],
  [0.07, -1.4757910281791706],
  [0.08, -1.4050715603096327],
  [0.1, -1.2815515655446004],
  [0.2, -0.8416212335729142],
  [0.3, -0.5244005127080408],
  [0.42, -0.20189347914185088],
  [0.49, -0.025068908258711057],
  [0.499999, -2.5066282745665593e-6],
  [0.6, 0.2533471031357997],
  [0.75, 0.6744897501960817],
  [0.93, 1.475791028179171],
  [0.975, 1.9599639845400538],
  [0.999, 3.090232306167813],
  [0.9999999, 5.199337582290661],
])('quantile of %d', (probability, expected) => {
  expect(Math.abs(normalQuantile(probability) / expected - 1)).toBeLessThan(TOLERANCE);
});

test('center, edges and outside', () => {
  expect(normalQuantile(0.5)).toBe(0);
  expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
  expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
  for (const outside of [-0.1, 1.1, Number.NaN]) expect(normalQuantile(outside)).toBeNaN();
});

test('is odd about one half and rises, also across the seams of the three pieces', () => {
  const points = stream(1, 'quantile').uniforms(2000).toSorted();
  let previous = Number.NEGATIVE_INFINITY;
  for (const point of points) {
    const value = normalQuantile(point);
    expect(value).toBeGreaterThan(previous);
    // 1 − point is exact here, because uniforms are multiples of 2^-53.
    expect(normalQuantile(1 - point)).toBe(-value);
    previous = value;
  }
  for (const seam of [0.075, Math.exp(-25)]) {
    const step = seam * 1e-6;
    expect(normalQuantile(seam - step)).toBeLessThan(normalQuantile(seam));
    expect(normalQuantile(seam)).toBeLessThan(normalQuantile(seam + step));
  }
});

test('is inverse to the distribution function', () => {
  for (const probability of stream(2, 'quantile').uniforms(2000)) {
    const z = normalQuantile(probability);
    // d ln Φ = (φ/Φ)·z·dz/z, at most about (z² + 1) of the quantile's relative error.
    expect(Math.abs(normalCdf(z) / probability - 1)).toBeLessThan(TOLERANCE * (z * z + 2));
  }
});
