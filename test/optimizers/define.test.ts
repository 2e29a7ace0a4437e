/** One's own update rules: written, checked. */

import { describe, expect, test } from 'vitest';
import {
  average,
  checkedOptimizer,
  type Definition,
  defineOptimizer,
  gramOf,
  matrixOf,
  meanOver,
  type Optimizer,
  scalar,
} from '../../src/optimizers/index.ts';
import { add, argument, div, mul, square, unary } from '../../src/program/index.ts';
import { expectClose, messageOf, REORDERED } from '../program/support.ts';
import { weights } from './support.ts';

describe("one's own update", () => {
  const soft = defineOptimizer({
    name: 'soft sign',
    source: 'a test',
    learningRate: 0.5,
    hyperparameters: { beta: { value: 0.5, domain: { atLeast: 0, below: 1 }, meaning: 'share of the past' } },
    state: { first: 0, count: scalar(0) },
    notes: ['mean'],
    formulas: ({ gradient, first, beta, count, weight }, next) => ({
      first: average(beta, first, gradient),
      count: add(count, 1),
      mean: div(next.first, next.count),
      update: add(unary('tanh', next.mean), mul(0.1, weight)),
    }),
  });

  test('by its formulas', () => {
    const step = (w: number, first: number, t: number): number => w - 0.5 * (Math.tanh(first / t) + 0.1 * w);
    const [one = [], two = []] = weights(
      soft,
      {},
      [
        [1, 0, 0],
        [2, 0, 0],
      ],
      [3, 0, 0],
    );
    const first = step(3, 0.5, 1);
    expectClose([one[0] ?? 0, two[0] ?? 0], [first, step(first, 0.25 + 1, 2)], REORDERED);
  });

  test('with means: rates in proportion to the size of the weight', () => {
    const unit = defineOptimizer({
      name: 'unit',
      source: 'a test',
      learningRate: 0.1,
      notes: ['gradientSquare', 'weightSquare'],
      formulas: ({ gradient, weight, entries, learningRate }, next) => ({
        gradientSquare: meanOver('entries', square(gradient)),
        weightSquare: meanOver('entries', square(weight)),
        rate: mul(learningRate, unary('sqrt', mul(entries, next.weightSquare))),
        update: div(gradient, unary('sqrt', mul(entries, next.gradientSquare))),
      }),
    });
    const [after = []] = weights(unit, {}, [[3, 0, 4]], [0, 5, 12]);
    expectClose(after, [-0.1 * 13 * 0.6, 5, 12 - 0.1 * 13 * 0.8], REORDERED);
  });

  test('is checked: everything wrong with it at once', () => {
    const broken: Optimizer = {
      ...soft,
      state: { ...soft.state, lost: { extent: 'entries', initial: 'nothing', kept: false } },
      formulas: { ...soft.formulas, count: { expr: argument(99) } },
    };
    expect(messageOf(() => checkedOptimizer(broken))).toBe(
      [
        'the definition of optimizer "soft sign":',
        '  lost: a state without a formula for its next value',
        '  lost: starts from "nothing", which is no hyperparameter',
        `  count: reads argument 99 of ${soft.arguments.length}`,
      ].join('\n'),
    );
  });

  const start = 'the definition of optimizer "own":\n  ';
  const OWN = { name: 'own', source: 'a test', learningRate: 1 } as const;

  test('a formula that reads its own value', () => {
    const own = (formulas: Definition<never, never, never>['formulas']): string =>
      messageOf(() => defineOptimizer<never, never, never>({ ...OWN, formulas }));
    expect(own((_, next) => ({ update: add(next.update, 1) }))).toBe(
      `${start}update → update: a formula that reads its own value`,
    );
    expect(own((_, next) => ({ update: next.weight }))).toBe(
      `${start}update → weight → update: a formula that reads its own value`,
    );
  });

  test('entries where one number is expected', () => {
    expect(messageOf(() => defineOptimizer({ ...OWN, formulas: ({ gradient: g }) => ({ update: g, rate: g }) }))).toBe(
      `${start}rate: differs between entries; let "update" hold what does`,
    );
    const state = { total: scalar(0) };
    const summed = () => defineOptimizer({ ...OWN, state, formulas: ({ gradient: g }) => ({ total: g, update: g }) });
    expect(messageOf(summed)).toBe(`${start}total: a state of extent scalar becomes one of entries`);
  });

  test('statistics that are none, and numbers for pairs where there is one for each entry', () => {
    const own = (definition: Omit<Definition<never, 'left', 'pairs'>, keyof typeof OWN>): string =>
      messageOf(() => defineOptimizer<never, 'left', 'pairs'>({ ...OWN, notes: ['pairs'], ...definition }));
    const left = { initial: 0, extent: 'rowPairs' } as const;
    expect(
      own({
        state: { left },
        formulas: ({ gradient: g, left: old }, next) => ({
          pairs: gramOf('rows', g),
          left: add(old, next.pairs),
          update: matrixOf('precondition', g, { root: 4, epsilon: 1e-6 }, [next.left, next.left]),
        }),
      }),
    ).toBe(`${start}update: precondition reads statistics of rowPairs, rowPairs, expected rowPairs, columnPairs`);
    expect(
      own({
        state: { left },
        formulas: ({ gradient: g, left: old }, next) => ({
          pairs: gramOf('rows', g),
          left: mul(old, g),
          update: mul(next.left, g),
        }),
      }),
    ).toBe(
      [
        `${start}left: a state of extent rowPairs becomes one of entries`,
        'left: mixes numbers for pairs of rows or columns with others',
        'update: mixes numbers for pairs of rows or columns with others',
      ].join('\n  '),
    );
    expect(
      own({
        state: { left },
        formulas: ({ gradient: g, left: old }, next) => ({
          pairs: gramOf('rows', g),
          left: add(old, next.pairs),
          update: next.left,
        }),
      }),
    ).toBe(`${start}update: has numbers for pairs of rows or columns, expected one for each entry`);
  });

  test('a misspelled name does not compile', () => {
    // @ts-expect-error there is no gradeint
    const misspelled = () => defineOptimizer({ ...OWN, formulas: ({ gradeint }) => ({ update: gradeint }) });
    expect(misspelled).toThrow();
    const forgotten = () =>
      // @ts-expect-error the state has no formula
      defineOptimizer({ ...OWN, state: { m: 0 }, formulas: ({ gradient: g }) => ({ update: g }) });
    expect(messageOf(forgotten)).toBe(`${start}m: a state without a formula for its next value`);
  });

  test('names that are taken, and a default outside of its domain', () => {
    const state = { weight: 0 };
    const taken = () => defineOptimizer({ ...OWN, state, formulas: ({ gradient: g }) => ({ weight: g, update: g }) });
    expect(messageOf(taken)).toContain(
      'weight: named twice; every hyperparameter, state and note needs a name of its own',
    );
    const hyperparameters = { maximize: { value: 0, domain: {}, meaning: '' } };
    const common = () => defineOptimizer({ ...OWN, hyperparameters, formulas: ({ gradient: g }) => ({ update: g }) });
    expect(messageOf(common)).toBe(`${start}maximize: every optimizer has these already`);
    const zero = () => defineOptimizer({ ...OWN, learningRate: 0, formulas: ({ gradient: g }) => ({ update: g }) });
    expect(messageOf(zero)).toBe(`${start}learningRate: its default is 0, expected a number above 0`);
  });
});
