/**
 * The SGD kernel against its definition, K[i, c, j, d] = ⟨∇f_c(ξ_i), ∇f_d(ξ_j)⟩: gradients of the composed chain, dense,
 * one example and one output at a time, in the f64 oracle. Encoders are tiny, their weights random.
 */

import { afterAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { oneDraw } from '../../../src/lm/kernel/drawSides.ts';
import { empiricalKernel } from '../../../src/lm/kernel/empiricalKernel.ts';
import { KernelCosts } from '../../../src/lm/kernel/kernelCosts.ts';
import { planKernel, smallestPlanBytes } from '../../../src/lm/kernel/kernelPlan.ts';
import { everyClass, logitDifference, type OutputWeights } from '../../../src/lm/kernel/outputs.ts';
import { selectParameters } from '../../../src/lm/kernel/selection.ts';
import type { AdaptedLayers, LanguageModelConfig, LanguageModelHead } from '../../../src/nets/index.ts';
import { base, byDefinition, examples, type Gradients, headData, modelOf, roberta } from './byDefinition.ts';

/**
 * Deviation of an entry, relative to ‖∇f_c(ξ_i)‖ · ‖∇f_d(ξ_j)‖: f32 rounding, 6e-8, through some hundred operations on
 * one path, added up at random.
 */
const TOLERANCE = 1e-5;

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

const DRAWS = [
  [5, 0, 2],
  [1, 6, 4, 3],
];

function inner(a: Gradients, b: Gradients, selected: (name: string) => boolean): number {
  let sum = 0;
  for (const [name, left] of a) {
    const right = b.get(name);
    if (!selected(name) || right === undefined) continue;
    for (let k = 0; k < left.length; k++) sum += (left[k] ?? Number.NaN) * (right[k] ?? Number.NaN);
  }
  return sum;
}

/** The largest deviation of a kernel from the products of gradients, in units of the lengths of both. */
function worst(
  kernel: ArrayLike<number>,
  rows: readonly Gradients[],
  columns: readonly Gradients[],
  selected: (name: string) => boolean,
): number {
  expect(kernel.length).toBe(rows.length * columns.length);
  const length = (one: Gradients): number => Math.sqrt(inner(one, one, selected));
  const [down, across] = [rows.map(length), columns.map(length)];
  let most = 0;
  rows.forEach((row, i) => {
    columns.forEach((column, j) => {
      const difference = (kernel[i * columns.length + j] ?? Number.NaN) - inner(row, column, selected);
      const deviation = Math.abs(difference) / ((down[i] ?? Number.NaN) * (across[j] ?? Number.NaN));
      // Also where it is not a number, which no comparison holds of.
      if (!(deviation <= most)) most = deviation;
    });
  });
  return most;
}

/** The kernel with two of its columns exchanged. */
function exchanged(kernel: Float64Array, columns: number, [a, b]: readonly [number, number]): Float64Array {
  return kernel.map((_, k) => {
    const [row, column] = [Math.floor(k / columns), k % columns];
    const from = column === a ? b : column === b ? a : column;
    return kernel[row * columns + from] ?? Number.NaN;
  });
}

const SELECTIONS = ['all', 'biases', 'no-embeddings', 'match:*attention*,!*bias', 'match:*embeddings*'];

/** Heads on the first token are what is new of their nets. */
const HEAD_SELECTIONS = ['all', 'no-head'];

/** Base weights too; the head's, whose gradients are nearly the same for all examples, are among the references' cases. */
const LORA_SELECTIONS = ['lora', 'match:*.encoder.*', 'match:*lora_A*,*query.weight', 'match:*lora_B*,*self.value.*'];

/** Of two ranks in the first block, of one in the second, and in the head. */
const ADAPTED: AdaptedLayers = {
  'roberta.encoder.layer.0.attention.self.query': { rank: 2, scale: 1.5 },
  'roberta.encoder.layer.0.attention.self.key': { rank: 3, scale: 0.7 },
  'roberta.encoder.layer.0.attention.output.dense': { rank: 2, scale: 1 },
  'roberta.encoder.layer.0.intermediate.dense': { rank: 1, scale: 2 },
  'roberta.encoder.layer.0.output.dense': { rank: 3, scale: 0.5 },
  'roberta.encoder.layer.1.attention.self.query': { rank: 2, scale: 1.5 },
  'roberta.encoder.layer.1.attention.self.value': { rank: 2, scale: -1 },
  'lm_head.dense': { rank: 4, scale: 0.25 },
};

describe.each<[string, LanguageModelConfig, LanguageModelHead, OutputWeights, AdaptedLayers?]>([
  ['bert, tied, two classes', base, { kind: 'words', classes: 2, untie: false }, logitDifference],
  ['bert, untied by request, three classes', base, { kind: 'words', classes: 3, untie: true }, everyClass(3)],
  [
    'roberta, tied, three classes',
    { ...roberta, activation: 'gelu_tanh' },
    { kind: 'words', classes: 3, untie: false },
    everyClass(3),
  ],
  [
    'roberta, mish, untied, two classes',
    { ...roberta, tied: false, activation: 'mish' },
    { kind: 'words', classes: 2, untie: false },
    logitDifference,
  ],
  ['roberta, a functional', roberta, { kind: 'functional', classes: 3 }, everyClass(3)],
  ['bert, a linear head', base, { kind: 'linear', classes: 2 }, logitDifference],
  ['roberta, its own head', roberta, { kind: 'dense', classes: 3 }, everyClass(3)],
  ['bert, its own head', { ...base, activation: 'mish' }, { kind: 'dense', classes: 2 }, logitDifference],
  [
    'roberta with LoRA, mish, untied, two classes',
    { ...roberta, tied: false, activation: 'mish' },
    { kind: 'words', classes: 2, untie: false },
    logitDifference,
    ADAPTED,
  ],
])('%s', (_, config, kind, outputs, adapted = {}) => {
  const model = modelOf(config, kind, adapted);
  const plain = kind.kind === 'linear' || kind.kind === 'dense' ? HEAD_SELECTIONS : SELECTIONS;
  const selections = Object.keys(adapted).length === 0 ? plain : LORA_SELECTIONS;
  const head = headData(kind, config);
  const { logits, gradients } = byDefinition(model, head, outputs);
  const size = outputs.outputs;

  describe.each(DRAWS.map((train, draw) => ({ train, draw })))('trained on $train', ({ train, draw }) => {
    const columns = train.flatMap((member) => gradients.slice(member * size, (member + 1) * size));
    const pairs = columns.flatMap((_, b) => Array.from({ length: b }, (_, a) => [a, b] as const));

    // Over the draws every selection meets activations kept and not; over the selections, small batches and large.
    test.each(selections.map((selection, k) => [selection, (k + draw) % 2 === 0, k % 4 < 2] as const))(
      '%s, activations kept: %s, in small batches: %s',
      async (selection, keepActivations, small) => {
        const selected = selectParameters(selection);
        const costs = new KernelCosts({ chain: model.net.chain, outputs: size, selected });
        const memory = small ? smallestPlanBytes(costs, examples) : 2 ** 30;
        const plan = { ...planKernel({ examples, draws: oneDraw(examples, train), costs, memory }), keepActivations };
        const result = await empiricalKernel({
          ...{ engine, model, examples, train, outputs, head, selected, plan },
        });
        expect(worst(result.kernel, gradients, columns, selected)).toBeLessThan(TOLERANCE);
        result.logits.forEach((logit, k) => {
          expect(Math.abs(logit - (logits[k] ?? Number.NaN))).toBeLessThan(TOLERANCE * Math.max(1, Math.abs(logit)));
        });
        // A kernel whose columns are in another order is another kernel.
        for (const pair of pairs) {
          const other = exchanged(result.kernel, columns.length, pair);
          expect(worst(other, gradients, columns, selected), `columns ${pair}`).toBeGreaterThan(1e3 * TOLERANCE);
        }
      },
    );
  });
});
