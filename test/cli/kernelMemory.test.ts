/** `nexort kernel` within its memory: what it forecasts, what it takes, and what it refuses; all parameters, three classes and begun runs are in the slow suite. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { BuiltNexort } from './builtNexort.ts';
import { expectLeastSuffices, expectNearForecast } from './memoryRuns.ts';
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
});
