/** `nexort kernel` within its memory: what it forecasts, what it takes, and what it refuses; all parameters and three classes are in the slow suite. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BuiltNexort } from './builtNexort.ts';
import { expectLeastSuffices, expectNearForecast } from './memoryRuns.ts';
import { outcome, reopen, treeOf } from './runFolders.ts';
import { writeTinyModel } from './tinyModel.ts';

let built: BuiltNexort;
let root: string;

const tiny = (out: string, ...more: readonly string[]): readonly string[] => [
  ...['kernel', '--model', join(root, 'model'), '--k', '8', '--seeds', '13', '--limit', '200', '--threads', '2'],
  ...['--out', join(root, out), ...more],
];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nexort-memory-'));
  built = await BuiltNexort.build();
  await writeTinyModel(join(root, 'model'), 1);
});

afterAll(async () => {
  await rm(root, { recursive: true });
});

describe('the peak of a run stays near its forecast', () => {
  test('a choice of parameters', async () => {
    const size = ['--limit', '100', '--seeds', '13', '--k', '4'];
    await expectNearForecast(built, 'kernel', ...size, '--params', 'biases', '--out', join(root, 'biases'));
  });
});

describe('--memory', () => {
  test('too small is refused with the minimum, which suffices: two classes', () =>
    expectLeastSuffices(built, join(root, 'two classes'), tiny('two classes')));

  test('below what a begun run was planned for is refused; its threads stay, and it says so', async () => {
    const folder = join(root, 'begun');
    expect(await built.run(...tiny('begun'))).toMatchObject({ code: 0 });
    const expected = await outcome(folder);
    await reopen(folder);
    const before = await treeOf(folder);
    const refused = await built.run(...tiny('begun', '--memory', '200MB'));
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /^error: --memory 0\.19GB is too small to go on with the run in '.*\/begun': its plan, fixed at its first start, needs 0\.\dGB\. Give that much, or another folder \(--out\) to plan it anew\.\n$/,
    );
    expect(await treeOf(folder)).toEqual(before);
    const { code, stderr } = await built.run(...tiny('begun', '--threads', '1'));
    expect(code).toBe(0);
    expect(stderr).toContain('The run goes on with 2 threads, as it was begun.\n');
    expect(await outcome(folder)).toEqual(expected);
  });
});
