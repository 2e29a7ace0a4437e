/** Commands that write, on a file system that is read-only: told in one line before the work, by a fault and by a real one. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { nodeFiles } from '../../src/runs/index.ts';
import { systemError } from '../runs/memoryFiles.ts';
import { temporaryFolder } from '../support/folders.ts';
import { BuiltNexort, canMountReadOnly } from './builtNexort.ts';
import { type Ended, nexort } from './nexort.ts';
import { writeTinyModel } from './tinyModel.ts';

const EXAMPLES = resolve(import.meta.dirname, '../../examples');
const PROGRAM = join(EXAMPLES, 'programs/rademacher.nex');
const KERNEL = ['kernel', '--k', '2', '--seeds', '1', '--limit', '2', '--threads', '1'];
const TRAIN = ['train', '--steps', '2', '--width', '8', '--threads', '1'];
const SWEEP = ['transfer', '--widths', '8,16', '--rates', '2^-7..2^-5', '--steps', '2', '--seeds', '1'];
const OWN = ['kernel', join(EXAMPLES, 'own-task/tickets.csv'), '--label', 'topic', '--text', 'message'];

/** Every command that writes, with each option that says where. */
const WRITING: readonly (readonly [args: readonly string[], option: string, file: string])[] = [
  [KERNEL, '--out', 'run'],
  [[...OWN, '--k', '2', '--seeds', '1'], '--out', 'run'],
  [TRAIN, '--out', 'run'],
  [TRAIN, '--plot', 'figure.svg'],
  [SWEEP, '--out', 'run'],
  [SWEEP, '--plot', 'figure.svg'],
  [SWEEP, '--report', 'page.html'],
  [['coord'], '--plot', 'figure.svg'],
  [['coord'], '--report', 'page.html'],
  [['classify', '--parametrization', 'mup'], '--plot', 'figure.svg'],
  [['check', PROGRAM], '--plot', 'figure.svg'],
  [['ntk', join(EXAMPLES, 'networks/mlp.json')], '--out', 'kernels.npz'],
];

/** One of each kind: these are processes. */
const REAL = [0, 3, 6, 11].flatMap((k) => WRITING.slice(k, k + 1));

/** One line that says what cannot be written, why, and what to do; nothing is done before. */
function expectTold({ code, stdout, stderr }: Ended, path: string): void {
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^error: .*\n$/);
  expect(stderr).toContain(`'${path}' `);
  expect(stderr).toMatch(
    / could not be written: the file system is read-only \(EROFS\)\. Make it writable, | cannot be written: the file system is read-only\. Give another file with --/,
  );
  expect(stderr).not.toMatch(/removed|EROFS:/);
}

describe('a disk that says it is read-only', () => {
  afterEach(() => vi.restoreAllMocks());

  it.each(WRITING)('is told by %j %s %s, nothing made', async (args, option, file) => {
    const folder = await temporaryFolder({});
    for (const change of ['create', 'makeFolder', 'rename', 'removeFile', 'removeFolder'] as const) {
      vi.spyOn(nodeFiles, change).mockRejectedValue(systemError('EROFS'));
    }
    for (const path of [join(folder, file), join(folder, 'new', file)]) {
      expectTold(await nexort(...args, option, path), path);
    }
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe.skipIf(!canMountReadOnly())('a disk that is read-only (skipped where none can be mounted so)', () => {
  it.each(REAL)('is told by %j %s %s', async (args, option, file) => {
    const [built, folder] = [await BuiltNexort.build(), await temporaryFolder({})];
    const path = join(folder, 'new', file);
    expectTold(await built.runWhereReadOnly(folder, ...args, option, path), path);
  });

  it('is told of a finished run that lies there, which stays as it is, and can be predicted from', async () => {
    const [built, folder] = [await BuiltNexort.build(), await temporaryFolder({})];
    const run = join(folder, 'run');
    await writeTinyModel(join(folder, 'model'), 1, 1);
    const args = [...KERNEL, '--model', join(folder, 'model'), '--out', run];
    expect(await nexort(...args)).toMatchObject({ code: 0 });
    const before = readFileSync(join(run, 'run.json'), 'utf8');
    expectTold(await built.runWhereReadOnly(folder, ...args), join(run, 'lock'));
    expect(readFileSync(join(run, 'run.json'), 'utf8')).toBe(before);
    expect(await built.runWhereReadOnly(folder, 'predict', run, '--text', 'a good one')).toMatchObject({ code: 0 });
  });
});
