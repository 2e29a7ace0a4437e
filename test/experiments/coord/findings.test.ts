/** Which measurements agree, and where what goes wrong begins. */

import { describe, expect, it } from 'vitest';
import { agrees, firstFindings, type Told, withCauses } from '../../../src/experiments/coord/findings.ts';
import { fitLogs } from '../../../src/experiments/coord/measure.ts';
import type { Quantity } from '../../../src/experiments/coord/result.ts';

function told(layer: string, quantity: Quantity, position: number, exponent: number, step = 0): Told {
  const changes = quantity === 'change';
  return {
    row: { layer, quantity, output: layer, changes, parameter: `w of ${layer}`, index: -1, position },
    measured: { layer, quantity, step, sizes: [1, 1, 1], exponent, predicted: 0, agrees: exponent === 0 },
  };
}

const begun = (all: readonly Told[]): string[] =>
  firstFindings(all).flatMap(({ finding: { begins, layer } }) => (begins ? [layer] : []));

describe('a measurement', () => {
  it('agrees within the band, and with what may be smaller if it is, be it 0', () => {
    const [exactly, atMost] = [
      { exponent: 0, atMost: false },
      { exponent: 0, atMost: true },
    ];
    expect([0.19, -0.19, 0.21, -0.21].map((exponent) => agrees({ exponent }, exactly))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([-0.21, -3].map((exponent) => agrees({ exponent }, atMost))).toEqual([true, true]);
    expect([agrees({}, exactly), agrees({}, atMost)]).toEqual([false, true]);
    expect(agrees({ exponent: 0.4, standardError: 0.07 }, exactly)).toBe(true);
  });

  it('never agrees where numbers overflow', () => {
    const { exponent } = fitLogs(
      [
        [0, 1],
        [2, Number.NaN],
        [3, 4],
      ],
      [1, 2, 4],
    );
    expect(exponent).toBe(Number.POSITIVE_INFINITY);
    expect(agrees({ exponent: exponent ?? 0 }, { exponent: 0, atMost: true })).toBe(false);
    expect(
      fitLogs(
        [
          [0, 0],
          [Number.NEGATIVE_INFINITY, 0],
          [0, 0],
        ],
        [1, 2, 4],
      ),
    ).toEqual({});
  });
});

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
