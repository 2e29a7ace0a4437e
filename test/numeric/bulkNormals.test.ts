import { describe, expect, test } from 'vitest';
import { at } from '../../src/numeric/arrays.ts';
import { normalQuantile, normalQuantiles } from '../../src/numeric/normalQuantile.ts';
import { portableLog } from '../../src/numeric/portableLog.ts';
import { stream } from '../../src/numeric/random.ts';
import { plainLog, plainQuantile, plainUniform } from './plainNormals.ts';

/** Indices at which two arrays differ in any bit. */
function differences(given: Float64Array, expected: (index: number) => number): number[] {
  return [...given.keys()].filter((index) => !Object.is(at(given, index), expected(index)));
}

const source = stream(13, 'bulk');

describe('bulk random numbers have the bits of their definition', () => {
  // Odd and even counts and offsets, and counters whose low word ends inside: blocks are made in pairs.
  test.each([
    { count: 50_000, offset: 0 },
    { count: 4_999, offset: 1 },
    { count: 1, offset: 7 },
    { count: 101, offset: 2 ** 32 - 50 },
    { count: 100, offset: 2 ** 32 - 51 },
    { count: 3, offset: 2 ** 53 - 4 },
  ])('$count numbers from $offset', ({ count, offset }) => {
    const uniforms = source.uniforms(count, offset);
    expect(differences(uniforms, (index) => plainUniform(source.key, offset + index))).toEqual([]);
    const normals = source.normals(count, offset);
    expect(differences(normals, (index) => plainQuantile(at(uniforms, index)))).toEqual([]);
  });

  test('quantiles in all three pieces, down to the smallest uniforms', () => {
    const powers = Float64Array.from({ length: 53 }, (_, exponent) => 2 ** -(exponent + 1));
    const probabilities = source
      .substream('tails')
      .uniforms(100_000)
      .map((uniform, index) => {
        const power = at(powers, index % powers.length);
        return index % 2 === 0 ? power * uniform : 1 - power * uniform;
      })
      .filter((probability) => probability < 1);
    expect(probabilities.filter((probability) => probability < Math.exp(-25)).length).toBeGreaterThan(10_000);
    expect(
      differences(normalQuantiles(probabilities.slice()), (index) => plainQuantile(at(probabilities, index))),
    ).toEqual([]);
    expect(differences(probabilities.map(normalQuantile), (index) => plainQuantile(at(probabilities, index)))).toEqual(
      [],
    );
  });

  test('logarithms at every exponent', () => {
    const uniforms = source.substream('logarithms').uniforms(2046 * 8);
    const numbers = uniforms.map((uniform, index) => (1 + uniform) * 2 ** ((index % 2046) - 1022));
    expect(differences(numbers.map(portableLog), (index) => plainLog(at(numbers, index)))).toEqual([]);
  });
});

test('quantiles replace their probabilities', () => {
  const values = Float64Array.of(0.5, 0, 1, Number.NaN, 2);
  expect(normalQuantiles(values)).toBe(values);
  expect([...values]).toEqual([0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN, Number.NaN]);
});
