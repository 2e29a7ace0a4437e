/**
 * Kernels by layer against their definition, with gradients of the f64 oracle (byDefinition.ts). Gradients of a tied table
 * are told apart by use as those of a net whose decoder is another parameter of the same numbers.
 */

import { afterAll, describe, expect, test } from 'vitest';
import { required } from '../../../src/errors/index.ts';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { oneDraw } from '../../../src/lm/kernel/drawSides.ts';
import { empiricalKernels } from '../../../src/lm/kernel/empiricalKernel.ts';
import { KernelCosts } from '../../../src/lm/kernel/kernelCosts.ts';
import type { KernelKind } from '../../../src/lm/kernel/kernelKinds.ts';
import { planKernel, smallestPlanBytes } from '../../../src/lm/kernel/kernelPlan.ts';
import { everyClass, logitDifference } from '../../../src/lm/kernel/outputs.ts';
import type { LanguageModelHead } from '../../../src/nets/index.ts';
import { base, byDefinition, examples, type Gradients, headData, modelOf } from './byDefinition.ts';
import { tiedTables, untiedTwin } from './tiedTables.ts';

/** Of sums of f32 products, relative to the product of lengths; what the test of kernels by definition allows. */
const TOLERANCE = 1e-5;
/** Of f64 sums of the same numbers in another order. */
const ROUNDING = 1e-13;
const TRAIN = [5, 0, 2];
const KINDS = ['sgd', 'a-signgd', 'signgd'] as const;

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

const layerOf = (name: string): string => {
  const block = /layer\.(\d+)/.exec(name)?.[1];
  if (block !== undefined) return `block ${Number(block) + 1}`;
  return name.includes('embeddings') ? 'embeddings' : 'head';
};

/** What f32 leaves open of an entry's sign, relative to the gradient's largest entry (signKernels.test.ts). */
const OPEN = 2e-6;

/** ⟨x, y⟩ or ⟨x, sign y⟩, both squared lengths, and what signs that are open may change. */
function product(kind: KernelKind, x: Float64Array, y: Float64Array) {
  const signed = kind === 'a-signgd';
  const other = signed ? y.map(Math.sign) : y;
  const most = y.reduce((found, v) => Math.max(found, Math.abs(v)), 0);
  const inner = (a: Float64Array, b: Float64Array) => a.reduce((sum, v, k) => sum + v * (b[k] ?? Number.NaN), 0);
  const isOpen = (v: number) => signed && v !== 0 && Math.abs(v) < OPEN * most;
  const open = 2 * y.reduce((sum, v, k) => sum + (isOpen(v) ? Math.abs(x[k] ?? Number.NaN) : 0), 0);
  return { value: inner(x, other), left: inner(x, x), right: inner(other, other), open };
}

describe.each([
  ['tied, two classes', 2, logitDifference, false],
  ['three classes, in small batches', 3, everyClass(3), true],
])('%s', (_, classes, outputs, small) => {
  const kind: LanguageModelHead = { kind: 'words', classes, untie: false };
  const model = modelOf(base, kind);
  const head = headData(kind, base);
  const size = outputs.outputs;

  test('layers add up to kernels, and are as defined', async () => {
    const costs = new KernelCosts({ chain: model.net.chain, outputs: size });
    const memory = small ? smallestPlanBytes(costs, examples) : 2 ** 30;
    const plan = planKernel({ examples, draws: oneDraw(examples, TRAIN), costs, memory });
    const options = { engine, model, examples, train: TRAIN, outputs, head, plan, kinds: KINDS };
    const found = await empiricalKernels({ ...options, byLayer: true });
    const whole = await empiricalKernels(options);
    expect(whole.layers).toBeUndefined();
    const { gradients } = byDefinition(untiedTwin(model, base, kind), head, outputs);
    const columns = TRAIN.flatMap((member) => gradients.slice(member * size, (member + 1) * size)).map(tiedTables);
    const width = columns.length;
    for (const kernel of KINDS) {
      const layers = required(found.layers?.get(kernel), `layers of ${kernel}`);
      expect(layers.map(({ layer }) => layer)).toEqual(['embeddings', 'block 1', 'block 2', 'head']);
      const sum = required(found.kernels.get(kernel), kernel);
      const plain = required(whole.kernels.get(kernel), kernel);
      const scale = sum.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      sum.forEach((value, k) => {
        const parts = layers.map((one) => one.kernel[k] ?? Number.NaN);
        const sizes = parts.reduce((total, part) => total + Math.abs(part), 0);
        const total = parts.reduce((all, part) => all + part, 0);
        expect(Math.abs(total - value)).toBeLessThanOrEqual(ROUNDING * sizes);
        // Layers may be multiplied in other shapes; signs near zero are the same all the same.
        expect(Math.abs(value - (plain[k] ?? Number.NaN))).toBeLessThanOrEqual(TOLERANCE * scale);
      });
      // Signs of the sum of both uses of a table are no sum of parts by use: SignGD's whole kernel is tested elsewhere.
      if (kernel === 'signgd') continue;
      for (const { layer, kernel: values } of layers) {
        gradients.forEach((row: Gradients, i) => {
          columns.forEach((column, j) => {
            const parts = [...row]
              .filter(([name]) => layerOf(name) === layer)
              .map(([name, own]) => product(kernel, own, required(column.get(name), `gradient of ${name}`)));
            const value = parts.reduce((all, part) => all + part.value, 0);
            const [left, right] = (['left', 'right'] as const).map((side) =>
              Math.sqrt(parts.reduce((all, part) => all + part[side], 0)),
            );
            const found = values[i * width + j] ?? Number.NaN;
            const open = parts.reduce((all, part) => all + part.open, 0);
            const within = TOLERANCE * (left ?? 0) * (right ?? 0) + open;
            expect(Math.abs(found - value), `${kernel}, ${layer}, at ${i}, ${j}`).toBeLessThanOrEqual(within);
          });
        });
      }
    }
  });
});
