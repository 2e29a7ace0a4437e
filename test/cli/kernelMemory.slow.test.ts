/** `nexort kernel` within its memory, with all parameters or three classes, and the embedded model. */

import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';
import { BuiltNexort } from './builtNexort.ts';
import { expectLeastSuffices, expectNearForecast, ownTask } from './memoryRuns.ts';
import { outcome, reopen, treeOf } from './runFolders.ts';
import { writeTinyModel } from './tinyModel.ts';

let built: BuiltNexort;
beforeAll(async () => {
  built = await BuiltNexort.build();
});

const newPath = async (): Promise<string> => join(await temporaryFolder({}), 'run');

describe('the peak of a run stays near its forecast', () => {
  test('all parameters', async () => {
    const size = ['--limit', '100', '--seeds', '13', '--k', '4'];
    await expectNearForecast(built, 'kernel', ...size, '--out', await newPath());
  });

  test('several classes', async () => {
    await expectNearForecast(built, ...ownTask(await newPath()));
  });
});

describe('--memory', () => {
  test('too small is refused with the minimum, which suffices: three classes', async () => {
    const folder = await newPath();
    await expectLeastSuffices(built, folder, ownTask(folder));
  });

  test('below what a begun run was planned for is refused; its threads stay, and it says so', async () => {
    const root = await temporaryFolder({});
    await writeTinyModel(join(root, 'model'), 1);
    const folder = join(root, 'begun');
    const begun = (...more: readonly string[]): readonly string[] => [
      ...['kernel', '--model', join(root, 'model'), '--k', '8', '--seeds', '13', '--limit', '200', '--threads', '2'],
      ...['--out', folder, ...more],
    ];
    expect(await built.run(...begun())).toMatchObject({ code: 0 });
    const expected = await outcome(folder);
    await reopen(folder);
    const before = await treeOf(folder);
    const refused = await built.run(...begun('--memory', '200MB'));
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /^error: --memory 0\.19GB is too small to go on with the run in '.*\/begun': its plan, fixed at its first start, needs 0\.\dGB\. Give that much, or another folder \(--out\) to plan it anew\.\n$/,
    );
    expect(await treeOf(folder)).toEqual(before);
    const { code, stderr } = await built.run(...begun('--threads', '1'));
    expect(code).toBe(0);
    expect(stderr).toContain('The run goes on with 2 threads, as it was begun.\n');
    expect(await outcome(folder)).toEqual(expected);
  });
});
