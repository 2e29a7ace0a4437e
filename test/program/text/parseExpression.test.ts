/** Scalar expressions from text. */

import { describe, expect, it } from 'vitest';
import { add, argument, mul, parseExpression, printExpr, unary } from '../../../src/program/index.ts';
import { failureOf } from '../../support/failure.ts';

const names = ['beta', 'first', 'next first'];
const parsed = (text: string) => parseExpression(text, { names, prefix: 'next', source: 'formula' });

describe('an expression', () => {
  it('reads names, functions and two words as one', () => {
    expect(parsed('beta * first + tanh(next first)').expr).toEqual(
      add(mul(argument(0), argument(1)), unary('tanh', argument(2))),
    );
    expect(parsed('mean[rows](first)')).toEqual({ expr: argument(1), mean: ['rows'] });
  });

  it('prints back', () => {
    for (const text of ['beta ^ 2 - (1 - first) / 3', 'max(beta, -first)', '-(beta + 1)'])
      expect(printExpr(parsed(text).expr, names)).toBe(text);
  });

  it.each([
    ['betta', 'unknown value "betta"'],
    ['next second', 'unknown value "next second"'],
    ['beta +', 'end of the text'],
    ['beta first', 'an operator or the end of the formula'],
    ['beta @ first', 'this does not work entry by entry'],
    ['1 + mean[rows](beta)', 'this does not work entry by entry'],
  ])('is not %j', async (text, message) => {
    expect((await failureOf(() => parsed(text))).message).toContain(message);
  });
});
