import { describe, expect, test } from 'vitest';
import { at } from '../../src/numeric/arrays.ts';
import { normalQuantile } from '../../src/numeric/normalQuantile.ts';
import { stream } from '../../src/numeric/random.ts';
import { type QuasiSource, sobol } from '../../src/numeric/sobol.ts';
import { generatorColumns } from '../../src/numeric/sobolDirections.ts';
import { SOBOL_CHOICES } from '../../src/numeric/sobolTable.ts';
import { linearFit, mean, standardDeviation } from '../../src/numeric/statistics.ts';
import { FAMILY_LEVEL, kolmogorovBound, kolmogorovDistance, meanBound } from './laws.ts';
import { chooseDimensions, inverseColumns, LEVELS, pairQuality, primitivePolynomials } from './sobolSearch.ts';

const points = sobol(stream(13, 'points'));

/** The quality of a pair by its definition: the smallest t such that all intervals of volume 2^(t−m) hold 2^t points. */
function countedQuality(x: Float64Array, y: Float64Array): number {
  const m = Math.log2(x.length);
  for (let t = m; t > 0; t--) {
    for (let rows = 0; rows <= m - t + 1; rows++) {
      const counts = new Uint32Array(2 ** (m - t + 1));
      const columns = m - t + 1 - rows;
      for (const [index, value] of x.entries()) {
        const cell = Math.floor(value * 2 ** rows) * 2 ** columns + Math.floor(at(y, index) * 2 ** columns);
        counts[cell] = at(counts, cell) + 1;
      }
      if (counts.some((count) => count !== 2 ** (t - 1))) return t;
    }
  }
  return 0;
}

describe('the table', () => {
  test('polynomials are all primitive ones, in order', () => {
    const polynomials = SOBOL_CHOICES.map(({ polynomial }) => polynomial);
    expect(polynomials).toEqual([1, ...primitivePolynomials(polynomials.length - 1)]);
    const perDegree = new Map<number, number>();
    for (const polynomial of polynomials.slice(1)) {
      // The shift register of the polynomial runs through all its nonzero states.
      const degree = 31 - Math.clz32(polynomial);
      let period = 0;
      for (let state = 1; period === 0 || state !== 1; period++) {
        state <<= 1;
        if ((state >>> degree) & 1) state ^= polynomial;
      }
      expect(period).toBe(2 ** degree - 1);
      perDegree.set(degree, (perDegree.get(degree) ?? 0) + 1);
    }
    // φ(2^d − 1)/d of each degree; the last one is cut off by the number of dimensions.
    expect([...perDegree.values()].slice(0, 12)).toEqual([1, 1, 2, 2, 6, 6, 18, 16, 48, 60, 176, 144]);
  });

  test('the search makes its beginning again', () => {
    expect(chooseDimensions(16)).toEqual(SOBOL_CHOICES.slice(0, 16));
  });

  test.each([
    [0, 1],
    [1, 2],
    [3, 7],
    [5, 40],
    [30, 31],
    [200, 511],
  ])('the computed quality of dimensions %i and %i is the counted one of scrambled points', (first, second) => {
    const [x, y] = [first, second].map((dimension) => generatorColumns(dimension, at(SOBOL_CHOICES, dimension)));
    if (x === undefined || y === undefined) return;
    const quality = pairQuality(y, inverseColumns(x));
    for (let m = 1; m <= 10; m++) {
      const counted = countedQuality(points.uniforms(first, 2 ** m), points.uniforms(second, 2 ** m));
      expect({ m, t: counted }).toEqual({ m, t: quality[m] });
    }
    expect(quality.length).toBe(LEVELS + 1);
  });
});

