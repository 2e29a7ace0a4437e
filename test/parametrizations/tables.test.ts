/** The named parametrizations cell by cell against the tables of IVb, and what is said of them there. */

import { describe, expect, it, test } from 'vitest';
import {
  type Clipping,
  clippedFor,
  equivalent,
  MUP,
  mlpLayers,
  NTP,
  named,
  type ParameterKind,
  printExponent,
  thresholdExponent,
  uniform,
  updateRule,
} from '../../src/parametrizations/index.ts';
import { failureOf } from '../support/failure.ts';

/** Rows a, b, c, d; columns layer 1, layers 2 to L, layer L + 1. */
const TABLES: Readonly<Record<string, readonly [string, string, string, string]>> = {
  sp: ['0 0 0', '0 1/2 1/2', '0 0 0', '0 0 0'],
  ntp: ['0 1/2 1/2', '0 0 0', '1/2 1 1/2', '1/2 1 1/2'],
  mup: ['0 0 1', '0 1/2 0', '0 1 0', '1 1 1'],
  'ntp-clipped': ['0 1/2 1/2', '0 0 0', '0 0 0', '1/2 1 1/2'],
  'mup-clipped': ['0 0 1', '0 1/2 0', '-1/2 0 -1/2', '1 1 1'],
  // By the weight norm: NTP as clipped, µP with c = −1/2, 1/2, −1/2.
  'ntp-weight-norm': ['0 1/2 1/2', '0 0 0', '0 0 0', '1/2 1 1/2'],
  'mup-weight-norm': ['0 0 1', '0 1/2 0', '-1/2 1/2 -1/2', '1 1 1'],
  // e.g. a 0,0,1−s; b 0,1/2,0; c s,1+s,s; d 1−s throughout
  'up:1/4': ['0 0 3/4', '0 1/2 0', '1/4 5/4 1/4', '3/4 3/4 3/4'],
};

describe('tables for multilayer perceptrons', () => {
  it.each(Object.entries(TABLES))('%s', (name, [a, b, c, d]) => {
    const cells = [a, b, c, d].map((row) => row.split(' '));
    for (const depth of [1, 2, 3, 7]) {
      const layers = mlpLayers(named(name).parametrization, depth);
      expect(layers).toHaveLength(depth + 1);
      layers.forEach((layer, k) => {
        const column = k === 0 ? 0 : k === depth ? 2 : 1;
        const shown = [layer.a, layer.b, layer.c, layer.d].map(printExponent);
        expect(shown, `layer ${k + 1} of ${depth + 1}`).toEqual(cells.map((row) => row[column]));
      });
    }
  });

  test('names are found in other spellings', () => {
    for (const [given, name] of [
      ['MuP', 'mup'],
      ['µP', 'mup'],
      ['μP', 'mup'],
      ['ntk', 'ntp'],
      ['UP:0.25', 'up:1/4'],
      ['up:.5', 'up:1/2'],
      [' standard ', 'sp'],
    ] as const) {
      expect(named(given).parametrization.name).toBe(name);
    }
    expect(named('mup-clipped').clipping).toBe('divideByClippedNorm');
    expect(named('up:1/3-weight-norm').clipping).toBe('normalizeByWeight');
  });
});

