/** Parametrizations from JSON, and numbers at a width: what is read, and what is refused in which words. */

import { describe, expect, it, test } from 'vitest';
import {
  baseWidthOf,
  classify,
  equivalent,
  exponentsFor,
  exponentsOf,
  MUP,
  mlpLayers,
  ownDepth,
  type Parametrization,
  parseParametrization,
  printExponent,
  scalesOf,
  updateRule,
} from '../../src/parametrizations/index.ts';
import { failureOf } from '../support/failure.ts';

const MATRIX = { a: 0, b: '1/2', c: 1, d: 1 };
const VECTOR = { a: 0, b: 0, c: 0, d: 1 };
const SCALAR = { a: 0, b: 0, c: 0, d: 0 };
const adam = updateRule('adam', true);

describe('JSON', () => {
  test('by kind, for any network', () => {
    const found = parseParametrization({ out: 1, matrix: MATRIX, vector: VECTOR, scalar: SCALAR }, 'mine');
    expect(found.name).toBe('mine');
    expect(equivalent(found, MUP, { rule: adam })).toBe(true);
    expect(found.kinds.readout).toEqual(found.kinds.vector);
  });

  test('by columns, for perceptrons of any depth', () => {
    const json = { name: 'µ', a: [0, 0, 1], b: [0, 0.5, 0], c: [0, 1, 0], d: [1, 1, 1], baseWidth: 64 };
    const found = parseParametrization(json, 'file');
    expect([found.name, found.baseWidth, ownDepth(found)]).toEqual(['µ', 64, undefined]);
    for (const depth of [1, 2, 5]) expect(equivalent(found, MUP, { rule: adam, depth })).toBe(true);
  });

  test('layer by layer, for perceptrons of one depth', async () => {
    const json = { a: [0, 0, 0, 1], b: [0, '1/2', '1/2', 'zero'], c: [0, 1, 1, 0], d: [1, 1, 1, 1] };
    const found = parseParametrization(json, 'four');
    expect(ownDepth(found)).toBe(3);
    expect(mlpLayers(found, 3).map(({ b }) => printExponent(b))).toEqual(['0', '1/2', '1/2', '∞']);
    const { code, message } = await failureOf(() => mlpLayers(found, 4));
    expect(code).toBe('parametrizations.other-depth');
    expect(message).toBe(
      'parametrization "four" gives exponents for 4 layers, that is 3 hidden ones and a readout; expected 5 for depth 4. Give lists of three for any depth (first layer, layers between, readout), or depth 3.',
    );
  });

  test('single parameters go before their kinds', () => {
    const own = { a: 0, b: '1/2', c: '3/2', d: 1 };
    const found = parseParametrization({ out: 1, matrix: MATRIX, vector: VECTOR, parameters: { w2: own } }, 'mine');
    expect(exponentsFor(found, { name: 'w2', kind: 'matrix' })).toEqual(exponentsOf(0, '1/2', '3/2', 1));
    expect(exponentsFor(found, { name: 'w3', kind: 'matrix' })).toEqual(exponentsOf(0, '1/2', 1, 1));
    const { layers, regime } = classify(found, { depth: 3, optimizer: adam });
    expect(layers.map(({ r }) => printExponent(r))).toEqual(['0', '1/2', '0', '0']);
    expect(regime).toBe('feature learning');
  });

  it.each<[string, unknown, readonly string[]]>([
    ['a list', [1], ['it is a list of 1; expected an object']],
    [
      'missing exponents',
      { out: 1, matrix: { a: 0, b: 0 }, vector: VECTOR },
      ['matrix has no c, d; expected a, b, c and d'],
    ],
    [
      'words for exponents',
      { out: 'one', matrix: { ...MATRIX, b: 'half' } },
      [
        'out is "one"; expected a number or a fraction such as "1/2"',
        'b of matrix is "half"; expected a number or a fraction such as "1/2", or "zero" for weights that start at zero',
      ],
    ],
    [
      'zero where it means nothing',
      { vector: { ...VECTOR, a: 'zero' } },
      ['a of vector is "zero"; expected a number or a fraction such as "1/2"'],
    ],
    [
      'an unknown key',
      { matrx: MATRIX },
      [
        '"matrx" is not known. Did you mean "matrix"? Known are name, out, parameters, baseWidth, matrix, vector, readout, scalar',
      ],
    ],
    [
      'lists of different lengths',
      { a: [0, 0, 1], b: [0, 0], c: [0, 1, 0], d: [1, 1, 1] },
      ['a, b, c and d have an exponent for each layer, but a has 3, b has 2, c has 3, d has 3'],
    ],
    [
      'a list that is missing',
      { a: [0, 0, 1], b: [0, 0.5, 0], c: 1 },
      [
        'c is 1; expected a list of at least two exponents, first layer to readout',
        'd is missing; expected a list of exponents, first layer to readout',
      ],
    ],
    [
      'further keys of a kind, and a base width that is none',
      { vector: { ...VECTOR, e: 1 }, baseWidth: 0, name: 3 },
      [
        'name is 3; expected a text of one line',
        'baseWidth is 0; expected a number above 0',
        'vector has e; expected a, b, c and d alone',
      ],
    ],
    [
      'parameters that are a list',
      { parameters: [] },
      ['parameters is a list of 0; expected an object by the names of parameters'],
    ],
  ])('is refused: %s', async (_, json, problems) => {
    const { kind, code, message } = await failureOf(() => parseParametrization(json, 'mine'));
    expect({ kind, code }).toEqual({ kind: 'user', code: 'parametrizations.malformed' });
    expect(message.split('\n')).toEqual([
      'parametrization "mine" cannot be read:',
      ...problems.map((problem) => `  - ${problem}`),
    ]);
  });
});

