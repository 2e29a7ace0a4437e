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
/** So many that half of a run is the computation of the kernel. */
const LAYERS = 8;
/** Interruptions by each signal. */
const INTERRUPTIONS = 25;
/** Of one run in a row, by turns. */
const IN_A_ROW = [1, 5, 2, 6, 3, 8];
/** At least so many of them within the computation of the kernel. */
const IN_COMPUTATION = 6;

let built: BuiltNexort;
let root: string;
let undisturbed: Awaited<ReturnType<typeof outcome>>;
let allBlocks: readonly string[];
/** How long a run takes, in milliseconds: moments are drawn from it, nothing is asserted of it. */
let life: number;

const args = (out: string): readonly string[] => [
  ...['kernel', '--model', join(root, 'model'), '--k', '16', '--seeds', '13', '--limit', '300'],
  ...['--memory', '2GB', '--out', join(root, out)],
];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nexort-interrupts-'));
  built = await BuiltNexort.build();
  await writeTinyModel(join(root, 'model'), 1, LAYERS);
  const started = performance.now();
  expect(await built.run(...args('undisturbed'))).toMatchObject({ code: 0 });
  life = performance.now() - started;
  undisturbed = await outcome(join(root, 'undisturbed'));
  allBlocks = await blocksOf(join(root, 'undisturbed'));
});

afterAll(async () => {
  await rm(root, { recursive: true });
});

/** Whether an interruption fell into the computation of the kernel: it has new blocks, and not yet all. */
async function isHalfway(folder: string, before: readonly string[]): Promise<boolean> {
  if (!existsSync(join(folder, 'run.json'))) return false;
  const blocks = await blocksOf(folder);
  const isNew = blocks.some((block) => !before.includes(block));
  return (
    (await manifestOf(folder)).status === 'started' && isNew && !allBlocks.every((block) => blocks.includes(block))
  );
}

/** Interrupts runs at random moments until enough of them were; gives how many fell into the computation. */
async function interruptMany(signal: 'SIGINT' | 'SIGKILL', check: (ended: Finished, folder: string) => Promise<void>) {
  const uniforms = stream(4, `moments of ${signal}`)
    .uniforms(10 * INTERRUPTIONS)
    [Symbol.iterator]();
  let [interruptions, halfway] = [0, 0];
  /** Interrupts a run at a random moment; false where it ended before. */
  async function interrupt(out: string): Promise<boolean> {
    const folder = join(root, out);
    const before = await blocksOf(folder);
    const run = built.start(...args(out));
    await Promise.race([sleep((uniforms.next().value ?? 0.5) * life), run.ended]);
    run.kill(signal);
    const ended = await run.ended;
    if (ended.code === 0) return false;
    await check(ended, folder);
    interruptions++;
    if (await isHalfway(folder, before)) halfway++;
    return true;
  }
  for (let turn = 0; interruptions < INTERRUPTIONS; turn++) {
    const out = `${signal}-${turn}`;
    const folder = join(root, out);
    let left = Math.min(IN_A_ROW[turn % IN_A_ROW.length] ?? 1, INTERRUPTIONS - interruptions);
    while (left > 0 && (await interrupt(out))) left--;
    // With some left, the run has ended before it could be interrupted again.
    if (left === 0) {
      const held = existsSync(join(folder, 'lock'));
      const { code, stderr } = await built.run(...args(out));
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringMatching(/damaged|error/) });
      expect(/Took over the lock of process \d+, which is gone/.test(stderr)).toBe(held);
    }
    expect(await outcome(folder)).toEqual(undisturbed);
    await rm(folder, { recursive: true });
  }
  return halfway;
}

describe('a run interrupted at random moments and started again gives the same bytes', () => {
  test('by Ctrl-C, with a message that says how to go on and without a lock', { timeout: 240_000 }, async () => {
    const halfway = await interruptMany('SIGINT', async ({ code, signal, stdout, stderr }, folder) => {
      if (signal === null) {
        expect(code).toBe(130);
        expect(stderr.split(MESSAGE)).toHaveLength(2);
      } else {
        // Before the command has begun and when it is over, the signal ends the process as it ends any other.
        expect(signal).toBe('SIGINT');
        expect(stderr).not.toContain(MESSAGE);
        if (stdout !== '' || stderr !== '') expect((await manifestOf(folder)).status).toBe('complete');
      }
      expect(existsSync(join(folder, 'lock'))).toBe(false);
    });
    expect(halfway).toBeGreaterThanOrEqual(IN_COMPUTATION);
  });

  test('by kill -9', { timeout: 240_000 }, async () => {
    const halfway = await interruptMany('SIGKILL', async ({ signal }) => expect(signal).toBe('SIGKILL'));
    expect(halfway).toBeGreaterThanOrEqual(IN_COMPUTATION);
  });
});
