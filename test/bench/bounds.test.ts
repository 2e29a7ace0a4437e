/** When the bounds of the kernel bench are stated. */

import { describe, expect, it } from 'vitest';
import { boundOf } from '../../bench/kernel/bounds.ts';

describe('boundOf', () => {
  const stated = { kernel: 'sgd', tokens: 32, layers: 6, examples: 64, threads: 2, variants: ['stock'] } as const;

  it('is that of the issue beside the stock rival, whoever else runs', () => {
    expect(boundOf(stated)).toEqual({ bound: 0.65, yardstick: 'stock' });
    expect(boundOf({ ...stated, tokens: 128 })).toEqual({ bound: 0.7, yardstick: 'stock' });
    expect(boundOf({ ...stated, variants: ['stock', 'tuned'] })).toEqual({ bound: 0.65, yardstick: 'stock' });
    expect(boundOf({ ...stated, kernel: 'signgd' })).toEqual({ bound: 0.5, yardstick: 'stock' });
  });

  it.each([
    [{ tokens: 64 }, 'no bound is set for so many tokens'],
    [{ variants: ['tuned'] }, 'the bound is set for the stock rival'],
    [{ chunk: 16 }, 'the bound is set for the chunks of the stock rival'],
    [{ layers: 1 }, 'the bound is set for 6 layers'],
    [{ examples: 3 }, 'the bound is set for 64 examples'],
    [{ threads: 1 }, 'the bound is set for 2 threads'],
  ] as const)('is none for %j', (other, none) => {
    expect(boundOf({ ...stated, ...other })).toEqual({ none });
  });
});
