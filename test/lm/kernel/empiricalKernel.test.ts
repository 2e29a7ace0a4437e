/**
 * The SGD kernel against the peer's own code: `../shared/reference/lm`, LM-Kernel-FT commit 81450f6 run in f64 on a tiny
 * RoBERTa, and all-MiniLM-L6-v2 with a fixed functional of [CLS] (torch 2.15, f64).
 */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { oneDraw } from '../../../src/lm/kernel/drawSides.ts';
import { empiricalKernel } from '../../../src/lm/kernel/empiricalKernel.ts';
import { factoredProducts } from '../../../src/lm/kernel/gradientProducts.ts';
import { KernelCosts } from '../../../src/lm/kernel/kernelCosts.ts';
import type { EmpiricalKernel } from '../../../src/lm/kernel/kernelOptions.ts';
import { planKernel, smallestPlanBytes } from '../../../src/lm/kernel/kernelPlan.ts';
import { everyClass, logitDifference, type OutputWeights } from '../../../src/lm/kernel/outputs.ts';
import { selectParameters } from '../../../src/lm/kernel/selection.ts';
import { type LoadedLanguageModel, loadLanguageModel } from '../../../src/lm/model/checkpoint.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { indexTensor, type Tensors } from '../../../src/program/index.ts';
import { describeWithFolder, describeWithShared, sharedPath } from '../../support/shared.ts';

/** The bound asked of every SGD kernel; f32 products give about 1e-6. */
const RELATIVE_FROBENIUS = 1e-4;

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

function json(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(sharedPath(path) ?? '', 'utf8')) as Record<string, unknown>; // a known file
}

const flat = (value: unknown): number[] => (Array.isArray(value) ? value.flatMap(flat) : [value as number]);

function relativeFrobenius(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  const difference = expected.reduce((sum, value, k) => sum + (value - (actual[k] ?? Number.NaN)) ** 2, 0);
  return Math.sqrt(difference / expected.reduce((sum, value) => sum + value ** 2, 0));
}

interface Input {
  readonly input_ids: readonly number[];
  readonly mask_pos: number;
}

/** [test · C, train · C] of ours against the peer's [train, C, test, C]. */
function transposed(kernel: EmpiricalKernel, from: number, to: number, train: number): number[] {
  const columns = train * kernel.outputs;
  const rows = (to - from) * kernel.outputs;
  return Array.from({ length: rows * columns }, (_, k) => {
    const [j, i] = [Math.floor(k / rows), k % rows];
    return kernel.kernel[(from * kernel.outputs + i) * columns + j] ?? Number.NaN;
  });
}

