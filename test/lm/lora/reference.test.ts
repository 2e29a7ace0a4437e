/**
 * Kernels over LoRA's factors against the peers: `../shared/reference/lm-models` (peft 0.21, f64), at B = 0 and trained, and
 * `../shared/reference/lm` (LM-Kernel-FT with loralib, f64).
 */

import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import type { Encoded } from '../../../src/lm/kernel/batches.ts';
import { empiricalKernel } from '../../../src/lm/kernel/empiricalKernel.ts';
import type { EmpiricalKernel } from '../../../src/lm/kernel/kernelOptions.ts';
import { everyClass, logitDifference, type OutputWeights } from '../../../src/lm/kernel/outputs.ts';
import { selectParameters } from '../../../src/lm/kernel/selection.ts';
import { savedAdapter } from '../../../src/lm/lora/savedAdapter.ts';
import { loadLanguageModel } from '../../../src/lm/model/checkpoint.ts';
import { type CheckpointFiles, checkpointInMemory } from '../../../src/lm/model/checkpointFiles.ts';
import { openTensors } from '../../../src/lm/model/safetensors.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { indexTensor, type Tensors } from '../../../src/program/index.ts';
import { readNpz } from '../../support/npz.ts';
import { describeWithShared, sharedPath } from '../../support/shared.ts';
import { floats, safetensorsFile } from '../model/safetensorsFile.ts';

/** The bound asked of every SGD kernel; f32 products give about 1e-6. */
const RELATIVE_FROBENIUS = 1e-4;

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

const shared = (path: string): string => sharedPath(`reference/${path}`) ?? '';
const json = (path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(shared(path), 'utf8')) as Record<string, unknown>; // a known file

function relativeFrobenius(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  let [difference, whole] = [0, 0];
  for (let k = 0; k < expected.length; k++) {
    const value = expected[k] ?? Number.NaN;
    difference += (value - (actual[k] ?? Number.NaN)) ** 2;
    whole += value ** 2;
  }
  expect(whole).toBeGreaterThan(0);
  return Math.sqrt(difference / whole);
}

interface Subject {
  readonly base: CheckpointFiles;
  readonly adapter: CheckpointFiles;
  readonly untie: boolean;
  readonly examples: readonly Encoded[];
  readonly train: readonly number[];
  readonly labels: readonly number[];
  readonly outputs: OutputWeights;
}

async function kernelOver(subject: Subject, selection: string): Promise<EmpiricalKernel> {
  const { base, adapter, untie, labels, ...rest } = subject;
  const classes = labels.length;
  const model = await loadLanguageModel(base, () => ({ kind: 'words', classes, untie }), savedAdapter(adapter));
  const head: Tensors = { labels: indexTensor(['class'], [classes], labels) };
  return empiricalKernel({ engine, model, head, ...rest, selected: selectParameters(selection), selection });
}

/** Kernels that are compared, by what the peer's arrays are called. */
const KERNELS = [{ array: 'K_sgd', of: (kernel: EmpiricalKernel) => kernel.kernel }];

describe.each(['roberta_lora', 'roberta_lora_trained'])('%s', (name) => {
  describeWithShared('against peft', `reference/lm-models/${name}`, () => {
    const values = json(`lm-models/${name}/values.json`) as {
      readonly texts: readonly { readonly ids: readonly number[]; readonly position: number }[];
      readonly labels: readonly { readonly id: number }[];
      readonly logits_f64: readonly (readonly number[])[];
      readonly parameter_count: number;
      readonly parameters: readonly { readonly name: string }[];
    }; // see its README
    const reference = readNpz(shared(`lm-models/${name}/kernels.npz`));
    const subject: Subject = {
      base: checkpointFolder(shared('lm-models/roberta')),
      adapter: checkpointFolder(shared(`lm-models/${name}`)),
      untie: false,
      examples: values.texts.map(({ ids, position }) => ({ ids, place: position })),
      train: values.texts.map((_, k) => k),
      labels: values.labels.map(({ id }) => id),
      outputs: everyClass(values.labels.length),
    };

    test.each([
      ['all', ''],
      ['lora', '_lora'],
      ['lora+head', '_lora_head'],
    ])('the kernel over %s', async (selection, suffix) => {
      const found = await kernelOver(subject, selection);
      for (const { array, of } of KERNELS) {
        const expected = reference.get(`${array}${suffix}`)?.data ?? [];
        // Its columns' side is the training side of ours; SGD's kernel is symmetric.
        expect(relativeFrobenius(of(found), expected), array).toBeLessThan(RELATIVE_FROBENIUS);
      }
      expect(relativeFrobenius(found.logits, values.logits_f64.flat())).toBeLessThan(1e-5);
      if (selection === 'all') expect(found.parameterCount).toBe(values.parameter_count);
      if (selection === 'lora') expect(found.parameterCount).toBe(2 * 2 * 2 * 4 * 40);
    });

    test.each([
      ['biases', /\.bias$/],
      ['match:*lora_B*,*.LayerNorm.bias', /lora_B|LayerNorm\.bias$/],
      ...(name.endsWith('trained') ? [['match:*lora_A*', /lora_A/] as const] : []),
    ] as const)('the kernel over %s, of the sums over parameters', async (selection, pattern) => {
      const found = await kernelOver(subject, selection);
      const parts = readNpz(shared(`lm-models/${name}/kernels_per_parameter.npz`));
      for (const { array, of } of KERNELS) {
        const data = parts.get(array)?.data ?? new Float64Array();
        const size = data.length / values.parameters.length;
        const expected = new Float64Array(size);
        values.parameters.forEach((parameter, p) => {
          if (!pattern.test(parameter.name)) return;
          for (let k = 0; k < size; k++) expected[k] = (expected[k] ?? 0) + (data[p * size + k] ?? Number.NaN);
        });
        expect(relativeFrobenius(of(found), expected), array).toBeLessThan(RELATIVE_FROBENIUS);
      }
    });
  });
});

