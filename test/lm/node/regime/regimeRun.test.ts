/** A run of the kernel regime: what it keeps; that one that stops goes on to the same bytes is in the slow suite. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeFiles } from '../../../../src/runs/files.ts';
import { writeTinyModel } from '../../../cli/tinyModel.ts';
import { optimizerAt, tinyRegime, whatIsSame } from './tinyRegimes.ts';

let root: string;
let model: string;
let undisturbed: Awaited<ReturnType<typeof whatIsSame>>;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nexort-regime-'));
  model = join(root, 'model');
  await writeTinyModel(model, 1, 1);
  const folder = join(root, 'undisturbed');
  undisturbed = await whatIsSame(folder, await tinyRegime(model, folder, { files: nodeFiles }).result());
});
afterAll(() => rm(root, { recursive: true }));

test('a run keeps what it measured of every draw and optimizer, and the kernel’s own run', () => {
  const blocks = Object.keys(undisturbed.files).filter((path) => path.startsWith('blocks/draw'));
  expect(blocks).toEqual(['blocks/draw-13/optimizer-1/measured.block']);
  expect(Object.keys(undisturbed.files)).toContain('kernel/kernels.npz');
  const { adam } = undisturbed.found.optimizers;
  expect(adam).toMatchObject({ learningRate: 1e-4, fixedFeatures: { kernel: 'a-signgd' } });
  expect(adam?.watched.map(({ step }) => step)).toEqual([3, 6]);
  // The last look is at the model that is judged, on as many examples as kernels are compared on.
  expect(adam?.watched.at(-1)?.frobenius).toBe(adam?.fixedFeatures?.frobenius.mean);
  expect(adam?.solution?.kernel?.values).toHaveLength(1);
  expect(adam?.solution?.linearTraining?.values).toHaveLength(1);
  expect(adam?.movement.map(({ group }) => group)).toEqual([
    ...['embeddings', 'block 1 attention', 'block 1 feed-forward', 'head'],
  ]);
  expect(adam?.fixedFeatures?.layers.map(({ layer }) => layer)).toEqual(['embeddings', 'block 1', 'head']);
});

test('a run that is done is shown again', async () => {
  const again = await tinyRegime(model, join(root, 'undisturbed')).result();
  expect(again.stored).toBe(true);
  expect((await whatIsSame(join(root, 'undisturbed'), again)).found).toEqual(undisturbed.found);
});

test('a training that diverges is told, and the verdict is open', async () => {
  const { notices, result } = tinyRegime(model, join(root, 'diverged'), {
    ...{ optimizers: [optimizerAt('sgd', 1e30)], solveKernel: false, trainLinear: false },
  });
  const found = await result();
  expect(found.verdict).toBe('undecided');
  expect(found.optimizers.sgd).toMatchObject({ linearization: null, draws: [{ status: 'diverged' }] });
  expect(notices.some((text) => /^sgd, draw 13: diverged at step \d+/.test(text))).toBe(true);
});