describeWithShared('the tiny RoBERTa of the peer', 'reference/lm/tiny_roberta', () => {
  const reference = json('reference/lm/tiny_prompt.json');
  const runs = json('reference/lm/repo_kernels.json').runs as Record<string, Record<string, unknown>>; // see its README
  const inputs = [...(reference.inputs_train as Input[]), ...(reference.inputs_test as Input[])];
  const examples = inputs.map(({ input_ids, mask_pos }) => ({ ids: input_ids, place: mask_pos }));
  const head: Tensors = { labels: indexTensor(['class'], [2], reference.label_word_ids as number[]) };
  const train = Array.from({ length: 16 }, (_, k) => k);
  let model: LoadedLanguageModel;
  beforeAll(async () => {
    const words = { kind: 'words', classes: 2, untie: true } as const;
    model = await loadLanguageModel(checkpointFolder(sharedPath('reference/lm/tiny_roberta') ?? ''), () => words);
  });
  const compute = (outputs: OutputWeights, selection: string): Promise<EmpiricalKernel> =>
    empiricalKernel({
      engine,
      model,
      examples,
      train,
      outputs,
      head,
      selected: selectParameters(selection),
    });

  // The peer's filters are substrings of parameter names.
  test.each([
    ['sgd_2logit', everyClass(2), 'all'],
    ['sgd_binary', logitDifference, 'all'],
    ['sgd_binary_noemb', logitDifference, 'match:!*embed*'],
    ['sgd_binary_nohead', logitDifference, 'match:!*head*'],
    ['sgd_binary_bitfit', logitDifference, 'match:*bias*'],
    ['sgd_binary_bitfit', logitDifference, 'biases'],
    ['sgd_binary_nokeybias', logitDifference, 'match:!*key.bias*'],
    ['sgd_binary_nokeybias_bitfit', logitDifference, 'match:*bias*,!*key.bias*'],
  ])('%s', async (name, outputs, selection) => {
    const result = await compute(outputs, selection);
    const run = runs[name];
    const trainKernel = transposed(result, 0, 16, 16);
    const testKernel = transposed(result, 16, 28, 16);
    expect(relativeFrobenius(trainKernel, flat(run?.train))).toBeLessThan(RELATIVE_FROBENIUS);
    expect(relativeFrobenius(testKernel, flat(run?.test))).toBeLessThan(RELATIVE_FROBENIUS);
  });

  test('small batches, and a training side in chunks, give the same kernel', async () => {
    const whole = await compute(everyClass(2), 'all');
    const options = { engine, model, examples, train, outputs: everyClass(2), head };
    const costs = new KernelCosts({ chain: model.net.chain, outputs: 2 });
    const plan = planKernel({
      examples,
      draws: oneDraw(examples, train),
      costs,
      memory: smallestPlanBytes(costs, examples),
    });
    expect(plan.trainChunks).toBeGreaterThan(2);
    expect(Math.max(...plan.batches.map(({ members }) => members.length))).toBeLessThan(5);
    const chunks = await empiricalKernel({ ...options, plan });
    expect(relativeFrobenius(chunks.kernel, [...whole.kernel])).toBeLessThan(1e-6);
  });

  test('matrices alone and everything else add up to the whole', async () => {
    const [whole, matrices, others] = await Promise.all(
      ['all', 'match:*dense.weight', 'match:!*dense.weight'].map((selection) => compute(logitDifference, selection)),
    );
    const sum = matrices?.kernel.map((value, k) => value + (others?.kernel[k] ?? Number.NaN)) ?? [];
    expect(relativeFrobenius(sum, [...(whole?.kernel ?? [])])).toBeLessThan(1e-6);
  });

  test('a product that is missing is our bug', async () => {
    const blocks = [{ examples: 1, places: 1, x: new Float32Array(2), d: new Float32Array(2) }];
    await expect(factoredProducts(engine, blocks, [[0, 1]], 1)).rejects.toMatchObject({ code: 'errors.missing' });
  });

  test('logits', async () => {
    const { logits } = await compute(logitDifference, 'match:*bias*');
    const difference = examples.map((_, k) => (logits[2 * k + 1] ?? 0) - (logits[2 * k] ?? 0));
    const expected = [...flat(reference.logits_train), ...flat(reference.logits_test)];
    expect(relativeFrobenius(difference, expected)).toBeLessThan(1e-5);
  });
});

describeWithShared('a six-layer encoder with a functional of [CLS]', 'reference/lm/minilm_kernels.json', () => {
  describeWithFolder('all-MiniLM-L6-v2', 'NEXORT_MINILM', '../shared/models/get-minilm FOLDER', (folder) => {
    test('the kernel of the stated parameter set', async () => {
      const reference = json('reference/lm/minilm_kernels.json');
      const weights = reference.head_weight as number[];
      const model = await loadLanguageModel(checkpointFolder(folder), () => ({ kind: 'functional', classes: 1 }));
      const examples = (reference.input_ids as number[][]).map((ids) => ({ ids, place: 0 }));
      const result = await empiricalKernel({
        engine,
        model,
        examples,
        train: examples.map((_, k) => k),
        outputs: everyClass(1),
        head: {
          functional: { axes: ['class', 'n'], shape: [1, weights.length], data: Float32Array.from(weights) },
          offset: { axes: ['class'], shape: [1], data: Float32Array.of(reference.head_bias as number) },
        },
        selected: selectParameters('match:!*word_embeddings*,!*position_embeddings*'),
      });
      const kernels = reference.kernels as Record<string, number[][]>;
      expect(relativeFrobenius(result.logits, reference.logits as number[])).toBeLessThan(1e-5);
      expect(relativeFrobenius(result.kernel, flat(kernels.sgd))).toBeLessThan(RELATIVE_FROBENIUS);
    });
  });
});
