/** LoRA's kernel at its start beside the full one: against the kernels of both nets, and its distance against its law. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import type { Encoded } from '../../../src/lm/kernel/batches.ts';
import { empiricalKernel } from '../../../src/lm/kernel/empiricalKernel.ts';
import { everyClass, logitDifference, type OutputWeights } from '../../../src/lm/kernel/outputs.ts';
import { selectParameters } from '../../../src/lm/kernel/selection.ts';
import { freshLora } from '../../../src/lm/lora/freshLora.ts';
import { type LoraDistance, loraDistance } from '../../../src/lm/lora/loraDistance.ts';
import { type LoadedLanguageModel, loadLanguageModel } from '../../../src/lm/model/checkpoint.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { stream } from '../../../src/numeric/index.ts';
import { indexTensor, type Tensors } from '../../../src/program/index.ts';
import { writeTinyModel } from '../../cli/tinyModel.ts';
import { failureOf } from '../../support/failure.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(async () => {
  await engine.release();
  await rm(folder, { recursive: true, force: true });
});

/** Of two lengths after padding. */
const examples: readonly Encoded[] = [5, 3, 8, 6].map((length, k) => {
  const ids = [...stream(4, `example ${k}`).uniforms(length)].map((u) => Math.floor(u * 8192));
  return { ids, place: (2 * k + 1) % length };
});
const train = examples.map((_, k) => k);

let folder: string;
let model: LoadedLanguageModel;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nexort-'));
  await writeTinyModel(folder, 3, 2);
  model = await loadLanguageModel(checkpointFolder(folder), () => words(2));
});

const words = (classes: number) => ({ kind: 'words', classes, untie: false }) as const;
const headOf = (classes: number): Tensors => ({
  labels: indexTensor(['class'], [classes], [40, 70, 110].slice(0, classes)),
});

async function measured(targets: readonly string[], ranks: readonly number[] | undefined, seeds: readonly number[]) {
  return loraDistance({
    ...{ engine, model, examples, targets, seeds },
    ...(ranks === undefined ? {} : { ranks }),
    outputs: logitDifference,
    head: headOf(2),
  });
}

const squares = (values: ArrayLike<number>): number =>
  Array.from(values, (value) => value ** 2).reduce((sum, value) => sum + value, 0);

describe.each<[string, readonly string[], OutputWeights, number]>([
  ['query and value, two classes', ['query', 'value'], logitDifference, 2],
  ['output and key, three classes', ['key', 'output'], everyClass(3), 3],
])('%s', (_, targets, outputs, classes) => {
  test('the distance of one draw is that of the two kernels', async () => {
    const [rank, alpha, seed] = [3, 5, 11];
    const head = headOf(classes);
    const net = await loadLanguageModel(checkpointFolder(folder), () => words(classes));
    const changed = await loadLanguageModel(
      checkpointFolder(folder),
      () => words(classes),
      freshLora({ rank, alpha, targets, seed }),
    );
    const subject = { engine, examples, train, outputs, head };
    const suffixes: Readonly<Record<string, string>> = { output: 'attention.output.dense' };
    const patterns = targets.map((target) => `*${suffixes[target] ?? target}.weight`);
    const full = await empiricalKernel({ ...subject, model: net, selected: selectParameters(`match:${patterns}`) });
    const lora = await empiricalKernel({ ...subject, model: changed, selected: selectParameters('lora') });
    // Var A = 1/(3 · 32).
    const factor = 1 / ((alpha / rank) ** 2 * rank * (1 / 96));
    const difference = full.kernel.map((value, k) => factor * (lora.kernel[k] ?? Number.NaN) - value);
    const expected = Math.sqrt(squares(difference) / squares(full.kernel));
    const found = await loraDistance({
      engine,
      model: net,
      examples,
      outputs,
      head,
      targets,
      ranks: [rank],
      seeds: [seed],
    });
    expect(found.matrices.toSorted()).toEqual(full.parameters.toSorted());
    expect(found.parameterCount).toBe(full.parameterCount);
    expect(found.ranks[0]?.distances[0]).toBeCloseTo(expected, 4);
    expect(expected).toBeGreaterThan(0.05);
  });
});

describe('over many draws', () => {
  let found: LoraDistance;
  beforeAll(async () => {
    found = await measured(
      ['query', 'value'],
      [1, 4, 16],
      Array.from({ length: 60 }, (_, k) => k),
    );
  });

  test('the mean square is the predicted one, and falls as 1/rank', () => {
    for (const { rank, distance, standardError = Number.NaN, predicted } of found.ranks) {
      expect(Math.abs(distance - predicted), `rank ${rank}`).toBeLessThan(4 * standardError);
      expect(standardError / predicted).toBeLessThan(0.15);
    }
    const [one, four] = found.ranks;
    expect((one?.predicted ?? 0) / (four?.predicted ?? 1)).toBeCloseTo(2, 12);
  });

  test('the slope is −1/2', () => {
    const { value = Number.NaN, interval = [0, 0] } = found.slope ?? {};
    // Errors of a tenth at both ends of a range of 2.8 units.
    expect(Math.abs(value + 0.5)).toBeLessThan(0.15);
    expect(interval[0]).toBeLessThan(value);
    expect(interval[1]).toBeGreaterThan(value);
  });
});

test('a single draw has no error, and no slope comes of it', async () => {
  const { ranks, slope } = await measured(['value'], undefined, [0]);
  expect(slope).toBeUndefined();
  expect(ranks.map(({ rank }) => rank)).toEqual([1, 2, 4, 8, 16, 32]);
  expect(ranks.every(({ standardError }) => standardError === undefined)).toBe(true);
});

test('a rank above the width', async () => {
  const error = await failureOf(() => measured(['query', 'feed-forward'], [8, 33], [0]));
  expect(error).toMatchObject({ code: 'lm.rank-above-width' });
  expect(error.message).toBe(
    '--ranks has 33; expected at most 32, the smaller side of the matrices that --lora-targets names in this model. Leave it out.',
  );
});
