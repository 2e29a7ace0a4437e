/** What tests of the memory of `nexort kernel` ask of its runs. */

import { resolve } from 'node:path';
import { expect } from 'vitest';
import type { BuiltNexort } from './builtNexort.ts';
import { filesOf } from './runFolders.ts';

/** The most that a run may take of memory, as a multiple of its forecast. */
const TOLERANCE = 1.25;
const GIB = 2 ** 30;

/** A task of three classes, with the embedded model. */
export const ownTask = (out: string): readonly string[] => [
  ...['kernel', resolve(import.meta.dirname, '../../examples/own-task/task.json')],
  ...['--k', '8', '--seeds', '13', '--out', out],
];

/** What a run says of its memory. */
interface Cost {
  readonly peakBytes: number;
  readonly forecastBytes: number;
}

/** That a run's peak is near its forecast; gives the peak, in bytes. */
export async function expectNearForecast(built: BuiltNexort, ...command: readonly string[]): Promise<number> {
  const { code, stdout } = await built.run(...command, '--json');
  expect(code).toBe(0);
  const { peakBytes, forecastBytes } = JSON.parse(stdout) as Cost; // our own output
  expect(peakBytes / forecastBytes).toBeLessThanOrEqual(TOLERANCE);
  return peakBytes;
}

/** That a run into this folder is refused too little memory, with the least, and that this suffices. */
export async function expectLeastSuffices(
  built: BuiltNexort,
  folder: string,
  command: readonly string[],
): Promise<void> {
  const refused = await built.run(...command, '--memory', '100MB');
  expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 2, stdout: '' });
  const [, least = ''] =
    /^error: --memory 0\.09GB is too small for this run, which needs about (\d\.\dGB) at least\. Give that much/.exec(
      refused.stderr,
    ) ?? expect.fail(refused.stderr);
  expect(await filesOf(folder)).toEqual([]);
  const peakBytes = await expectNearForecast(built, ...command, '--memory', least);
  expect(peakBytes / GIB).toBeLessThanOrEqual(Number.parseFloat(least));
}