describeWithShared('the factors of LM-Kernel-FT', 'reference/lm/tiny_roberta_lora', () => {
  interface Input {
    readonly input_ids: readonly number[];
    readonly mask_pos: number;
  }
  const reference = json('lm/tiny_lora.json') as unknown as {
    readonly inputs_train: readonly Input[];
    readonly inputs_test: readonly Input[];
    readonly label_word_ids: readonly number[];
    readonly logits_train: readonly (readonly number[])[];
  }; // see its README

  /** loralib keeps factors among the weights: the same numbers as peft would save them. */
  async function asAdapter(): Promise<CheckpointFiles> {
    const config = json('lm/tiny_roberta_lora/config.json');
    const store = await openTensors(checkpointFolder(shared('lm/tiny_roberta_lora')));
    const names = store.names.filter((name) => /\.lora_[AB]$/.test(name));
    expect(names).toHaveLength(8);
    const tensors = await Promise.all(
      names.map(async (name) => {
        const tensor = floats(store.shape(name), await store.read(name));
        return [`base_model.model.${name}.weight`, tensor] as const;
      }),
    );
    await store.close();
    const settings = { peft_type: 'LORA', r: config.lora_r, lora_alpha: config.lora_alpha };
    return checkpointInMemory({
      'adapter_config.json': new TextEncoder().encode(
        JSON.stringify({ ...settings, target_modules: ['query', 'value'], bias: 'none' }),
      ),
      'adapter_model.safetensors': safetensorsFile(Object.fromEntries(tensors)),
    });
  }

  test('the kernel over factors and head', async () => {
    const inputs = [...reference.inputs_train, ...reference.inputs_test];
    const [train, all] = [reference.inputs_train.length, inputs.length];
    const found = await kernelOver(
      {
        base: checkpointFolder(shared('lm/tiny_roberta_lora')),
        adapter: await asAdapter(),
        untie: true,
        examples: inputs.map(({ input_ids: ids, mask_pos: place }) => ({ ids, place })),
        train: Array.from({ length: train }, (_, k) => k),
        labels: reference.label_word_ids,
        outputs: logitDifference,
      },
      'lora+head',
    );
    const stored = readNpz(shared('lm/tiny_lora_kernels.npz'));
    /** Sums over parameters of ⟨gradient at training example i, gradient at j⟩, as rows of j. */
    const summed = (array: string): number[] => {
      const { shape, data } = stored.get(array) ?? { shape: [], data: [] };
      const [parameters = 0, n = 0, m = 0] = shape;
      return Array.from({ length: m * n }, (_, k) => {
        const [j, i] = [Math.floor(k / n), k % n];
        return Array.from({ length: parameters }, (_, p) => data[(p * n + i) * m + j] ?? Number.NaN).reduce(
          (a, b) => a + b,
        );
      });
    };
    const own = found.kernel.subarray(0, train * train);
    const others = found.kernel.subarray(train * train);
    expect(others).toHaveLength((all - train) * train);
    expect(relativeFrobenius(own, summed('sgd_train_train'))).toBeLessThan(RELATIVE_FROBENIUS);
    expect(relativeFrobenius(others, summed('sgd_train_test'))).toBeLessThan(RELATIVE_FROBENIUS);
    const differences = inputs.map((_, k) => (found.logits[2 * k + 1] ?? 0) - (found.logits[2 * k] ?? 0));
    expect(relativeFrobenius(differences.slice(0, train), reference.logits_train.flat())).toBeLessThan(1e-5);
  });
});
