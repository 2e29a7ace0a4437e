/** How shapes, and entries of several lines, are found in declarations. */

import { expect, test } from 'vitest';
import { declarationOf, isFunction, membersOf } from './declarations.ts';
import { arrayTypes, isOnArrays, statesShape } from './publicShapes.ts';

test('functions on arrays of numbers are told by their types, and shapes by words', () => {
  const text = [
    'export interface Grid {\n    readonly rows: number;\n    readonly data: Float64Array;\n}',
    'export type Grids<D extends Grid = Grid> = Readonly<Record<string, D>> | Grid;',
    'export interface Named {\n    readonly grid: Grid;\n}',
    '/** Float32Array */\nexport declare function none(name: Named): void;',
    'export declare function some(name: string, { grid }: {\n    readonly grid: Grids;\n}): void;',
    'export declare const other: (values: readonly number[]) => string;',
  ].join('\n');
  const types = arrayTypes([text]);
  const found = ['function none', 'function some', 'const other'].map((line) => declarationOf(`export ${line}(`, text));
  expect(found.map(isFunction)).toEqual([true, true, true]);
  expect(found.map((signature) => isOnArrays(signature, types))).toEqual([false, true, true]);
  expect([...types].slice(5)).toEqual(['Grid', 'Grids']);
  const shapes = ['of a [train, x · y]', 'n × n', 'on the axes of b', 'one share for each layer', 'Kept [n]² as is'];
  const none = ['{@link a}', 'Of [Jacot 2018]', '[a](b)', 'k[i]', 'lr × width', 'in [0, 1]', 'A matrix and its axes.'];
  expect([...shapes, ...none].filter(statesShape)).toEqual(shapes);
});

test('entries are found at any depth, and those of several lines whole', () => {
  const text = [
    'export interface Grid {',
    '    /** Says what a is. */',
    '    readonly a: readonly number[];',
    '    /** All of b. */',
    '    readonly b?: {',
    '        /**',
    '         * [rows].',
    '         */',
    '        readonly rows: Float64Array;',
    '        readonly none: string;',
    '    } | undefined;',
    '    of({ a }: {',
    '        readonly a: number;',
    '    }): Float64Array;',
    '}',
  ].join('\n');
  const found = membersOf(text);
  expect(found.map(({ name, comment }) => [name, comment])).toEqual([
    ['a', 'Says what a is.'],
    ['b', 'All of b.'],
    ['rows', '[rows].\nAll of b.'],
    ['none', 'All of b.'],
    ['of', ''],
    ['a', ''],
  ]);
  const types = new Set(['Float64Array']);
  expect(found.map(({ type }) => isOnArrays(type, types))).toEqual([false, true, true, false, true, false]);
  expect(found.filter(({ comment }) => statesShape(comment)).map(({ name }) => name)).toEqual(['rows']);
});
