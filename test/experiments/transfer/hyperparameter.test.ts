/** What can be swept, on which scale, and the values that are tried. */

import { describe, expect, it } from 'vitest';
import { placeOf, showValue, sweepable, sweptNamed, valueAt, valuesBetween } from '../../../src/experiments/index.ts';
import { usualValues } from '../../../src/experiments/transfer/hyperparameter.ts';
import { optimizerNamed, optimizers } from '../../../src/optimizers/index.ts';

const adam = optimizerNamed('adam');

describe('what can be swept', () => {
  it('is every number that an optimizer may be told, and two constants', () => {
    expect(sweepable(adam)).toEqual([
      'learningRate',
      'beta1',
      'beta2',
      'epsilon',
      'coupledDecay',
      'decoupledDecay',
      'independentDecay',
      'initialScale',
      'outputMultiplier',
    ]);
    for (const optimizer of Object.values(optimizers)) {
      for (const name of sweepable(optimizer)) expect(sweptNamed(name, optimizer).name).toBe(name);
    }
  });

  it('is on the scale of 1/(1 − β) for shares of the past, else on its own', () => {
    const memories = (name: string): string[] =>
      sweepable(optimizerNamed(name)).filter((one) => sweptNamed(one, optimizerNamed(name)).scale === 'memory');
    expect(memories('adam')).toEqual(['beta1', 'beta2']);
    expect(memories('sgd')).toEqual(['momentum']);
    expect(memories('rprop')).toEqual([]);
  });
});

describe('values', () => {
  it('are equal factors apart where equal distances are', () => {
    expect(placeOf('memory', 0.95) - placeOf('memory', 0.9)).toBeCloseTo(Math.LN2, 12);
    expect(placeOf('value', 0.2) - placeOf('value', 0.1)).toBeCloseTo(Math.LN2, 12);
    for (const value of [0.3, 0.9, 0.9999]) {
      for (const scale of ['value', 'memory'] as const)
        expect(valueAt(scale, placeOf(scale, value))).toBeCloseTo(value, 12);
    }
  });

  it('of a range are factors of two apart, ends included', () => {
    const rate = sweptNamed('learningRate', adam);
    expect(valuesBetween(rate, 2 ** -5, 2 ** -2)).toEqual([2 ** -5, 2 ** -4, 2 ** -3, 2 ** -2]);
    expect(valuesBetween(sweptNamed('beta1', adam), 0.5, 0.9375)).toEqual([0.5, 0.75, 0.875, 0.9375]);
    expect(() => valuesBetween(rate, 0.1, 0.01)).toThrow(
      'the range of the learning rate goes from 0.1 to 0.01; expected the least value first',
    );
    expect(() => valuesBetween(rate, -1, 0)).toThrow(
      '-1, 0 cannot be tried as learning rate; expected for each a number above 0.',
    );
  });

  it('are tried around the usual one where none are given', () => {
    expect(usualValues(sweptNamed('beta1', adam))).toEqual([0.2, 0.6, 0.8, 0.9, 0.95, 0.975, 0.9875]);
    expect(usualValues(sweptNamed('momentum', optimizerNamed('sgd')))).toEqual([0, 0.5, 0.75, 0.875]);
    expect(usualValues(sweptNamed('initialScale', adam))).toEqual([1 / 64, 1 / 16, 1 / 4, 1, 4, 16, 64]);
    expect(usualValues(sweptNamed('learningRate', adam))).toHaveLength(11);
  });

  it('are written with as many digits as tell them apart', () => {
    expect([0.5, 0.9, 0.998, 0.99999].map((value) => showValue('memory', value))).toEqual([
      '0.50',
      '0.90',
      '0.9980',
      '0.999990',
    ]);
    expect(showValue('value', 1e-8)).toBe('1e-8');
  });
});
