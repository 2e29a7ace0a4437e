/** Fine-tuned models as folders: what is read of them is, bit for bit, what was written. */

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../../../src/finite/node/index.ts';
import { findTask } from '../../../../src/lm/data/tasks.ts';
import { engineTrainer } from '../../../../src/lm/finetune/fineTune.ts';
import { FINE_TUNED_FORMAT } from '../../../../src/lm/finetune/fineTunedModel.ts';
import { textLogits } from '../../../../src/lm/finetune/textLogits.ts';
import type { AdapterChoice } from '../../../../src/lm/lora/adapter.ts';
import { freshLora } from '../../../../src/lm/lora/freshLora.ts';
import { savedAdapter } from '../../../../src/lm/lora/savedAdapter.ts';
import { type LoadedLanguageModel, loadLanguageModel, type Weights } from '../../../../src/lm/model/checkpoint.ts';
import { checkpointNotes } from '../../../../src/lm/model/checkpointUse.ts';
import { saveAdapter, saveModel } from '../../../../src/lm/node/finetune/saveModel.ts';
import { checkpointFolder } from '../../../../src/lm/node/model/checkpointFolder.ts';
import { headFeeds, headOf, headWeights, type Setting } from '../../../../src/lm/run/setting.ts';
import { stream } from '../../../../src/numeric/index.ts';
import { writeTinyModel } from '../../../cli/tinyModel.ts';
import { describeWithShared, sharedPath } from '../../../support/shared.ts';

const engine = nodeEngine({ threads: 1 });
let root: string;
let tiny: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nexort-saved-'));
  tiny = join(root, 'tiny');
  await writeTinyModel(tiny, 1, 2);
});
afterAll(async () => {
  await engine.release();
  await rm(root, { recursive: true });
});

const task = findTask('sst-2');

interface Given {
  readonly base: string;
  readonly setting?: Setting;
  readonly untie?: boolean;
  readonly adapter?: AdapterChoice;
}

type Case = readonly [string, () => Given, RegExp];

const ofRoberta = (base: string): Case[] => [
  ['of RoBERTa, all parameters', () => ({ base }), /./],
  ['of RoBERTa, with a decoder of its own', () => ({ base, untie: true }), /./],
  ['of RoBERTa, with a fresh head', () => ({ base, setting: { kind: 'cls-random', seed: 1 } }), /./],
];

/** A model as it would be trained, with other numbers in some of its parameters. */
async function trained({ base, setting = { kind: 'prompt' }, untie = false, adapter }: Given, pattern: RegExp) {
  const head = headOf(setting, 2, untie);
  const model = await loadLanguageModel(checkpointFolder(base), () => head, adapter, headWeights(setting));
  const weights: Weights = Object.fromEntries(
    Object.entries(model.weights)
      .filter(([name]) => pattern.test(name))
      .map(([name, { axes, shape, data }]) => {
        const normals = stream(9, name).normals(data.length);
        return [name, { axes, shape, data: Float32Array.from(data, (value, k) => value + 0.1 * (normals[k] ?? 0)) }];
      }),
  );
  const folder = join(root, `saved-${base.length}-${setting.kind}-${untie}-${pattern.source.length}`);
  const told = { format: FINE_TUNED_FORMAT, nexort: '1.0.0', task, setting, untie, seed: 13 } as const;
  const point = { optimizer: 'adam', rate: 1e-3, batch: 4, best: { step: 10, loss: 0.5, score: 0.75 } };
  return { model, weights, folder, options: { base, model, weights, told: { ...told, ...point } } };
}

const texts = [
  { ids: [2, 30, 31, 32, 4, 3], place: 4 },
  { ids: [2, 40, 4, 3], place: 2 },
];

function logitsOf({ net, config, weights }: LoadedLanguageModel, changed: Weights = {}): Promise<Float64Array> {
  const head = net.parameters.some(({ name }) => name.startsWith('classifier')) ? {} : headFeeds([50, 60]);
  const subject = { examples: texts, head, rule: config };
  return textLogits(net, { ...weights, ...changed }, subject, [0, 1], engineTrainer(engine).run);
}

