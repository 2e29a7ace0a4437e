/** Which measurements agree, which differ, and of which too little has been seen. */

import { describe, expect, it } from 'vitest';
import { growsSurely, intervalOf, judge } from '../../../src/experiments/coord/judge.ts';
import { fitLogs } from '../../../src/experiments/coord/measure.ts';
import { stream } from '../../../src/numeric/index.ts';

const exactly = { exponent: 0, atMost: false };
const atMost = { exponent: 0, atMost: true };
const zero = { exponent: undefined, atMost: false };

describe('a measurement', () => {
  it('agrees within the band, and with what may be smaller if it is, be it 0', () => {
    expect([0.19, -0.19, 0.21, -0.21].map((exponent) => judge({ exponent }, exactly))).toEqual([
      'agrees',
      'agrees',
      'differs',
      'differs',
    ]);
    expect([-0.21, -3].map((exponent) => judge({ exponent }, atMost))).toEqual(['agrees', 'agrees']);
    expect([judge({}, exactly), judge({}, atMost), judge({}, zero)]).toEqual(['differs', 'agrees', 'agrees']);
    expect(judge({ exponent: 0 }, zero)).toBe('differs');
  });

  it('is unclear where its error does not tell it from a mistake by a half, and differs beyond its error alone', () => {
    const of = (exponent: number, standardError: number, degrees?: number) =>
      judge({ exponent, standardError, ...(degrees === undefined ? {} : { degrees }) }, exactly);
    expect([of(0.3, 0.07), of(0.3, 0.11), of(0.42, 0.07)]).toEqual(['agrees', 'unclear', 'differs']);
    expect([of(0, 0.24), of(0, 0.27), of(1.71, 6.61)]).toEqual(['agrees', 'unclear', 'unclear']);
    // The same errors, known from little: a single degree of freedom.
    expect([of(0, 0.03, 1), of(0, 0.05, 1), of(0.5, 0.01, 1)]).toEqual(['agrees', 'unclear', 'unclear']);
    expect(judge({ exponent: -3, standardError: 1.7 }, atMost)).toBe('agrees');
    expect(judge({ exponent: -0.2, standardError: 0.4 }, atMost)).toBe('unclear');
  });

  it('of growth that is expected needs to grow beyond doubt', () => {
    const grows = { exponent: 0.5, atMost: false };
    expect(judge({ exponent: 0.5, standardError: 0.1 }, grows)).toBe('agrees');
    expect(judge({ exponent: 0.5, standardError: 0.17 }, grows)).toBe('unclear');
    expect([
      growsSurely({ exponent: 0.5, standardError: 0.1 }),
      growsSurely({ exponent: 0.5, standardError: 0.17 }),
    ]).toEqual([true, false]);
    expect([growsSurely({}), growsSurely({ exponent: Number.POSITIVE_INFINITY })]).toEqual([false, true]);
  });

  it('never agrees where numbers overflow', () => {
    const overflown = fitLogs(
      [
        [0, 1],
        [2, Number.NaN],
        [3, 4],
      ],
      [1, 2, 4],
    );
    expect(overflown).toEqual({ exponent: Number.POSITIVE_INFINITY });
    expect(judge(overflown, atMost)).toBe('differs');
    expect(intervalOf(overflown)).toBeUndefined();
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

describe('the interval of an exponent', () => {
  const widths = [64, 128, 256, 512];

  it.each([1, 2, 8])('of %d seeds holds the true one in 95 of 100 experiments', (seeds) => {
    const trials = 2000;
    const draws = stream(seeds, 'intervals').normals(trials * widths.length * seeds);
    let held = 0;
    for (let trial = 0; trial < trials; trial++) {
      const logs = widths.map((width, k) =>
        Array.from({ length: seeds }, (_, seed) => {
          const draw = draws[(trial * widths.length + k) * seeds + seed] ?? Number.NaN;
          return -0.5 * Math.log(width) + 0.4 * draw;
        }),
      );
      const [low, high] = intervalOf(fitLogs(logs, widths)) ?? [Number.NaN, Number.NaN];
      if (low <= -0.5 && high >= -0.5) held++;
    }
    // Errors are widened where means do not lie on a line, so that more than 95 % is expected; four sigmas below.
    expect(held / trials).toBeGreaterThan(0.95 - 4 * Math.sqrt((0.95 * 0.05) / trials));
  });
});
