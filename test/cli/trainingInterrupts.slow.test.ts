/** `nexort finetune` and `nexort regime` interrupted at any moment, as often as may be: they go on to the same bytes. */

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stream } from '../../src/numeric/index.ts';
import { type InterruptedJob, InterruptedRuns, type Interruption } from './interrupts.ts';
import { trainingOutcome } from './runFolders.ts';

/** By each signal. */
const INTERRUPTIONS = 12;
const IN_A_ROW = [1, 3, 2, 4];
/** At least so many of them between the first block of a start and the last of the run. */
const IN_COMPUTATION = 2;

const SUBJECT = ['--k', '8', '--seeds', '13,21', '--limit', '60', '--threads', '1'];
const JOBS: Readonly<Record<string, readonly string[]>> = {
  finetune: [
    ...['finetune', ...SUBJECT, '--steps', '40', '--evaluate-every', '5', '--batch', '4'],
    ...['--learning-rate', '1e-4,3e-4,1e-3'],
  ],
  regime: ['regime', ...SUBJECT, '--optimizer', 'sgd,adam', '--steps', '30', '--batch', '4'],
};

describe.each(Object.entries(JOBS))('nexort %s interrupted at random moments gives the same bytes', (name, command) => {
  let runs: InterruptedRuns;
  beforeAll(async () => {
    const job: InterruptedJob = {
      layers: 4,
      args: (model, out) => [...command, '--model', model, '--out', out],
      done: name === 'regime' ? [0, 1] : [0],
      outcome: trainingOutcome,
    };
    runs = await InterruptedRuns.begin(job);
  });
  afterAll(() => runs.remove());

  /** Interrupts at moments drawn from the whole life of a run. */
  function interruptMany(signal: Interruption): Promise<number> {
    const uniforms = stream(6, `moments of ${signal} in ${name}`)
      .uniforms(10 * INTERRUPTIONS)
      [Symbol.iterator]();
    return runs.interrupt({
      ...{ signal, interruptions: INTERRUPTIONS, inARow: IN_A_ROW },
      moment: () => sleep((uniforms.next().value ?? 0.5) * runs.life),
    });
  }

  test('by Ctrl-C, with a message that says how to go on and without a lock', async () => {
    expect(await interruptMany('SIGINT')).toBeGreaterThanOrEqual(IN_COMPUTATION);
  });

  test('by kill -9', async () => {
    expect(await interruptMany('SIGKILL')).toBeGreaterThanOrEqual(IN_COMPUTATION);
  });
});
