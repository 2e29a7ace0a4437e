import { describe, expect, it } from 'vitest';
import { placeArrays } from '../../src/finite/arenas.ts';

describe('arrays of kernels', () => {
  it('lie one after the other, filled up to whole vectors, all zero', () => {
    const [first, second] = placeArrays([
      { name: 'w1', arrays: [5, 5] },
      { name: 'w2', arrays: [4] },
    ]);
    expect(first?.addresses).toEqual([0, 32]);
    expect(second?.addresses).toEqual([64]);
    expect(second?.memory).toBe(first?.memory);
    expect(first?.views.map((view) => [...view])).toEqual([new Array(5).fill(0), new Array(5).fill(0)]);
    first?.views[1]?.fill(3);
    expect([...(second?.views[0] ?? [])]).toEqual([0, 0, 0, 0]);
  });

  it('take another memory where one is full', () => {
    const quarter = 2 ** 26;
    const [first, second] = placeArrays([
      { name: 'w1', arrays: [quarter, quarter, quarter] },
      { name: 'w2', arrays: [quarter, quarter] },
    ]);
    expect(second?.memory).not.toBe(first?.memory);
    expect(second?.addresses).toEqual([0, 4 * quarter]);
  });

  it('cannot be larger than addresses reach', () => {
    expect(() => placeArrays([{ name: 'w2', arrays: new Array(4).fill(2 ** 30) }])).toThrow(
      'state "w2" has 1073741824 entries, and its update works on 4 arrays of them: 16.0 GB of f32. ' +
        'Compiled updates reach 4.0 GB per parameter: train at a smaller width, or split the parameter into several.',
    );
  });
});
