/** What a finished run's folder is looked through for when its command is started again. */

import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nexort, nexortIn } from './nexort.ts';
import { writeTinyModel } from './tinyModel.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nexort-finished-'));
  await writeTinyModel(join(root, 'model'), 1);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const kernel = (...more: readonly string[]) =>
  nexort(
    ...['kernel', '--model', join(root, 'model'), '--k', '2', '--seeds', '13', '--limit', '10', '--threads', '1'],
    ...['--out', join(root, 'kernel'), '--json', ...more],
  );
const train = (...more: readonly string[]) =>
  nexort('train', '--width', '8', '--steps', '4', '--threads', '1', '--out', join(root, 'train'), '--json', ...more);

/** Changes a bit of the byte at a place, from the end where it is negative. */
async function flip(path: string, place: number): Promise<void> {
  const bytes = await readFile(path);
  const at = place < 0 ? bytes.length + place : place;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

describe('results of a finished nexort kernel', () => {
  const FAULTS: Readonly<Record<string, (path: string) => Promise<void>>> = {
    'cut short': (path) => truncate(path, 500),
    'with another byte': (path) => flip(path, 300),
    gone: (path) => rm(path),
  };

  it.each([
    { name: 'kernels.npz', fault: 'cut short' },
    { name: 'kernels.safetensors', fault: 'with another byte' },
    { name: 'kernels.safetensors', fault: 'gone' },
    { name: 'report.html', fault: 'with another byte' },
  ])('make it tell of $name $fault, and are made again', async ({ name, fault }) => {
    await kernel();
    const path = join(root, 'kernel', name);
    const before = await readFile(path);
    await FAULTS[fault]?.(path);
    const again = await kernel();
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).not.toHaveProperty('stored');
    if (fault !== 'gone') expect(again.stderr).toContain(`File '${name}' is not as it was written; it is made again.`);
    // The report has the time in it.
    if (name !== 'report.html') expect(await readFile(path)).toEqual(before);
    const third = await kernel();
    expect(JSON.parse(third.stdout)).toMatchObject({ stored: true });
    expect(third.stderr).toBe('');
  });
});

describe('the checkpoint of a finished nexort train', () => {
  const checkpoint = () => join(root, 'train/checkpoint.safetensors');

  it('is looked at wherever a byte of it has changed, and made again once it is removed', async () => {
    const first = JSON.parse((await train()).stdout);
    const bytes = await readFile(checkpoint());
    for (const place of [10, Math.floor(bytes.length / 2), -5]) {
      await flip(checkpoint(), place);
      const { code, stdout, stderr } = await train();
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(
        /^error: '.*checkpoint\.safetensors' is not a complete safetensors file of nexort: .*\. Delete it and compute it again\.\n$/,
      );
      await writeFile(checkpoint(), bytes);
    }
    expect((await train()).stderr).toMatch(/is finished; its result is shown/);
    await rm(checkpoint());
    const again = JSON.parse((await train()).stdout);
    expect(again.losses).toEqual(first.losses);
    expect(await readFile(checkpoint())).toEqual(bytes);
  });
});

describe('a folder', () => {
  it('of another command is told in one line', async () => {
    await kernel();
    const { code, stderr } = await nexort('train', '--width', '8', '--steps', '4', '--out', join(root, 'kernel'));
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `error: Run folder '${join(root, 'kernel')}' is one of nexort kernel, and this is nexort train; runs are not mixed. Give another folder (--out).\n`,
    });
  });

  it('is not made, nor those above it, where the plan of a run fails', async () => {
    const here = await mkdtemp(join(root, 'here-'));
    const { code } = await nexortIn(here, 'kernel', '--model', join(root, 'model'), '--memory', '1MB');
    expect({ code, made: await readdir(here) }).toEqual({ code: 2, made: [] });
  });
});