describe('a saved model', () => {
  const roberta = sharedPath('reference/lm/tiny_roberta');
  const given: Case[] = [
    ['of BERT, all parameters', () => ({ base: tiny }), /./],
    ['of BERT, biases alone', () => ({ base: tiny }), /bias$/],
    ['of BERT, with a decoder of its own', () => ({ base: tiny, untie: true }), /./],
    ['of BERT, with a fresh head', () => ({ base: tiny, setting: { kind: 'cls-random', seed: 1 } }), /./],
    ['of BERT, with a probe', () => ({ base: tiny, setting: { kind: 'cls-probe' } }), /classifier/],
    ...(roberta === undefined ? [] : ofRoberta(roberta)),
  ];

  test.each(given)('%s', async (_, of, pattern) => {
    const { model, weights, folder, options } = await trained(of(), pattern);
    await saveModel(folder, options);
    // As any checkpoint is read: nothing is told but the kind of its head.
    const again = await loadLanguageModel(checkpointFolder(folder), () => headOf(options.told.setting, 2, false));
    expect(checkpointNotes(again.use)).toEqual([]);
    expect(await logitsOf(again)).toEqual(await logitsOf(model, weights));
    for (const [name, { data }] of Object.entries({ ...model.weights, ...weights })) {
      const other = name.endsWith('bias') && again.weights[name] === undefined ? nameOfBias(name) : name;
      const found = Buffer.from(again.weights[other]?.data.buffer ?? new ArrayBuffer(0));
      expect(found.equals(Buffer.from(data.buffer)), name).toBe(true);
    }
  });

  /** An untied decoder adds a bias of its own name. */
  const nameOfBias = (name: string): string =>
    name === 'lm_head.bias' ? 'lm_head.decoder.bias' : 'cls.predictions.decoder.bias';

  test('has the files of its tokenizer, and what nexort predict needs', async () => {
    const { folder, options } = await trained({ base: tiny }, /LayerNorm/);
    await saveModel(folder, options);
    expect(await readdir(folder)).toEqual(['config.json', 'model.safetensors', 'nexort.json', 'tokenizer.json']);
    expect(JSON.parse(await readFile(join(folder, 'nexort.json'), 'utf8'))).toEqual(options.told);
    const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>;
    expect(config).toMatchObject({ architectures: ['BertForMaskedLM'], dtype: 'float32', hidden_size: 32 });
  });
});

describe('changes of low rank', () => {
  test.each([
    ['query', 'value'],
    ['query', 'output', 'feed-forward'],
  ])('of %s, %s are written as peft has them, and into the matrices', async (...targets) => {
    const adapter = freshLora({ rank: 3, alpha: 6, targets: targets.filter((name) => name !== undefined), seed: 1 });
    const { model, weights, folder, options } = await trained({ base: tiny, adapter }, /lora/);
    const changed = await logitsOf(model, weights);

    await saveAdapter(`${folder}-adapter`, options);
    const head = headOf({ kind: 'prompt' }, 2, false);
    const files = checkpointFolder(`${folder}-adapter`);
    const again = await loadLanguageModel(checkpointFolder(tiny), () => head, savedAdapter(files));
    expect(again.adapted).toEqual(model.adapted);
    expect(await logitsOf(again)).toEqual(changed);

    await saveModel(folder, options);
    const merged = await loadLanguageModel(checkpointFolder(folder), () => head);
    const logits = await logitsOf(merged);
    // Rounded once more, in f32.
    for (const [k, logit] of logits.entries()) expect(logit).toBeCloseTo(changed[k] ?? Number.NaN, 5);
  });
});

describeWithShared('layers that checkpoints store turned', 'reference/lm-models/gpt2', (base) => {
  test('have their changes of low rank as peft has them, and in the matrices', async () => {
    const adapter = freshLora({ rank: 3, alpha: 6, targets: ['query', 'output', 'feed-forward'], seed: 1 });
    const { model, weights, folder, options } = await trained({ base, adapter }, /lora/);
    const changed = await logitsOf(model, weights);
    expect(changed).not.toEqual(await logitsOf(model));

    await saveAdapter(`${folder}-adapter`, options);
    const written = JSON.parse(await readFile(join(`${folder}-adapter`, 'adapter_config.json'), 'utf8')) as object;
    expect(written).toMatchObject({ fan_in_fan_out: true });
    const head = headOf({ kind: 'prompt' }, 2, false);
    const again = await loadLanguageModel(
      checkpointFolder(base),
      () => head,
      savedAdapter(checkpointFolder(`${folder}-adapter`)),
    );
    expect(await logitsOf(again)).toEqual(changed);

    await saveModel(folder, options);
    const logits = await logitsOf(await loadLanguageModel(checkpointFolder(folder), () => head));
    for (const [k, logit] of logits.entries()) expect(logit).toBeCloseTo(changed[k] ?? Number.NaN, 4);
  });
});
