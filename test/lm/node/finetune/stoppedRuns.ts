/** Tests of a run of fine-tunings that stops at some of its writes, and goes on to the same bytes. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeFiles } from '../../../../src/runs/files.ts';
import { writeTinyModel } from '../../../cli/tinyModel.ts';
import { failureOf } from '../../../support/failure.ts';
import { disk } from '../run/fullDisk.ts';
import { tinyRun, whatIsSame } from './tinyRuns.ts';

/** The disk takes these shares of what a run writes. */
export function testStopping(shares: readonly number[]): void {
  let root: string;
  let model: string;
  let undisturbed: Awaited<ReturnType<typeof whatIsSame>>;
  let writes: number;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'nexort-finetune-'));
    model = join(root, 'model');
    await writeTinyModel(model, 1, 2);
    const whole = disk(Number.POSITIVE_INFINITY);
    const folder = join(root, 'undisturbed');
    undisturbed = await whatIsSame(folder, await tinyRun(model, folder, { files: whole }).result());
    writes = whole.written();
  });
  afterAll(() => rm(root, { recursive: true }));

  test('a run keeps each training, and the weights of the best', () => {
    expect(Object.keys(undisturbed.files)).toEqual([
      'blocks/draw-13/batch-4-rate-0.001/result.block',
      'blocks/draw-13/batch-4-rate-0.01/result.block',
      'blocks/draw-13/weights.block',
    ]);
    const { grid, draws, learningRate, optimum } = undisturbed.found;
    expect(grid.map(({ rate, batch, finished }) => [rate, batch, finished])).toEqual([
      [0.001, 4, 1],
      [0.01, 4, 1],
    ]);
    expect(draws[0]?.rate).toBe(learningRate);
    expect(optimum).toBe(learningRate === 0.01 ? 'largest' : 'least');
  });

  test.each(shares)('stopped after %f of its writes goes on to the same bytes', async (share) => {
    const folder = join(root, `stopped-${share}`);
    const stopped = tinyRun(model, folder, { files: disk(Math.floor(share * writes)) });
    expect(await failureOf(stopped.result)).toMatchObject({ code: 'runs.write-failed' });
    const again = await tinyRun(model, folder, { files: nodeFiles }).result();
    expect(await whatIsSame(folder, again)).toEqual(undisturbed);
  });
}
