/** Many parameters, each updated in its way. */

import { describe, expect, test } from 'vitest';
import { optimizerNamed, type UpdatesOptions, updatesProgram } from '../../src/optimizers/index.ts';
import { messageOf } from '../program/support.ts';
import { advance, initialState, sized, vectorOf } from './support.ts';

describe('many parameters', () => {
  const set = {
    spaces: [sized('a', 3)],
    parameters: {
      'layer.0.w': { axes: ['a'] },
      'layer.0.b': { axes: ['a'] },
      'layer.1.w': { axes: ['a'] },
      'a.b': { axes: ['a'] },
    },
  };
  const names = Object.keys(set.parameters);
  /** How far gradient descent moves each parameter on a gradient of 1. */
  function moves(options: UpdatesOptions): number[] {
    const program = updatesProgram(optimizerNamed('sgd'), set, { settings: { learningRate: 1 }, ...options });
    const state = initialState(program, Object.fromEntries(names.map((name) => [name, vectorOf(0, 0, 0)])));
    const data = Object.fromEntries(names.map((name) => [`g.${name}`, vectorOf(2, 2, 2)]));
    const next = advance(program, state, data);
    return names.map((name) => -(next[name]?.data[0] ?? Number.NaN));
  }

  test('alike, or by globs of which later ones override', () => {
    expect(moves({})).toEqual([2, 2, 2, 2]);
    const rules = {
      '*.w': { settings: { learningRate: 3 } },
      'layer.?.w': { rateScale: 0.5 },
      'layer.1.*': { settings: { learningRate: 5 } },
    };
    expect(moves({ rules })).toEqual([3, 2, 5, 2]);
    // A dot is a dot.
    expect(moves({ rules: { 'a.b': { settings: { learningRate: 7 } } } })).toEqual([2, 2, 2, 14]);
  });

  test('by a function', () => {
    expect(
      moves({
        rules: ({ name, axes }) => (name.endsWith('b') && axes.length === 1 ? { gradientScale: 10 } : undefined),
      }),
    ).toEqual([2, 20, 2, 20]);
  });

  test('by an optimizer of their own, which takes no settings of the common one', () => {
    const rules = { '*.b': { optimizer: optimizerNamed('signsgd') } };
    expect(moves({ settings: { learningRate: 1, momentum: 0.9 }, rules })).toEqual([2, 0.001, 2, 0.001]);
  });

  test('each with its own state', () => {
    const program = updatesProgram(optimizerNamed('momentum'), set);
    expect(program.outputs.map(({ name }) => name)).toEqual(names.flatMap((name) => [`${name}.velocity`, name]));
  });

  test('mistakes name the parameter', () => {
    expect(messageOf(() => moves({ rules: { 'layer.1.w': { settings: { learningRate: -1 } } } }))).toBe(
      'parameter "layer.1.w", optimizer "sgd":\n  learningRate is -1, expected a number above 0.',
    );
    expect(messageOf(() => moves({ rules: { 'layer.0.v': {}, 'x*': {}, '*.w': {} } }))).toBe(
      [
        'settings for parameters that do not exist:',
        '  "layer.0.v" matches no parameter. Did you mean "layer.0.b"?',
        '  "x*" matches no parameter.',
        `The parameters are: ${names.join(', ')}.`,
      ].join('\n'),
    );
  });
});