describe('any architecture', () => {
  /** matrix, vector, scalar; then the output's multiplier (IVb 2.9.11, 2.9.12). */
  it.each([
    ['ntp', NTP, { a: '1/2 0 0', b: '0 0 0', c: '1 1/2 0', d: '1 1/2 0' }, '1/2'],
    ['mup', MUP, { a: '0 0 0', b: '1/2 0 0', c: '1 0 0', d: '1 1 0' }, '1'],
  ] as const)('%s', (_, parametrization, table, out) => {
    for (const name of ['a', 'b', 'c', 'd'] as const) {
      const row = (['matrix', 'vector', 'scalar'] as const).map((kind) => parametrization.kinds[kind]?.[name]);
      expect(row.map((cell) => cell && printExponent(cell)).join(' '), name).toBe(table[name]);
    }
    expect(parametrization.kinds.readout).toEqual(parametrization.kinds.vector);
    expect(printExponent(parametrization.out)).toBe(out);
  });

  test('thresholds of clipping grow with the norm of an update of order 1', () => {
    const threshold = (clipping: Clipping, kind: ParameterKind): string => {
      const exponents = MUP.kinds[kind];
      const found = exponents && thresholdExponent(clipping, kind, exponents);
      return found === undefined ? 'none' : printExponent(found);
    };
    const kinds = ['vector', 'matrix', 'readout', 'scalar'] as const;
    expect(kinds.map((kind) => threshold('divideByClippedNorm', kind))).toEqual(['1/2', '1', '1/2', '0']);
    expect(kinds.map((kind) => threshold('clip', kind))).toEqual(['1/2', '1', '1/2', '0']);
    // theory 6: thresholds of µP ∝ n^(1/2).
    expect(kinds.slice(0, 3).map((kind) => threshold('normalizeByWeight', kind))).toEqual(['1/2', '1/2', '1/2']);
    expect(threshold('none', 'matrix')).toBe('none');
  });
});

describe('which of them are the same', () => {
  const [adam, sgd, kept] = [updateRule('adam'), updateRule('sgd'), updateRule('adam', true)];

  test('UP_0 is µP and UP_1/2 is NTP, for every update rule', () => {
    for (const rule of [adam, sgd, kept]) {
      expect(equivalent(uniform(0), MUP, { rule })).toBe(true);
      expect(equivalent(uniform('1/2'), NTP, { rule })).toBe(true);
      expect(equivalent(uniform('1/4'), NTP, { rule })).toBe(false);
      expect(equivalent(uniform('1/4'), MUP, { rule })).toBe(false);
    }
  });

  test('mean field is µP with one hidden layer, and another with more', () => {
    const mean = named('mean-field').parametrization;
    expect(equivalent(mean, MUP, { rule: kept, depth: 1 })).toBe(true);
    expect(equivalent(mean, MUP, { rule: kept, depth: 2 })).toBe(false);
  });

  test('µP and NTP, clipped, differ as they did', () => {
    for (const clipping of ['divideByClippedNorm', 'normalizeByWeight'] as const) {
      const [mup, ntp] = [clippedFor(MUP, clipping), clippedFor(NTP, clipping)];
      expect(equivalent(clippedFor(uniform(0), clipping), mup, { rule: kept, clipping })).toBe(true);
      expect(equivalent(clippedFor(uniform('1/2'), clipping), ntp, { rule: kept, clipping })).toBe(true);
      expect(equivalent(mup, ntp, { rule: kept, clipping })).toBe(false);
    }
  });
});

describe('names that are not known', () => {
  it.each([
    [
      'mupp',
      'parametrization "mupp" is not known. Did you mean "mup"? Known are sp, ntp, mup, mean-field, up:s, and files whose names end in .json.',
    ],
    [
      'zzz',
      'parametrization "zzz" is not known. Known are sp, ntp, mup, mean-field, up:s, and files whose names end in .json.',
    ],
    ['up:0.7', 'up:s is given s = 7/10; expected a number from 0 (µP) to 1/2 (NTP), such as up:0.25.'],
    ['up:half', 'up:s is given s = half; expected a number from 0 (µP) to 1/2 (NTP), such as up:0.25.'],
  ])('%s', async (name, message) => {
    const { kind, message: said } = await failureOf(() => named(name));
    expect({ kind, said }).toEqual({ kind: 'user', said: message });
  });

  test('update rules too', async () => {
    const { code, message } = await failureOf(() => updateRule('adma'));
    expect(code).toBe('parametrizations.unknown-optimizer');
    expect(message).toMatch(/^optimizer "adma" is not known\. Did you mean "adam"\? Known are sgd, momentum, /);
  });
});
