/** Processes that write into a run folder, and what is found there when they are killed. */

import { readdir } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { stream } from '../../src/numeric/random.ts';
import { openRun } from '../../src/runs/runFolder.ts';
import { temporaryFolder } from '../support/folders.ts';
import { BLOCKS, content } from './childBlocks.ts';
import { Child } from './children.ts';

/** A child in a mode of child.ts, from its compiled program, at work on a folder. */
export function startChild(program: string, mode: string, folder: string): Child {
  const child = new Child(process.execPath, [program, mode, folder]);
  onTestFinished(() => child.kill());
  return child;
}

export const openFolder = (folder: string, notices: string[] = []) =>
  openRun({ folder, identity: { task: 'child' }, plan: () => null, onNotice: (text) => notices.push(text) });

export const tookOver = (pid: number) => `Took over the lock of process ${pid}, which is gone.`;

export async function namesBelow(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}

/** Up to when moments are taken, from when the process begins to open the folder and from when it has it. */
const LONGEST_MILLISECONDS = { begin: 30, open: 100 };

/** Kills writers on one folder at these moments, as parts of the longest. */
async function killAndCheck(
  program: string,
  folder: string,
  moments: Float64Array,
  from: keyof typeof LONGEST_MILLISECONDS,
): Promise<number> {
  let seen = 0;
  for (const moment of moments) {
    const child = startChild(program, 'write', folder);
    expect(await child.line()).toBe('begin');
    if (from === 'open') expect(await child.line()).toBe('open');
    await setTimeout(moment * LONGEST_MILLISECONDS[from]);
    await child.kill();
    const notices: string[] = [];
    const run = await openFolder(folder, notices);
    for (const block of await run.list()) {
      seen++;
      expect(BLOCKS).toContain(block);
      expect(Buffer.concat(content(block)).equals((await run.read(block)) ?? Buffer.alloc(0))).toBe(true);
    }
    expect((await namesBelow(folder)).filter((name) => name.includes('.nexort-'))).toEqual([]);
    await run.close();
    // Nothing was worth telling but the lock of the dead process.
    expect(notices.filter((text) => text !== tookOver(child.pid))).toEqual([]);
    expect(notices.length).toBeLessThanOrEqual(1);
  }
  return seen;
}

/** Kills as many writers, half of them as they begin and half once they have the folder; expects whole blocks. */
export async function expectKillsHarmless(program: string, kills: number): Promise<void> {
  const moments = stream(4, 'kills').uniforms(kills);
  const folders = [await temporaryFolder({}), await temporaryFolder({})] as const;
  const [, seen] = await Promise.all([
    killAndCheck(program, folders[0], moments.subarray(0, kills / 2), 'begin'),
    killAndCheck(program, folders[1], moments.subarray(kills / 2), 'open'),
  ]);
  expect(seen).toBeGreaterThan(0);
}
