import { describe, expect, it } from 'vitest';
import { valueList, valuesOf } from '../../src/cli/transferValues.ts';
import { sweptNamed } from '../../src/experiments/index.ts';
import { optimizerNamed } from '../../src/optimizers/index.ts';

describe('values to sweep', () => {
  it('are lists of numbers, powers, and differences from 1', () => {
    expect(valueList('0.001, 2^-3,1e-8,1-2^-4,1 - 0.25,-3')).toEqual({ list: [0.001, 0.125, 1e-8, 0.9375, 0.75, -3] });
    expect(valueList('2^-12..2^-2')).toEqual({ from: 2 ** -12, to: 0.25 });
    expect(valueList('1-2^-1..1-2^-8')).toEqual({ from: 0.5, to: 1 - 2 ** -8 });
  });

  it.each(['', '0.1,,0.2', '1..2..3', 'x', '2^', '2^3^4', '1e999', '0.1..'])('are not read from "%s"', (text) => {
    expect(() => valueList(text)).toThrow(
      'Give numbers: a list such as 0.001,0.002,0.004, or a range in factors of two',
    );
  });

  it('of a range go in factors of two of what is swept', () => {
    const adam = optimizerNamed('adam');
    expect(valuesOf(valueList('0.01..0.05'), sweptNamed('learningRate', adam))).toEqual([0.01, 0.02, 0.04]);
    expect(valuesOf(valueList('0..1-2^-2'), sweptNamed('beta1', adam))).toEqual([0, 0.5, 0.75]);
    expect(valuesOf(valueList('3,1'), sweptNamed('initialScale', adam))).toEqual([3, 1]);
  });
});
