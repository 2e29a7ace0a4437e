/** Movement of feature kernels and their alignment with targets, by hand. */

import { describe, expect, it } from 'vitest';
import { featureMovement } from '../../../src/experiments/index.ts';

const estimates = (values: readonly number[], standardError = 0) => values.map((value) => ({ value, standardError }));

describe('movement of features', () => {
  const values = {
    'kernel.x1': [estimates([1, 0, 0, 1], 0.1), estimates([9, 9, 9, 9]), estimates([1, -1, -1, 1], 0.1)],
    'kernel.x2': [estimates([3, 0, 0, 4]), estimates([3, 0, 0, 4])],
  };
  const options = { kernels: ['kernel.x1', 'kernel.x2', 'kernel.x3'], targets: [1, -1], trained: [0, 1] };
  const found = featureMovement({ values, shape: [2] }, options);

  it('is the relative change of the kernel from first to last, with what sampling makes of it', () => {
    expect(found.map(({ layer }) => layer)).toEqual(['x1', 'x2']);
    expect(found[0]?.movement).toBeCloseTo(1, 12);
    expect(found[0]?.error).toBeCloseTo(Math.sqrt((8 * 0.01) / 2), 12);
    expect([found[1]?.movement, found[1]?.error]).toEqual([0, 0]);
  });

  it('is aligned with the targets where the kernel is theirs', () => {
    expect(found[0]?.alignment?.[0]).toBeCloseTo(2 / (Math.SQRT2 * 2), 12);
    expect(found[0]?.alignment?.[1]).toBeCloseTo(1, 12);
  });

  it('has no alignment with targets that are 0, on the examples that are trained on', () => {
    const none = featureMovement({ values, shape: [2] }, { ...options, targets: [0, 5], trained: [0] });
    expect(none.map(({ alignment }) => alignment)).toEqual([undefined, undefined]);
  });
});
