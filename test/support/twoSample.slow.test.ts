import { describe, expect, test } from 'vitest';
import { at, normalQuantile, stream } from '../../src/numeric/index.ts';
import { equalMeans, kolmogorovSmirnov, notToldApart } from './twoSample.ts';

const source = stream(13, 'two samples');

/** Rows of three outputs: normal, heavy-tailed (a product), and one of given correlation with the first. */
function rows(name: string, count: number, correlation = 0.3): Float64Array[] {
  const draws = source.substream(name).normals(4 * count);
  return Array.from({ length: count }, (_, index) => {
    const [x, y, z, w] = draws.subarray(4 * index, 4 * index + 4);
    if (x === undefined || y === undefined || z === undefined || w === undefined) throw new Error('four draws');
    return Float64Array.of(5 + x, y * z, correlation * x + Math.sqrt(1 - correlation ** 2) * w);
  });
}

/** Rows with a factor on one output. */
function stretched(sample: readonly Float64Array[], output: number, factor: number): Float64Array[] {
  return sample.map((row) => row.map((value, index) => (index === output ? factor * value : value)));
}

describe('equal laws', () => {
  test('are rejected as rarely as the level says', () => {
    const repetitions = 1000;
    let rejected = 0;
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const [a, b] = [rows(`a${repetition}`, 200), rows(`b${repetition}`, 200)];
      if (notToldApart(a, b, 0.05).rejected) rejected++;
    }
    // The level and six deviations of a count; and the tests are not so cautious that they see nothing.
    expect(rejected / repetitions).toBeLessThan(0.05 + 6 * Math.sqrt((0.05 * 0.95) / repetitions));
    expect(rejected / repetitions).toBeGreaterThan(0.01);
  });

  test.each([1000, 4000])('are not told apart at %i draws, nor at different numbers of them', (count) => {
    expect(notToldApart(rows('c', count), rows('d', count)).rejected).toBe(false);
    expect(notToldApart(rows('e', count), rows('f', 3 * count)).rejected).toBe(false);
  });
});

describe('different laws', () => {
  // A variance of 1.21 at 4000 draws is 0.19·√4000/2 = 6 deviations off, one of 1.1 at 20000 draws 6.7.
  test.each([
    { scale: 'standard deviation', factor: 1.1, count: 6000 },
    { scale: 'variance', factor: Math.sqrt(1.1), count: 20_000 },
  ])('ten per cent of the $scale', ({ factor, count }) => {
    for (const repetition of [0, 1, 2, 3, 4]) {
      const [a, b] = [rows(`g${repetition}`, count), rows(`h${repetition}`, count)];
      const comparison = notToldApart(a, stretched(b, 2, factor));
      expect(comparison).toMatchObject({ rejected: true, which: 'the variance of output 2' });
    }
  });

  test('a correlation of 0.55 instead of 0.3', () => {
    for (const repetition of [0, 1, 2, 3, 4]) {
      const comparison = notToldApart(rows(`i${repetition}`, 2000), rows(`j${repetition}`, 2000, 0.55));
      expect(comparison).toMatchObject({ rejected: true, which: 'the covariance of outputs 0 and 2' });
    }
  });

  // The uniform and the normal law of variance 1 are 0.057 apart, and 8000 draws show 0.035 at a level of 1e-4.
  test('a mean that is a fifth of the deviation off, and a law of other shape with the same moments', () => {
    const [a, b] = [rows('k', 8000), rows('l', 8000)];
    const moved = b.map((row) => row.map((value, index) => (index === 0 ? value + 0.2 : value)));
    expect(notToldApart(a, moved)).toMatchObject({ rejected: true, which: 'the mean of output 0' });
    const uniforms = source.substream('uniform').uniforms(8000);
    const flat = b.map((row, index) =>
      Float64Array.of(at(row, 0), at(row, 1), Math.sqrt(12) * (at(uniforms, index) - 0.5)),
    );
    const uncorrelated = rows('m', 8000, 0);
    expect(notToldApart(uncorrelated, flat)).toMatchObject({ rejected: true, which: 'the distribution of output 2' });
  });

  test('different constants; equal ones but for rounding are no difference', () => {
    const constant = (value: number) =>
      rows('n', 500).map((row, index) => Float64Array.of(value + (index % 2) * 1e-13, at(row, 1)));
    expect(notToldApart(constant(1), constant(2)).rejected).toBe(true);
    expect(notToldApart(constant(1), constant(1 + 1e-13)).rejected).toBe(false);
  });
});

test('p-values are uniform under equal laws', () => {
  const repetitions = 1000;
  for (const p of [kolmogorovSmirnov, equalMeans]) {
    const values = Float64Array.from({ length: repetitions }, (_, repetition) => {
      const numbers = source.substream('p-values').substream(repetition).normals(2000);
      return p(numbers.subarray(0, 1000), numbers.subarray(1000));
    });
    for (const threshold of [0.5, 0.1, 0.01]) {
      const share = values.filter((value) => value < threshold).length / repetitions;
      // Six deviations of a count, and a twentieth for the steps that Kolmogorov's distance takes.
      const bound = -normalQuantile(1e-9) * Math.sqrt((threshold * (1 - threshold)) / repetitions) + threshold / 20;
      expect(Math.abs(share - threshold)).toBeLessThan(bound);
    }
  }
});

test('what cannot be compared is refused', () => {
  const good = rows('o', 100);
  expect(() => notToldApart(good.slice(1), good)).toThrow('99 rows, expected at least 100');
  expect(() => notToldApart(good, good.with(3, Float64Array.of(1)))).toThrow('row 3 has 1 outputs, expected 3');
  expect(() => notToldApart(good.with(7, Float64Array.of(1, Number.NaN, 1)), good)).toThrow('output 1 of row 7 is NaN');
});
