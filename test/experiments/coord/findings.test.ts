/** Where what goes wrong begins, and of what too little has been seen. */

import { describe, expect, it } from 'vitest';
import { doubtsOf, firstFindings, type Told, withCauses } from '../../../src/experiments/coord/findings.ts';
import type { Measured, Quantity } from '../../../src/experiments/coord/result.ts';

function told(layer: string, quantity: Quantity, position: number, exponent: number, step = 0): Told {
  const changes = quantity === 'change';
  const judgement = exponent === 0 ? 'agrees' : 'differs';
  return {
    row: { layer, quantity, output: layer, changes, parameter: `w of ${layer}`, index: -1, position },
    measured: { layer, quantity, step, sizes: [1, 1, 1], exponent, predicted: 0, bound: false, judgement },
  };
}

const begun = (all: readonly Told[]): string[] =>
  firstFindings(all).flatMap(({ finding: { begins, layer } }) => (begins ? [layer] : []));

describe('what goes wrong begins', () => {
  it('at the first step that shows it, at the first value of the pass forward', () => {
    const all = [
      told('c', 'preactivation', 3, 0.5),
      told('b', 'preactivation', 2, 0.5),
      told('a', 'update input', 1, 0.5),
      told('a', 'change', 1, 1, 1),
    ];
    expect(firstFindings(all).map(({ finding }) => finding.step)).toEqual([0, 0, 0]);
    expect(begun(all)).toEqual(['b']);
  });

  it('else at the last of the pass backward, else at every weight that learns otherwise', () => {
    const effects = [told('a', 'update effect', 1, 1), told('b', 'update effect', 2, 1)];
    expect(begun([told('a', 'update input', 1, 1), told('b', 'update input', 2, 1), ...effects.slice(0, 1)])).toEqual([
      'b',
    ]);
    expect(begun(effects)).toEqual(['a', 'b']);
  });

  it('with the causes in its layer, or with all that there are if none is', () => {
    const found = firstFindings([told('a', 'preactivation', 1, 1), told('b', 'preactivation', 2, 1)]);
    const [own, other] = [
      { text: 'mine', where: ['w of a'] },
      { text: 'of all', where: ['w of a', 'w of b'] },
    ];
    expect(withCauses(found, [[own], [other]]).map(({ cause }) => cause)).toEqual(['mine', undefined]);
    expect(withCauses(found, [[other]]).map(({ cause }) => cause)).toEqual(['of all', undefined]);
  });
});

describe('a finding tells', () => {
  const textOf = (exponent: number, predicted: number): string | undefined => {
    const one = told('a', 'change', 1, exponent, 2);
    const [first] = firstFindings([{ ...one, measured: { ...one.measured, predicted } }]);
    return first?.finding.text;
  };

  it('the size and the prediction, and of what is not finite no power', () => {
    expect(textOf(0.5, 0)).toBe('a: change after 2 steps is of size n^0.50, predicted n^0.00');
    expect(textOf(Number.POSITIVE_INFINITY, 0)).toBe('a: change after 2 steps is not finite, predicted n^0.00');
    expect(textOf(1, 1)).toBe('a: change after 2 steps grows like n^1.00, as predicted');
    expect(textOf(Number.POSITIVE_INFINITY, 1)).toBe('a: change after 2 steps is not finite, and predicted to grow');
  });
});

describe('of what too little has been seen', () => {
  it('is told with its error, the largest first, and whether the prediction is a bound', () => {
    const unclear = (layer: string, half: number, bound: boolean): Measured => {
      const { measured } = told(layer, 'preactivation', 1, -0.25);
      return { ...measured, bound, interval: [-0.25 - half, -0.25 + half], judgement: 'unclear' };
    };
    const all = [unclear('a', 0.3, false), told('b', 'change', 1, 0).measured, unclear('c', 0.9, true)];
    expect(doubtsOf(all).map(({ text }) => text)).toEqual([
      'c: preactivation at initialization is of size n^(-0.25 ± 0.90), predicted at most n^0.00',
      'a: preactivation at initialization is of size n^(-0.25 ± 0.30), predicted n^0.00',
    ]);
  });
});
