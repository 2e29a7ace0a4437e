import { describe, expect, test } from 'vitest';
import { at } from '../../src/numeric/arrays.ts';
import { normalCdf } from '../../src/numeric/normalDistribution.ts';
import { permutation, stream } from '../../src/numeric/random.ts';
import { mean } from '../../src/numeric/statistics.ts';
import { chiSquare, chiSquareBound, FAMILY_LEVEL, kolmogorovBound, kolmogorovDistance, meanBound } from './laws.ts';

const COUNT = 100_000;

/** Sixteen statements about laws below share the family-wise level. */
const LEVEL = FAMILY_LEVEL / 16;

describe('addressing', () => {
  test('any part of a stream is computed without the rest', () => {
    const numbers = stream(13, 'addressing');
    for (const draw of ['uniforms', 'normals', 'signs'] as const) {
      const whole = numbers[draw](100);
      expect(numbers[draw](30, 37)).toEqual(whole.slice(37, 67));
      expect(numbers[draw](0, 5)).toEqual(new Float64Array(0));
    }
  });

  test('counters beyond 32 bits are distinct', () => {
    const numbers = stream(13);
    expect(numbers.uniforms(1, 2 ** 32 + 5)).not.toEqual(numbers.uniforms(1, 5));
    expect(numbers.uint32At(2 ** 33 + 5)).not.toBe(numbers.uint32At(5));
    expect(numbers.signs(64, 2 ** 40)).not.toEqual(numbers.signs(64));
  });

  test('a uniform is the 52 leading bits of its block', () => {
    const numbers = stream(21);
    for (const index of [0, 1, 77]) {
      const high = BigInt(numbers.uint32At(2 * index));
      const low = BigInt(numbers.uint32At(2 * index + 1));
      const odd = ((high << 20n) | (low >> 12n)) * 2n + 1n;
      expect(at(numbers.uniforms(1, index), 0)).toBe(Number(odd) * 2 ** -53);
    }
  });

  test('streams of different seeds, names and numbers are different', () => {
    const keys = [
      stream(1),
      stream(2),
      stream(2 ** 32 + 1),
      stream(1, ''),
      stream(1, 'a'),
      stream(1, 'a\0'),
      stream(1, '\0a'),
      stream(1, 'aaaa'),
      stream(1, 'aaaaa'),
      stream(1, 'a').substream('a'),
      stream(1).substream(0),
      stream(1).substream(1),
      stream(1).substream(2 ** 32),
      stream(1).substream('0'),
    ].map((source) => source.key.join(' '));
    expect(new Set(keys).size).toBe(keys.length);
    expect(stream(1, 'a').key).toEqual(stream(1).substream('a').key);
  });

  // Made by these very calls: results stored by one release must be reproduced by the next.
  test('pinned values', () => {
    expect(stream(13).key).toEqual([13, 0]);
    expect(stream(13, 'weights').key).toMatchInlineSnapshot(`
      [
        3736397456,
        1097641384,
      ]
    `);
    expect([...stream(13, 'weights').uniforms(3)]).toMatchInlineSnapshot(`
      [
        0.11398879190865052,
        0.330082031178227,
        0.6091676526549538,
      ]
    `);
    expect([...stream(13, 'weights').normals(3)]).toMatchInlineSnapshot(`
      [
        -1.2055849012761712,
        -0.43968666454753735,
        0.27715030706296573,
      ]
    `);
    expect(stream(13, 'weights').signs(8).join(' ')).toMatchInlineSnapshot(`"1 -1 1 -1 1 -1 -1 1"`);
    expect(permutation(10, 13, 'order').join(' ')).toMatchInlineSnapshot(`"1 2 3 7 6 4 9 8 0 5"`);
  });
});

