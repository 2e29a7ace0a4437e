/** `nexort kernel` interrupted at any moment, as often as may be: it goes on to the same bytes. */

import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stream } from '../../src/numeric/index.ts';
import { BuiltNexort, type Finished } from './builtNexort.ts';
import { blocksOf, manifestOf, outcome } from './runFolders.ts';
import { writeTinyModel } from './tinyModel.ts';

const MESSAGE = 'Interrupted. Everything computed so far is kept: start the same command again to go on.';
/** Interruptions by each signal. */
const INTERRUPTIONS = 25;
/** Of one run in a row, by turns. */
const IN_A_ROW = [1, 5, 2, 6, 3, 8];
/** At least so many of them in the computation of the kernel; by its share of a run's life they would be 9. */
const IN_COMPUTATION = 5;

let nexort: BuiltNexort;
let root: string;
let undisturbed: Awaited<ReturnType<typeof outcome>>;
/** How long a run takes, in milliseconds: moments are drawn from it, nothing is asserted of it. */
let life: number;

const args = (out: string): readonly string[] => [
  ...['kernel', '--model', join(root, 'model'), '--k', '16', '--seeds', '13', '--limit', '400'],
  ...['--memory', '2GB', '--out', join(root, out)],
];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nexort-interrupts-'));
  nexort = await BuiltNexort.build();
  await writeTinyModel(join(root, 'model'), 1);
  const started = performance.now();
  expect(await nexort.run(...args('undisturbed'))).toMatchObject({ code: 0 });
  life = performance.now() - started;
  undisturbed = await outcome(join(root, 'undisturbed'));
});

afterAll(async () => {
  await nexort.remove();
  await rm(root, { recursive: true });
});

/** Whether an interruption left the folder as it should and fell into the computation of the kernel. */
async function afterInterruption(folder: string, blocksBefore: number): Promise<boolean> {
  if (!existsSync(join(folder, 'run.json'))) return false;
  return (await manifestOf(folder)).status === 'started' && (await blocksOf(folder)).length > blocksBefore;
}

/** Interrupts runs at random moments until enough of them were; gives how many fell into the computation. */
async function interruptMany(signal: 'SIGINT' | 'SIGKILL', check: (ended: Finished, folder: string) => void) {
  const moments = stream(4, `moments of ${signal}`)
    .uniforms(10 * INTERRUPTIONS)
    [Symbol.iterator]();
  let [interruptions, inComputation] = [0, 0];
  for (let turn = 0; interruptions < INTERRUPTIONS; turn++) {
    const out = `${signal}-${turn}`;
    const folder = join(root, out);
    for (let k = 0; k < (IN_A_ROW[turn % IN_A_ROW.length] ?? 1) && interruptions < INTERRUPTIONS; k++) {
      const before = (await blocksOf(folder)).length;
      const run = nexort.start(...args(out));
      await Promise.race([sleep((moments.next().value ?? 0.5) * life), run.ended]);
      run.kill(signal);
      const ended = await run.ended;
      if (ended.code === 0) break;
      check(ended, folder);
      interruptions++;
      if (await afterInterruption(folder, before)) inComputation++;
    }
    const held = existsSync(join(folder, 'lock'));
    const { code, stderr } = await nexort.run(...args(out));
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringMatching(/damaged|error/) });
    expect(/Took over the lock of process \d+, which is gone/.test(stderr)).toBe(held);
    expect(await outcome(folder)).toEqual(undisturbed);
    await rm(folder, { recursive: true });
  }
  return inComputation;
}

describe('a run interrupted at random moments and started again gives the same bytes', () => {
  test('by Ctrl-C, with a message that says how to go on and without a lock', { timeout: 240_000 }, async () => {
    const inComputation = await interruptMany('SIGINT', ({ code, signal, stdout, stderr }, folder) => {
      // Before the command has begun there is nothing to tell, and the signal ends the process as it ends any other.
      if (signal === null) {
        expect(code).toBe(130);
        expect(stderr.split(MESSAGE)).toHaveLength(2);
      } else {
        expect({ signal, stdout, stderr }).toEqual({ signal: 'SIGINT', stdout: '', stderr: '' });
      }
      expect(existsSync(join(folder, 'lock'))).toBe(false);
    });
    expect(inComputation).toBeGreaterThanOrEqual(IN_COMPUTATION);
  });

  test('by kill -9', { timeout: 240_000 }, async () => {
    const inComputation = await interruptMany('SIGKILL', ({ signal }) => expect(signal).toBe('SIGKILL'));
    expect(inComputation).toBeGreaterThanOrEqual(IN_COMPUTATION);
  });
});
