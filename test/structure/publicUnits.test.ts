/** Which numbers are asked for a unit, and what counts as one. */

import { expect, test } from 'vitest';
import { quantitiesOf } from './publicUnits.ts';

const unitsOf = (text: string, comment = ''): readonly (readonly [string, boolean])[] =>
  quantitiesOf(text, comment).map(({ name, hasUnit }) => [name, hasUnit]);

test('names that tell a quantity are asked for a unit, in the name or in a comment', () => {
  const text = [
    'export interface Run {',
    '    readonly seconds: number;',
    '    readonly memory: number;',
    '    /** Most bytes of all. */',
    '    readonly mostMemory?: number;',
    '    readonly learningRate: number;',
    '    /** Between two looks. */',
    '    readonly lookEvery: number;',
    '    readonly wait: {',
    '        /** In milliseconds. */',
    '        readonly time: number;',
    '    };',
    '}',
  ].join('\n');
  const [seconds, most, time] = [
    ['seconds', true],
    ['mostMemory', true],
    ['time', true],
  ] as const;
  expect(unitsOf(text)).toEqual([seconds, ['memory', false], most, ['lookEvery', false], time]);
  expect(unitsOf(text, 'In bytes.')).toEqual([seconds, ['memory', true], most, ['lookEvery', false], time]);
});

test('parameters and results too', () => {
  const text = 'export declare function speed(times: readonly number[], key: number): Promise<number>;';
  expect(unitsOf(text, 'How fast.')).toEqual([
    ['times', false],
    ['speed', false],
  ]);
  expect(unitsOf(text, 'Steps a second, of times in seconds.')).toEqual([
    ['times', true],
    ['speed', true],
  ]);
  const method = 'export interface A {\n    /** After so many steps. */\n    after(time: number): string;\n}';
  expect(unitsOf(method)).toEqual([['time', true]]);
});
