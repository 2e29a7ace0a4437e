/**
 * SignGD's, A-SignGD's and Adam's kernels against their definitions, with gradients of the f64 oracle (byDefinition.ts).
 *
 * Signs are exact but where |∂f| is below what f32 rounding leaves open: such entries are counted, and each may move an
 * inner product by 2 at most (SignGD) or by twice the other side's |∂f| (A-SignGD, and what is signed on the evaluated side).
 */

import { afterAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { threadTeam } from '../../../src/kernels/node/index.ts';
import { oneDraw } from '../../../src/lm/kernel/drawSides.ts';
import { empiricalKernel, empiricalKernels } from '../../../src/lm/kernel/empiricalKernel.ts';
import { KernelCosts } from '../../../src/lm/kernel/kernelCosts.ts';
import { COMPUTED_KINDS, type ComputedKind } from '../../../src/lm/kernel/kernelKinds.ts';
import { planKernel, smallestPlanBytes } from '../../../src/lm/kernel/kernelPlan.ts';
import { everyClass, logitDifference, type OutputWeights } from '../../../src/lm/kernel/outputs.ts';
import { selectParameters } from '../../../src/lm/kernel/selection.ts';
import type { LanguageModelConfig, LanguageModelHead } from '../../../src/nets/index.ts';
import { stream } from '../../../src/numeric/index.ts';
import type { Tensors } from '../../../src/program/index.ts';
import { base, byDefinition, examples, type Gradients, headData, modelOf, roberta } from './byDefinition.ts';

/**
 * What f32 leaves open of an entry of a gradient, relative to the gradient's largest entry: rounding, 6e-8, through some
 * hundred operations.
 */
const OPEN = 2e-6;
/** Of sums of products, relative to the product of lengths. */
const TOLERANCE = 1e-5;
const EPSILON = 1e-3;
const TRAIN = [5, 0, 2];

const engine = nodeEngine({ threads: 1 });
const team = threadTeam({ threads: 2 });
afterAll(async () => {
  await team.close();
  await engine.release();
});

/** All entries of a gradient side by side, those that are not chosen left out. */
function lineOf(gradients: Gradients, selected: (name: string) => boolean): Float64Array {
  return Float64Array.from([...gradients].flatMap(([name, values]) => (selected(name) ? [...values] : [])));
}

const inner = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, k) => sum + x * (b[k] ?? Number.NaN), 0);
const signs = (line: Float64Array): Float64Array => line.map(Math.sign);
/** Where signs are open: 1 there, 0 elsewhere. Exact zeros are not. */
function openEntries(line: Float64Array): Float64Array {
  const most = line.reduce((found, x) => Math.max(found, Math.abs(x)), 0);
  return line.map((x) => (x !== 0 && Math.abs(x) < OPEN * most ? 1 : 0));
}

interface Side {
  readonly line: Float64Array;
  readonly signs: Float64Array;
  readonly open: Float64Array;
  readonly weighted: Float64Array;
}

/** What an entry should be, and how far it may be from that. */
function expected(kind: ComputedKind, a: Side, b: Side): { readonly value: number; readonly within: number } {
  const sizes = (line: Float64Array): Float64Array => line.map(Math.abs);
  const length = (line: Float64Array): number => Math.sqrt(inner(line, line));
  const rounding = (left: Float64Array, right: Float64Array): number => TOLERANCE * length(left) * length(right);
  switch (kind) {
    case 'sgd':
      return { value: inner(a.line, b.line), within: rounding(a.line, b.line) };
    case 'signgd':
      return {
        value: inner(a.signs, b.signs),
        within: 2 * inner(a.open, sizes(b.signs)) + 2 * inner(sizes(a.signs), b.open),
      };
    case 'a-signgd':
      return { value: inner(a.line, b.signs), within: rounding(a.line, b.signs) + 2 * inner(sizes(a.line), b.open) };
    case 'a-signgd-evaluated':
      return { value: inner(a.signs, b.line), within: rounding(a.signs, b.line) + 2 * inner(a.open, sizes(b.line)) };
    case 'adam':
      return { value: inner(a.line, b.weighted), within: rounding(a.line, b.weighted) };
  }
}

interface Case {
  readonly config: LanguageModelConfig;
  readonly kind: LanguageModelHead;
  readonly outputs: OutputWeights;
  readonly selection: string;
  readonly small: boolean;
  readonly threads: boolean;
}

