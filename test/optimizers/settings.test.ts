/** What an optimizer may be told, and what is refused. */

import { describe, expect, test } from 'vitest';
import { optimizerNamed, optimizers, type Settings, schedule, updateProgram } from '../../src/optimizers/index.ts';
import { argument, mul, sizePower } from '../../src/program/index.ts';
import { messageOf } from '../program/support.ts';
import { vector } from './support.ts';

describe('refused, all at once, with the nearest name', () => {
  test('an optimizer of no such name', () => {
    expect(messageOf(() => optimizerNamed('adma'))).toBe(
      `no optimizer is called "adma". Did you mean "adam"? There are: ${Object.keys(optimizers).join(', ')}.`,
    );
    expect(messageOf(() => optimizerNamed('toString'))).toContain('no optimizer is called "toString".');
  });

  test('settings outside of their domains', () => {
    const settings: Settings = {
      learningRate: 0,
      beta1: 1,
      beta2: -0.1,
      epsilon: -1,
      weightDcay: 0.1,
      amsgrad: 1,
      smooth: true,
    };
    expect(messageOf(() => updateProgram(optimizerNamed('adam'), vector, { settings }))).toBe(
      [
        'optimizer "adam":',
        '  weightDcay is not one of its settings. It has: learningRate, beta1, beta2, epsilon, smooth, amsgrad, maximize, coupledDecay, decoupledDecay, independentDecay.',
        '  learningRate is 0, expected a number above 0.',
        '  beta1 is 1, expected a number at least 0 and below 1.',
        '  beta2 is -0.1, expected a number at least 0 and below 1.',
        '  epsilon is -1, expected a number at least 0.',
        '  amsgrad is 1, expected true or false.',
      ].join('\n'),
    );
  });

  test.each([
    ['lerningRate', 0.1, 'lerningRate is not one of its settings. Did you mean "learningRate"?'],
    [
      'lr',
      0.1,
      'lr is not one of its settings. What libraries call so is here: learningRate. It has: learningRate, momentum',
    ],
    ['weight_decay', 0.1, 'What libraries call so is here: coupledDecay, decoupledDecay, independentDecay.'],
    ['betas', 0.9, 'betas is not one of its settings. It has:'],
    ['learningRate', Number.NaN, 'learningRate is NaN, expected a number above 0.'],
    ['learningRate', Number.POSITIVE_INFINITY, 'learningRate is Infinity, expected a number above 0.'],
    ['learningRate', true, 'learningRate is true, expected a number above 0, or an expression.'],
    [
      'learningRate',
      mul(-1, schedule('exponential', { gamma: 0.9 })),
      'learningRate at the first step is -1, expected a number at least 0.',
    ],
    ['learningRate', argument(1), 'learningRate reads an operand besides the number of steps done (argument 0)'],
    ['decoupledDecay', -0.1, 'decoupledDecay is -0.1, expected a number at least 0.'],
    ['independentDecay', 1.5, 'independentDecay is 1.5, expected a number at least 0 and at most 1.'],
  ] as const)('%s = %s', (name, value, message) => {
    expect(messageOf(() => updateProgram(optimizerNamed('sgd'), vector, { settings: { [name]: value } }))).toContain(
      message,
    );
  });

  test('a size where a state starts from it', () => {
    const settings = { learningRate: sizePower('a', -1) };
    expect(messageOf(() => updateProgram(optimizerNamed('rprop'), vector, { settings }))).toBe(
      'optimizer "rprop":\n  learningRate is what a state starts from and must be a number, not a power of a size.',
    );
  });

  test('scales that are no positive numbers or powers of sizes', () => {
    const options = {
      rateScale: Number.POSITIVE_INFINITY,
      gradientScale: argument(0),
      limit: { kind: 'clip', threshold: { value: -1 } },
    } as const;
    expect(messageOf(() => updateProgram(optimizerNamed('sgd'), vector, options))).toBe(
      [
        'optimizer "sgd":',
        '  rateScale is Infinity, expected a number above 0.',
        '  gradientScale is "an expression with operands", expected powers of sizes.',
        '  limit "clip" is -1, expected a number above 0.',
      ].join('\n'),
    );
  });
});
