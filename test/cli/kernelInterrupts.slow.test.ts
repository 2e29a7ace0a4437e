/** `nexort kernel` interrupted at any moment, as often as may be: it goes on to the same bytes. */

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stream } from '../../src/numeric/index.ts';
import { InterruptedRuns, type Interruption, kernelJob } from './interrupts.ts';

/** By each signal. */
const INTERRUPTIONS = 25;
const IN_A_ROW = [1, 5, 2, 6, 3, 8];
/** At least so many of them within the computation of the kernel. */
const IN_COMPUTATION = 6;

let runs: InterruptedRuns;
beforeAll(async () => {
  // So many layers that half of a run is the computation of the kernel.
  runs = await InterruptedRuns.begin(kernelJob({ layers: 8, shots: 16, evaluated: 300 }));
});
afterAll(() => runs.remove());

/** Interrupts at moments drawn from the whole life of a run. */
function interruptMany(signal: Interruption): Promise<number> {
  const uniforms = stream(4, `moments of ${signal}`)
    .uniforms(10 * INTERRUPTIONS)
    [Symbol.iterator]();
  return runs.interrupt({
    ...{ signal, interruptions: INTERRUPTIONS, inARow: IN_A_ROW },
    moment: () => sleep((uniforms.next().value ?? 0.5) * runs.life),
  });
}

describe('a run interrupted at random moments and started again gives the same bytes', () => {
  test('by Ctrl-C, with a message that says how to go on and without a lock', async () => {
    expect(await interruptMany('SIGINT')).toBeGreaterThanOrEqual(IN_COMPUTATION);
  });

  test('by kill -9', async () => {
    expect(await interruptMany('SIGKILL')).toBeGreaterThanOrEqual(IN_COMPUTATION);
  });
});
