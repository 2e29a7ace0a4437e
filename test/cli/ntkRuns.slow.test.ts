/** `nexort ntk` of kernels larger than its memory, interrupted and started again. */

import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../src/numeric/index.ts';
import { decodeTensors } from '../../src/runs/tensors/index.ts';
import { readNpz } from '../support/npz.ts';
import { BuiltNexort } from './builtNexort.ts';

/** Both kernels of so many inputs take 16 N² bytes: 400 MB. */
const INPUTS = 5000;
const MEMORY = 320;
const SPEC = [
  'serial',
  {
    layers: [
      ['Dense', { out_dim: 8 }],
      ['Relu', {}],
      ['Dense', { out_dim: 1 }],
    ],
  },
];
const NUMBERS = 4;
/** Inputs whose kernels are computed by themselves too, and what is rounded otherwise then. */
const [FEW, ROUNDING] = [40, 1e-13];
const MEBIBYTE = 2 ** 20;

let built: BuiltNexort;
let folder: string;
beforeAll(async () => {
  built = await BuiltNexort.build();
  const data = stream(1, 'inputs').normals(NUMBERS * INPUTS);
  const rows = Array.from({ length: INPUTS }, (_, k) => data.subarray(NUMBERS * k, NUMBERS * (k + 1)).join(','));
  folder = await mkdtemp(join(tmpdir(), 'nexort-ntk-'));
  await writeFile(path('net.json'), JSON.stringify(SPEC));
  await writeFile(path('x.csv'), rows.join('\n'));
  await writeFile(path('few.csv'), rows.slice(0, FEW).join('\n'));
});
afterAll(() => rm(folder, { recursive: true }));

const path = (name: string): string => join(folder, name);
const command = (out: string): readonly string[] => [
  ...['ntk', path('net.json'), '--x1', path('x.csv'), '--out', path(out)],
  ...['--memory', `${MEMORY}MB`],
];

/** Blocks of a run that are there. */
async function blocksOf(out: string): Promise<number> {
  const entries = await readdir(path(`${out}.run`), { recursive: true }).catch(() => []);
  return entries.filter((name) => name.endsWith('.block')).length;
}

/** The most that a process has held, read again and again while it lives. */
async function peakOf(pid: number, isOver: () => boolean): Promise<number> {
  let peak = 0;
  while (!isOver()) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    peak = Math.max(peak, Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0));
    await sleep(20);
  }
  return 1024 * peak;
}

/** Interrupts a run once it has made some blocks; false where it ended before. */
async function interrupt(signal: 'SIGINT' | 'SIGTERM', out: string, blocks: number): Promise<boolean> {
  const before = await blocksOf(out);
  const run = built.start(...command(out));
  let isOver = false;
  const ended = run.ended.finally(() => {
    isOver = true;
  });
  while (!isOver && (await blocksOf(out)) < before + blocks) await sleep(20);
  run.kill(signal);
  const { code, stderr } = await ended;
  if (code === 0) return false;
  expect(code).toBe(signal === 'SIGINT' ? 130 : 143);
  expect(stderr).toContain('Interrupted. Everything computed so far is kept: start the same command again to go on.');
  expect(await readdir(path(`${out}.run`))).not.toContain('lock');
  return true;
}

describe('kernels larger than the memory', () => {
  it('are written within it, and after more interruptions in the same bytes', async (context) => {
    if (process.platform !== 'linux') context.skip('the peak of another process is read from /proc');
    // How they are cut follows the pace of the machine at the first start; both go on with the same plan.
    expect(await interrupt('SIGINT', 'first.npz', 2)).toBe(true);
    await cp(path('first.npz.run'), path('second.npz.run'), { recursive: true });

    const run = built.start(...command('first.npz'));
    let isOver = false;
    const ended = run.ended.finally(() => {
      isOver = true;
    });
    const peak = await peakOf(run.pid, () => isOver);
    expect(await ended).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^going on with the run that '.*' holds/),
    });
    expect(peak).toBeGreaterThan(50 * MEBIBYTE);
    expect(peak).toBeLessThan(MEMORY * MEBIBYTE);

    expect(await interrupt('SIGTERM', 'second.npz', 2)).toBe(true);
    await interrupt('SIGINT', 'second.npz', 4);
    expect((await built.run(...command('second.npz'))).code).toBe(0);
    expect(Buffer.compare(await readFile(path('second.npz')), await readFile(path('first.npz')))).toBe(0);
    expect((await readdir(folder)).filter((name) => name.endsWith('.run'))).toEqual([]);
  });

  it('hold what a smaller run finds', async () => {
    const out = path('few.safetensors');
    expect(await built.run('ntk', path('net.json'), '--x1', path('few.csv'), '--out', out)).toMatchObject({ code: 0 });
    const expected = decodeTensors(await readFile(out));
    const whole = readNpz(path('first.npz'));
    for (const which of ['nngp', 'ntk']) {
      const data = whole.get(which)?.data ?? expect.fail(which);
      for (let row = 0; row < FEW; row++) {
        for (let column = 0; column < FEW; column++) {
          const value = Number(data[row * INPUTS + column]);
          expect(Math.abs(value - Number(expected[which]?.data[row * FEW + column]))).toBeLessThan(ROUNDING);
          expect(data[column * INPUTS + row]).toBe(value);
        }
      }
    }
  });
});
