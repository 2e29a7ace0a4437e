/** `nexort kernel` within its memory: what it forecasts, what it takes, and what it refuses. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BuiltNexort } from './builtNexort.ts';
import { filesOf, outcome, reopen, treeOf } from './runFolders.ts';
import { writeTinyModel } from './tinyModel.ts';

const OWN_TASK = resolve(import.meta.dirname, '../../examples/own-task/task.json');
/** The most that a run may take of memory, as a multiple of its forecast. */
const TOLERANCE = 1.25;
const GIB = 2 ** 30;

let built: BuiltNexort;
let root: string;

/** What a run says of its memory. */
interface Cost {
  readonly peakBytes: number;
  readonly forecastBytes: number;
}

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

async function costOf(...command: readonly string[]): Promise<Cost> {
  const { code, stdout } = await built.run(...command, '--json');
  expect(code).toBe(0);
  return JSON.parse(stdout) as Cost; // our own output
}

describe('the peak of a run stays near its forecast', () => {
  test.each([
    ['a choice of parameters', ['--limit', '100', '--seeds', '13', '--k', '4', '--params', 'biases']],
    ['all parameters', ['--limit', '100', '--seeds', '13', '--k', '4']],
    ['several classes', [OWN_TASK, '--k', '8', '--seeds', '13']],
  ])('%s', async (name, more) => {
    const { peakBytes, forecastBytes } = await costOf('kernel', ...more, '--out', join(root, name));
    expect(peakBytes / forecastBytes).toBeLessThanOrEqual(TOLERANCE);
  });
});

describe('--memory', () => {
  test.each([
    ['two classes', (out: string) => tiny(out)],
    ['three classes', (out: string) => ['kernel', OWN_TASK, '--k', '8', '--seeds', '13', '--out', join(root, out)]],
  ])('too small is refused with the minimum, which suffices: %s', async (name, command) => {
    const refused = await built.run(...command(name), '--memory', '100MB');
    expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 2, stdout: '' });
    const [, least] =
      /^error: --memory 0\.09GB is too small for this run, which needs about (\d\.\dGB) at least\. Give that much/.exec(
        refused.stderr,
      ) ?? expect.fail(refused.stderr);
    expect(await filesOf(join(root, name))).toEqual([]);
    const { peakBytes, forecastBytes } = await costOf(...command(name), '--memory', least ?? '');
    expect(peakBytes / GIB).toBeLessThanOrEqual(Number.parseFloat(least ?? ''));
    expect(peakBytes / forecastBytes).toBeLessThanOrEqual(TOLERANCE);
  });

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