describe('laws', () => {
  const uniforms = stream(1, 'uniforms').uniforms(COUNT);
  const normals = stream(1, 'normals').normals(COUNT);

  test('uniforms lie in the open interval and follow the uniform law', () => {
    expect(uniforms.every((value) => value > 0 && value < 1)).toBe(true);
    expect(kolmogorovDistance(uniforms, (x) => x)).toBeLessThan(kolmogorovBound(COUNT, LEVEL));
  });

  test('normals follow the normal law', () => {
    expect(kolmogorovDistance(normals, normalCdf)).toBeLessThan(kolmogorovBound(COUNT, LEVEL));
  });

  // Var(z) = 1, Var(z²) = 2, Var(z³) = 15, Var(z⁴) = 105 − 9.
  test.each([
    { power: 1, moment: 0, variance: 1 },
    { power: 2, moment: 1, variance: 2 },
    { power: 3, moment: 0, variance: 15 },
    { power: 4, moment: 3, variance: 96 },
  ])('moment $power of the normals', ({ power, moment, variance }) => {
    const sample = mean(normals.map((value) => value ** power));
    expect(Math.abs(sample - moment)).toBeLessThan(meanBound(COUNT, variance, LEVEL));
  });

  test('signs are fair and independent of their neighbors and of the next word', () => {
    const signs = stream(1, 'signs').signs(COUNT);
    expect(signs.every((sign) => sign === 1 || sign === -1)).toBe(true);
    for (const lag of [0, 1, 32]) {
      const products = lag === 0 ? signs : signs.slice(lag).map((sign, index) => sign * at(signs, index));
      expect(Math.abs(mean(products))).toBeLessThan(meanBound(products.length, 1, LEVEL));
    }
  });

  test('neighbors, streams of adjacent seeds and substreams are uncorrelated', () => {
    const others = [
      stream(1, 'normals').normals(COUNT, 1),
      stream(2, 'normals').normals(COUNT),
      stream(1, 'normals').substream(0).normals(COUNT),
    ];
    for (const other of others) {
      const products = normals.map((value, index) => value * at(other, index));
      expect(Math.abs(mean(products))).toBeLessThan(meanBound(COUNT, 1, LEVEL));
    }
  });

  test('all orders of four items are equally likely', () => {
    const source = stream(1, 'orders');
    const counts = new Map<string, number>();
    for (let draw = 0; draw < 24_000; draw++) {
      const order = source.substream(draw).permutation(4).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquare([...counts.values()])).toBeLessThan(chiSquareBound(23, LEVEL));
  });

  test('the first place of a long permutation is uniform', () => {
    const source = stream(1, 'long orders');
    const counts = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 10_000; draw++) {
      const bin = Math.floor(at(source.substream(draw).permutation(50), 0) / 5);
      counts[bin] = at(counts, bin) + 1;
    }
    expect(chiSquare(counts)).toBeLessThan(chiSquareBound(9, LEVEL));
  });
});

test.each([0, 1, 2, 1000])('a permutation of size %i holds every index once', (size) => {
  expect(permutation(size, 7).toSorted()).toEqual(Uint32Array.from({ length: size }, (_, index) => index));
});

test.each([-1, 0.5, Number.NaN, 2 ** 53])('the seed %d is refused', (seed) => {
  expect(() => stream(seed)).toThrow(
    `A seed must be an integer from 0 to 9007199254740991, but ${seed} was given. Round it, or use another.`,
  );
});

test('impossible counts and offsets are refused', () => {
  const source = stream(1);
  expect(() => source.uniforms(-1)).toThrow('A count of random numbers must be an integer from 0');
  expect(() => source.uniforms(1, 0.5)).toThrow('The offset of random numbers must be an integer from 0');
  expect(() => source.uniforms(2, Number.MAX_SAFE_INTEGER)).toThrow('The offset of random numbers');
  expect(() => source.signs(1, -1)).toThrow('The offset of random signs');
  expect(() => source.uint32At(-1)).toThrow('A random counter');
  expect(() => source.substream(1.5)).toThrow('The number of a random substream');
  expect(() => source.permutation(2 ** 32)).toThrow('The size of a permutation');
});
