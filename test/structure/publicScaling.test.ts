/** Which quantities are asked how they follow the width, and what counts as an answer. */

import { expect, test } from 'vitest';
import { quantitiesOfWidth, statesScaling } from './publicScaling.ts';

const silentIn = (text: string, comment = ''): readonly string[] =>
  quantitiesOfWidth('it', text, comment)
    .filter((one) => !statesScaling(one.comment))
    .map(({ name }) => name);

test('entries are asked by their names and types', () => {
  const text = [
    'export interface Scales {',
    '    /** n^(-b) at initialization. */',
    '    readonly deviation: number;',
    '    /** In front of the weight. */',
    '    readonly multiplier: number;',
    '    readonly rate: string;',
    '    readonly left: Exponent;',
    '    readonly count: number;',
    '}',
  ].join('\n');
  expect(quantitiesOfWidth('it', text, '').length).toBe(3);
  expect(silentIn(text)).toEqual(['multiplier of it', 'left of it']);
  expect(silentIn(text, 'Exponents of n.')).toEqual([]);
});

test('functions are asked by what they make', () => {
  expect(silentIn('export declare function it(depth: number): Net;', 'A network.')).toEqual(['it']);
  expect(silentIn('export declare function it(depth: number): Net;', 'Without powers of n.')).toEqual([]);
  expect(silentIn('export declare function it(by: Exponent): string;')).toEqual([]);
  expect(silentIn('export declare function it(x: number): Exponent | undefined;')).toEqual(['it']);
});

test('a word about the width is no answer', () => {
  const answers = [
    'of size n^(-1/2)',
    'of order 1',
    'Σ / √n',
    'the limit of xᵀy/n',
    'what infinitely wide networks predict',
    'size(space)^exponent',
    'the same at every width',
  ];
  const none = ['the step size', 'wide matrices', 'a width and its name', 'in n steps', 'order 10', 'an exponent'];
  expect([...answers, ...none].filter(statesScaling)).toEqual(answers);
});
