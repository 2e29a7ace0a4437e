/** A run of the kernel regime that stops at many of its writes goes on to the same bytes. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeFiles } from '../../../../src/runs/files.ts';
import { writeTinyModel } from '../../../cli/tinyModel.ts';
import { failureOf } from '../../../support/failure.ts';
import { disk } from '../run/fullDisk.ts';
import { optimizerAt, tinyRegime, whatIsSame } from './tinyRegimes.ts';

let root: string;
let model: string;
let undisturbed: Awaited<ReturnType<typeof whatIsSame>>;
let writes: number;
const both = { optimizers: [optimizerAt('sgd', 1e-3), optimizerAt('adam', 1e-4)] };
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nexort-regime-'));
  model = join(root, 'model');
  await writeTinyModel(model, 1, 2);
  const whole = disk(Number.POSITIVE_INFINITY);
  const folder = join(root, 'undisturbed');
  undisturbed = await whatIsSame(folder, await tinyRegime(model, folder, { ...both, files: whole }).result());
  writes = whole.written();
});
afterAll(() => rm(root, { recursive: true }));

test.each([0.05, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97])('stopped after %f of its writes', async (share) => {
  const folder = join(root, `stopped-${share}`);
  const stopped = tinyRegime(model, folder, { ...both, files: disk(Math.floor(share * writes)) });
  expect(await failureOf(stopped.result)).toMatchObject({ code: 'runs.write-failed' });
  const again = await tinyRegime(model, folder, { ...both, files: nodeFiles }).result();
  expect(await whatIsSame(folder, again)).toEqual(undisturbed);
});
