/**
 * `nexort kernel` interrupted amid its computation goes on to the same bytes. Moments all over its life are in
 * kernelInterrupts.slow; every write of a run is a moment in test/lm/kernel/kernelResume.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stream } from '../../src/numeric/index.ts';
import { InterruptedRuns, type Interruption, kernelJob } from './interrupts.ts';
import { blocksOf } from './runFolders.ts';

/** By each signal. */
const INTERRUPTIONS = 2;
/** Of one run after one another: a run that goes on is interrupted again. */
const IN_A_ROW = [2];
/** At least so many of them within the computation of the kernel: on a busy machine others may come too late. */
const IN_COMPUTATION = 1;

let runs: InterruptedRuns;
beforeAll(async () => {
  runs = await InterruptedRuns.begin(kernelJob({ layers: 4, shots: 8, evaluated: 100 }));
});
afterAll(() => runs.remove());

/** Interrupts once a run has made a share of the blocks that it lacks, drawn from the first half. */
function interruptAmid(signal: Interruption): Promise<number> {
  const uniforms = stream(5, `shares before ${signal}`)
    .uniforms(10 * INTERRUPTIONS)
    [Symbol.iterator]();
  return runs.interrupt({
    ...{ signal, interruptions: INTERRUPTIONS, inARow: IN_A_ROW },
    moment: async (folder, before, isOver) => {
      const lacking = runs.allBlocks.length - before.length;
      const enough = before.length + 1 + Math.floor(((uniforms.next().value ?? 0.5) * lacking) / 2);
      while (!isOver() && (await blocksOf(folder)).length < enough) await sleep(2);
    },
  });
}

describe('a run interrupted amid its computation and started again gives the same bytes', () => {
  test('by Ctrl-C, with a message that says how to go on and without a lock', async () => {
    expect(await interruptAmid('SIGINT')).toBeGreaterThanOrEqual(IN_COMPUTATION);
  });

  test('by kill -9', async () => {
    expect(await interruptAmid('SIGKILL')).toBeGreaterThanOrEqual(IN_COMPUTATION);
  });
});
