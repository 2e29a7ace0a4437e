/** The best learning rate stays under µP and moves under SP with Adam, up to a width of 512. */

import { describe, expect, it } from 'vitest';
import { transfer } from '../../../src/experiments/index.ts';
import { common, rates } from './setup.ts';

describe('from width 64 to 512 with Adam', () => {
  it('µP keeps the best learning rate within a factor of 2; SP, the same network at width 64, does not', async () => {
    const { sweeps } = await transfer({
      ...common,
      ...{ widths: [64, 512], values: rates(-12, -5), steps: 30, batch: 32, seeds: 2 },
    });
    const [mup, sp] = sweeps;
    expect(mup?.text).toMatch(/^the best learning rate stays within a factor of 2/);
    expect(mup?.verdict).toBe('stays');
    expect(sp?.verdict).toBe('moves');
    // Adam's steps in SP change the output by n times the rate.
    expect(sp?.factor).toBeLessThan(1 / 4);
    expect(sp?.widths[0]).toEqual(mup?.widths[0]);
  });
});
