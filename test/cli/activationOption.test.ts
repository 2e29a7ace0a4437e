import { describe, expect, it } from 'vitest';
import { trainableActivation } from '../../src/cli/activationOption.ts';
import { argument, differentiate, unary, unaryFunctions } from '../../src/program/index.ts';

/** Every function that an option can name. */
const NAMES = Object.keys(unaryFunctions);

/** Whether its derivative is 0 by its formula. */
function isFlat(name: string): boolean {
  const derivative = differentiate(unary(name as keyof typeof unaryFunctions, argument(0)), 0);
  return derivative.op === 'constant' && derivative.value === 0;
}

describe('an activation to train with', () => {
  it.each(NAMES.filter((name) => !isFlat(name)))('is %s', (name) => {
    expect(trainableActivation(name)).toBe(name);
  });

  it.each(NAMES.filter(isFlat))('is not %s, whose derivative is 0; what is like it is named', (name) => {
    const other = { sign: 'tanh', step: 'sigmoid' }[name];
    expect(() => trainableActivation(name)).toThrow(
      `--activation is ${name}, whose derivative is 0 wherever it has one, so that no layer below it would learn; ` +
        `expected a function with a derivative. Give ${other}, which takes like values, or relu.`,
    );
  });
});
