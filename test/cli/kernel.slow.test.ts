/** `nexort kernel` on data of the paper. */

import { expect, test } from 'vitest';
import { describeWithShared } from '../support/shared.ts';
import { nexort } from './nexort.ts';

describeWithShared('the real SST-2', 'data/tasks', (data) => {
  test('runs and beats chance', async () => {
    const { code, stdout } = await nexort(
      'kernel',
      'sst-2',
      '--data',
      data,
      '--json',
      '--seeds',
      '13',
      '--limit',
      '64',
    );
    const result = JSON.parse(stdout) as { kernels: { sgd: { mean: number } } }; // our own output
    expect(code).toBe(0);
    expect(result.kernels.sgd.mean).toBeGreaterThan(0.5);
  });
});