describe.each<[string, Case]>([
  [
    'bert, tied, two classes, in small batches',
    {
      ...{ config: base, kind: { kind: 'words', classes: 2, untie: false }, outputs: logitDifference },
      ...{ selection: 'all', small: true, threads: false },
    },
  ],
  [
    'roberta, untied by request, three classes, two threads',
    {
      ...{ config: roberta, kind: { kind: 'words', classes: 3, untie: true }, outputs: everyClass(3) },
      ...{ selection: 'all', small: false, threads: true },
    },
  ],
  [
    'roberta with relu, a functional, no embeddings, in small batches, two threads',
    {
      ...{
        config: { ...roberta, activation: 'relu' },
        kind: { kind: 'functional', classes: 1 },
        outputs: everyClass(1),
      },
      ...{ selection: 'no-embeddings', small: true, threads: true },
    },
  ],
  [
    'bert, three classes, biases',
    {
      ...{ config: base, kind: { kind: 'words', classes: 3, untie: false }, outputs: everyClass(3) },
      ...{ selection: 'biases', small: false, threads: false },
    },
  ],
])('%s', (name, { config, kind, outputs, selection, small, threads }) => {
  const model = modelOf(config, kind);
  const head = headData(kind, config);
  const { gradients } = byDefinition(model, head, outputs);
  const size = outputs.outputs;
  const moments: Tensors = Object.fromEntries(
    Object.entries(model.weights).map(([name, { axes, shape, data }]) => [
      name,
      { axes, shape, data: Float32Array.from(stream(9, name).normals(data.length), (z) => z * z) },
    ]),
  );
  const secondMoments = {
    epsilon: EPSILON,
    load: async (names: readonly string[]) =>
      Object.fromEntries(Object.entries(moments).filter(([name]) => names.includes(name))),
  };
  const weights: Gradients = new Map(
    Object.entries(moments).map(([name, { data }]) => [
      name,
      Float64Array.from(data, (v) => 1 / (Math.sqrt(v) + EPSILON)),
    ]),
  );

  test('is as defined', async () => {
    const selected = selectParameters(selection);
    const costs = new KernelCosts({ chain: model.net.chain, outputs: size, selected });
    const memory = small ? smallestPlanBytes(costs, examples) : 2 ** 30;
    const plan = planKernel({ examples, draws: oneDraw(examples, TRAIN), costs, memory });
    const options = { engine, model, examples, train: TRAIN, outputs, head, selected, plan, secondMoments };
    const threaded = threads ? { ...options, team } : options;
    const { kernels } = await empiricalKernels({ ...threaded, kinds: COMPUTED_KINDS });

    const sides = gradients.map((own): Side => {
      const line = lineOf(own, selected);
      const weight = lineOf(
        new Map([...own].map(([name]) => [name, weights.get(name) ?? new Float64Array()])),
        selected,
      );
      const weighted = line.map((x, k) => x * (weight[k] ?? Number.NaN));
      return { line, signs: signs(line), open: openEntries(line), weighted };
    });
    const columns = TRAIN.flatMap((member) => sides.slice(member * size, (member + 1) * size));
    // So few signs are open that the bounds below mean something.
    const [open, all] = [sides, sides].map((list, k) =>
      list.reduce((sum, side) => sum + inner(k === 0 ? side.open : side.signs, k === 0 ? side.open : side.signs), 0),
    );
    expect(open).toBeLessThan(2e-3 * (all ?? 0));
    for (const kernel of COMPUTED_KINDS) {
      const values = kernels.get(kernel) ?? new Float64Array();
      expect(values.length).toBe(sides.length * columns.length);
      let exact = 0;
      sides.forEach((row, i) => {
        columns.forEach((column, j) => {
          const { value, within } = expected(kernel, row, column);
          const found = values[i * columns.length + j] ?? Number.NaN;
          expect(Math.abs(found - value), `${kernel} at ${i}, ${j}`).toBeLessThanOrEqual(within);
          if (found === value) exact++;
        });
      });
      if (kernel === 'signgd') expect(exact).toBeGreaterThan(0.8 * values.length);
    }
    if (!name.startsWith('bert, tied')) return;
    // No company matters to the bytes of a kernel, nor who counts signs; the asymmetric one is not its own transpose.
    for (const kernel of COMPUTED_KINDS) {
      const alone = await empiricalKernel({ ...options, kind: kernel, team });
      expect(alone.kernel).toEqual(kernels.get(kernel));
    }
    const asymmetric = kernels.get('a-signgd') ?? new Float64Array();
    const [row, column] = [TRAIN[0] ?? 0, 1];
    expect(asymmetric[row * 3 + column]).not.toBeCloseTo(asymmetric[(TRAIN[column] ?? 0) * 3] ?? 0, 2);
  });
});

test('the kernel of Adam is refused without second moments, and none at all', async () => {
  const model = modelOf(base, { kind: 'words', classes: 2, untie: false });
  const head = headData({ kind: 'words', classes: 2, untie: false }, base);
  const options = { engine, model, examples, train: TRAIN, outputs: logitDifference, head };
  await expect(empiricalKernel({ ...options, kind: 'adam' })).rejects.toThrow('--second-moments');
  await expect(async () => empiricalKernels({ ...options, kinds: [] })).rejects.toMatchObject({ code: 'lm.no-kernel' });
});
