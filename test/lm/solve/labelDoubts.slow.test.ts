/** How well doubts find labels that were turned in the embedded task, by the embedded model. */

import { afterAll, expect, test } from 'vitest';
import { required } from '../../../src/errors/index.ts';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { findTask } from '../../../src/lm/data/tasks.ts';
import { empiricalKernel } from '../../../src/lm/kernel/empiricalKernel.ts';
import { outputsOf } from '../../../src/lm/kernel/outputs.ts';
import { openLanguageModel } from '../../../src/lm/model/checkpoint.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { kernelInputs } from '../../../src/lm/node/run/readInputs.ts';
import { initialOutputs } from '../../../src/lm/run/kernelScores.ts';
import { fitPredictor } from '../../../src/lm/solve/fitPredictor.ts';
import { labelDoubts } from '../../../src/lm/solve/labelDoubts.ts';
import { kernelColumns, kernelRows } from '../../../src/lm/solve/solvers.ts';
import { indexTensor } from '../../../src/program/index.ts';
import { areaUnderCurve, turned } from './plantedNoise.ts';

const MODEL = new URL('../../../models/tiny-mlm', import.meta.url).pathname;
const [TURNED, TRIALS] = [4, 8];
/** Chance and four standard deviations of the mean over trials, each √(33 / (12 · 4 · 28)) for 4 labels among 32. */
const CHANCE = 0.5 + 4 * Math.sqrt(33 / (12 * TURNED * 28) / (3 * TRIALS));

const engine = nodeEngine({ threads: 2 });
afterAll(() => engine.release());

test('finds labels of afinn that were turned', async () => {
  const task = findTask('afinn');
  const inputs = await kernelInputs({ task, model: MODEL, shots: 16, seeds: [13, 21, 42], limit: 1 });
  const model = await openLanguageModel(checkpointFolder(MODEL), () => ({ kind: 'words', classes: 2, untie: false }));
  const found = await empiricalKernel({
    engine,
    model,
    examples: inputs.encoded.slice(0, inputs.train),
    train: Array.from({ length: inputs.train }, (_, k) => k),
    outputs: outputsOf(2),
    head: { labels: indexTensor(['class'], [2], inputs.labelIds) },
  });
  await model.close();
  const areas = inputs.data.draws.flatMap(({ train }) => {
    const positions = train.map((example) => required(inputs.positions.get(example), 'position of an example'));
    const labels = train.map(({ label }) => task.labels.findIndex(({ name }) => name === label));
    const split = {
      rows: kernelColumns(kernelRows(found.kernel, inputs.train, 1, positions), 1, positions),
      initial: initialOutputs(found.logits, 2, 1, positions),
    };
    return Array.from({ length: TRIALS }, (_, seed) => {
      const { noisy, flipped } = turned(labels, 2, TURNED, seed);
      const noisySplit = { ...split, classes: noisy };
      const solver = { method: 'least-squares', ridge: 0.01, initialScale: null } as const;
      const fit = fitPredictor({ train: noisySplit, outputs: 1, solver });
      return areaUnderCurve(labelDoubts(fit, noisySplit).doubts, flipped);
    });
  });
  // 0.75, as docs/explaining.md has it.
  expect(areas.reduce((sum, area) => sum + area, 0) / areas.length).toBeGreaterThan(CHANCE);
});