describe('networks that a parametrization does not fit', () => {
  test('exponents missing for a parameter', async () => {
    const vectors = parseParametrization({ out: 1, vector: VECTOR }, 'vectors');
    const { code, message } = await failureOf(() => classify(vectors, { depth: 3, optimizer: adam }));
    expect(code).toBe('parametrizations.missing-exponents');
    expect(message).toBe(
      'parametrization "vectors" has no exponents for w2 (matrix), w3 (matrix); it has some for vector, readout. Give a, b, c and d for the kind or the name of each.',
    );
  });

  test('exponents whose sums cannot be exact', async () => {
    const primes = [9973, 9967, 9949, 9941];
    const layer = (k: number) => ({
      a: `1/${primes[k]}`,
      b: `1/${primes[(k + 1) % 4]}`,
      c: `1/${primes[(k + 2) % 4]}`,
      d: `1/${primes[3]}`,
    });
    const fine = parseParametrization({ vector: layer(0), matrix: layer(1) }, 'fine');
    const { kind, message } = await failureOf(() => classify(fine, { depth: 2, optimizer: adam }));
    expect({ kind, message }).toEqual({
      kind: 'user',
      message:
        'the exponents have too many different denominators for their sums to be exact; expected simple fractions, such as 1/2 or 0.25.',
    });
  });

  it.each([0, -1, 1.5, Number.NaN, 5000])('depth %d', async (depth) => {
    const { message } = await failureOf(() => classify(MUP, { depth, optimizer: adam }));
    expect(message).toBe(`the depth is ${depth}; expected a whole number of hidden layers from 1 to 1000.`);
  });

  test('a zero start beneath a weight norm', async () => {
    const zero = parseParametrization({ a: [0, 0, 1], b: [0, 0.5, 'zero'], c: [0, 0, 0], d: [1, 1, 1] }, 'zero');
    const { message } = await failureOf(() =>
      classify(zero, { depth: 2, optimizer: adam, clipping: 'normalizeByWeight' }),
    );
    expect(message).toBe(
      'a parameter starts at zero (b = "zero"), and updates are divided by the norm of the weight. Start it at a size, such as b = 1, or divide by the norm of the update.',
    );
  });
});

describe('widths', () => {
  const based: Parametrization = { ...MUP, baseWidth: 64 };

  test('a base width may be given twice only if it is the same', async () => {
    expect([baseWidthOf(based), baseWidthOf(based, 64), baseWidthOf(MUP, 32), baseWidthOf(MUP)]).toEqual([
      64, 64, 32, 1,
    ]);
    const { code, message } = await failureOf(() => baseWidthOf(based, 128));
    expect(code).toBe('parametrizations.contradictory-base-width');
    expect(message).toBe(
      'parametrization "mup" has base width 64, and base width 128 is given; expected one. Leave one of them out.',
    );
  });

  it.each([0, -4, Number.NaN, Number.POSITIVE_INFINITY])('%d is none', async (width) => {
    const { matrix = exponentsOf(0, 0, 0, 0) } = MUP.kinds;
    const { message } = await failureOf(() => scalesOf(based, matrix, { width }));
    expect(message).toBe(`the width is ${width}; expected a number above 0.`);
    expect((await failureOf(() => baseWidthOf(MUP, width))).message).toBe(
      `the base width is ${width}; expected a number above 0.`,
    );
  });

  test('what starts at zero has no deviation at any width', () => {
    const scales = scalesOf(MUP, { ...exponentsOf(1, 0, 0, 1), b: { numerator: 1, denominator: 0 } }, { width: 9 });
    expect(scales).toMatchObject({ deviation: 0, gradient: 9 });
  });
});
