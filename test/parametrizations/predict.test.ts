/** Predicted sizes: what the next update adds, and errors that grow with the output. */

import { describe, expect, it } from 'vitest';
import { classify, exponent, MUP, NTP, toNumber, updateRule } from '../../src/parametrizations/index.ts';

describe('what the next update of a weight adds to its product', () => {
  const effects = (parametrization: typeof MUP, optimizer: string): (number | undefined)[] =>
    classify(parametrization, { depth: 2, optimizer: updateRule(optimizer) }).sizes[0]?.layers.map((layer) =>
      toNumber(layer.updateEffect),
    ) ?? [];

  it('is of order 1 in µP, and in the kernel regime of the readout alone', () => {
    expect([effects(MUP, 'adam'), effects(MUP, 'sgd'), effects(NTP, 'sgd')]).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [-0.5, -0.5, 0],
    ]);
  });

  it('is that of a mistake in its own rate, which changes of sums hide', () => {
    const { matrix } = MUP.kinds;
    if (matrix === undefined) expect.fail('no matrices');
    const slow = { ...MUP, kinds: { ...MUP.kinds, matrix: { ...matrix, c: exponent(2) } } };
    expect(effects(slow, 'adam')).toEqual([0, -1, 0]);
    const { sizes } = classify(slow, { depth: 2, optimizer: updateRule('adam') });
    expect(sizes[1]?.layers.map(({ preactivationChange }) => toNumber(preactivationChange))).toEqual([0, 0, 0]);
  });
});

describe('errors that grow where the output does', () => {
  // Its output starts at n^(1/2).
  const large = { ...MUP, out: exponent(0) };
  const readout = (optimizer: string, growingErrors: boolean): number[] => {
    const { sizes } = classify(large, { depth: 2, optimizer: updateRule(optimizer), growingErrors });
    const last = sizes[0]?.layers.at(-1) ?? expect.fail('no layers');
    return [toNumber(last.updateInput), toNumber(last.updateEffect)];
  };

  it('make gradients larger, and what is linear in them', () => {
    expect([readout('sgd', false), readout('sgd', true)]).toEqual([
      [1, 2],
      [1.5, 2.5],
    ]);
    expect([readout('adam', false), readout('adam', true)]).toEqual([
      [1, 1],
      [1.5, 1],
    ]);
  });
});