describe('points', () => {
  test.each([0, 1, 2, 17, 255, 511])('dimension %i: of 2^k points each of 2^k cells holds one', (dimension) => {
    for (const k of [0, 1, 5, 10, 14]) {
      const cells = points.uniforms(dimension, 2 ** k).map((value) => Math.floor(value * 2 ** k));
      expect(cells.toSorted()).toEqual(Float64Array.from({ length: 2 ** k }, (_, cell) => cell));
    }
  });

  test('a shorter column is the beginning of a longer one, of any length', () => {
    const whole = points.uniforms(9, 1000);
    for (const count of [0, 1, 77, 512]) expect(points.uniforms(9, count)).toEqual(whole.slice(0, count));
  });

  test('normals are the quantiles of uniforms', () => {
    expect(points.normals(3, 4096)).toEqual(points.uniforms(3, 4096).map(normalQuantile));
  });

  test('coordinates are odd multiples of 2^-33', () => {
    const odd = points.uniforms(5, 1000).map((value) => (value * 2 ** 33) % 2);
    expect(odd.every((remainder) => remainder === 1)).toBe(true);
  });

  // Made by these very calls: results stored by one release must be reproduced by the next.
  test('pinned values', () => {
    const pinned = [0, 1, 2, 300, 511].map((dimension) => [...points.uniforms(dimension, 5).subarray(3)]);
    expect(pinned).toMatchInlineSnapshot(`
      [
        [
          0.6031008783029392,
          0.1966085940366611,
        ],
        [
          0.7897155956597999,
          0.20760360977146775,
        ],
        [
          0.660127202863805,
          0.5094710896955803,
        ],
        [
          0.3484814934199676,
          0.44002932880539447,
        ],
        [
          0.14848058170173317,
          0.06505592761095613,
        ],
      ]
    `);
    expect([...points.normals(7, 3)]).toMatchInlineSnapshot(`
      [
        -1.3130149348867761,
        0.6141353360389799,
        -0.07276211382689296,
      ]
    `);
  });

  test('what does not exist is refused', () => {
    expect(() => points.uniforms(512, 1)).toThrow(
      'The dimension of Sobol points must be an integer from 0 to 511, but',
    );
    expect(() => points.normals(-1, 1)).toThrow('The dimension of Sobol points');
    expect(() => points.normals(0, 2 ** 30 + 1)).toThrow('A count of Sobol points must be an integer from 0 to');
    expect(() => points.uniforms(0, 0.5)).toThrow('A count of Sobol points');
  });
});

describe('scrambling', () => {
  const scrambling = (index: number) => sobol(stream(1, 'scramblings').substream(index));
  const LEVEL = FAMILY_LEVEL / 8;

  test.each([0, 3, 100])('any single point is uniform over scramblings, dimension %i', (dimension) => {
    for (const index of [0, 5]) {
      const values = Float64Array.from({ length: 4000 }, (_, k) => at(scrambling(k).uniforms(dimension, 6), index));
      expect(kolmogorovDistance(values, (x) => x)).toBeLessThan(kolmogorovBound(4000, LEVEL));
    }
  });

  test('means of few points are unbiased', () => {
    // E exp(z₁ z₂ / 2) = 1/√(1 − 1/4), E sin²(2πu)·u = 1/4.
    const cases: [number, (source: QuasiSource) => Float64Array][] = [
      [
        1 / Math.sqrt(0.75),
        (source) => {
          const second = source.normals(4, 8);
          return source.normals(2, 8).map((z, index) => Math.exp((z * at(second, index)) / 2));
        },
      ],
      [0.25, (source) => source.uniforms(1, 8).map((u) => Math.sin(2 * Math.PI * u) ** 2 * u)],
    ];
    for (const [expected, values] of cases) {
      const means = Float64Array.from({ length: 20_000 }, (_, index) => mean(values(scrambling(index))));
      const deviation = standardDeviation(means) ?? Number.NaN;
      expect(Math.abs(mean(means) - expected)).toBeLessThan(meanBound(means.length, deviation ** 2, LEVEL));
    }
  });

  test('the mean square error of a smooth mean falls like n^-3, not n^-1', () => {
    const sizes = [4, 5, 6, 7, 8, 9, 10, 11, 12];
    const errors = sizes.map((k) => {
      const squares = Array.from({ length: 50 }, (_, repetition) => {
        const source = scrambling(repetition);
        const columns = [0, 3, 6].map((dimension) => source.uniforms(dimension, 2 ** k));
        const values = at(columns, 0).map((x, index) =>
          Math.exp(x - at(at(columns, 1), index) + at(at(columns, 2), index) / 2),
        );
        return (mean(values) - (Math.E - 1) * (1 - 1 / Math.E) * 2 * (Math.exp(0.5) - 1)) ** 2;
      });
      return Math.log2(mean(squares));
    });
    const { slope } = linearFit(sizes, errors);
    // A net integrates all but frequencies of order n in the three coordinates: n^-3 but for powers of ln n. Nine sizes
    // with an error of ½ in each log₂ (50 squares, and steps that differ from size to size) give the slope to 0.1.
    expect(slope).toBeGreaterThan(-3.4);
    expect(slope).toBeLessThan(-2.6);
  });
});
