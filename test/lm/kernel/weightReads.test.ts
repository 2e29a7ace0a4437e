/**
 * Weights are streamed: a kernel reads each of a stage twice, on the way forward and on the way back, however many batches and
 * chunks its memory cuts the examples into; those that are needed on one way alone, once.
 */

import { afterAll, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import type { Encoded } from '../../../src/lm/kernel/batches.ts';
import { empiricalKernel } from '../../../src/lm/kernel/empiricalKernel.ts';
import type { KernelPlan } from '../../../src/lm/kernel/kernelPlan.ts';
import { logitDifference } from '../../../src/lm/kernel/outputs.ts';
import type { LanguageModel } from '../../../src/lm/model/checkpoint.ts';
import { type LanguageModelConfig, languageModel } from '../../../src/nets/index.ts';
import { stream } from '../../../src/numeric/index.ts';
import { entries, indexTensor } from '../../../src/program/index.ts';

const config: LanguageModelConfig = {
  ...{ family: 'llama', vocabulary: 11, positions: 16, firstPosition: 0, tokenTypes: 0, width: 8, layers: 3 },
  ...{ heads: 2, keyHeads: 2, headSize: 4, feedForward: 12, activation: 'silu', normEpsilon: 1e-5, tied: false },
};
const net = languageModel(config, { kind: 'words', classes: 2, untie: false });
const isNorm = (name: string): boolean => name.includes('norm');
/** Sums of f32 in another order. */
const TOLERANCE = 1e-4;

const examples: readonly Encoded[] = [3, 6, 4, 7].map((length, k) => ({
  ids: Array.from({ length }, (_, t) => (5 * t + 3 * k + 1) % config.vocabulary),
  place: length - 1,
}));
const together: KernelPlan = {
  batches: [{ members: [0, 1, 2, 3], time: 8 }],
  ...{ draws: [0], chunks: [[0]], trainChunks: 1, keepActivations: false },
};
/** A batch for each example, a chunk for each batch: the least memory. */
const apart: KernelPlan = {
  batches: [
    { members: [0], time: 4 },
    { members: [1], time: 8 },
    { members: [2], time: 4 },
    { members: [3], time: 8 },
  ],
  ...{ draws: [0, 0, 0, 0], chunks: [[0], [1], [2], [3]], trainChunks: 4, keepActivations: false },
};

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

async function kernelBy(plan: KernelPlan) {
  const reads = new Map<string, number>();
  const model: Pick<LanguageModel, 'net' | 'config' | 'load'> = {
    net,
    config,
    load: async (names) =>
      Object.fromEntries(
        names.map((name) => {
          reads.set(name, (reads.get(name) ?? 0) + 1);
          const { axes, checkpoint } = net.parameters.find((one) => one.name === name) ?? expect.fail(name);
          const shape = checkpoint?.axisSizes ?? [];
          const drawn = stream(3, name).normals(entries(shape));
          return [name, { axes, shape, data: Float32Array.from(drawn, (z) => (isNorm(name) ? 1 : 0.4 * z)) }];
        }),
      ),
  };
  const { kernel } = await empiricalKernel({
    ...{ engine, examples, train: [0, 1, 2, 3], outputs: logitDifference, plan, selected: isNorm },
    model: model as LanguageModel, // of which no more is read
    head: { labels: indexTensor(['class'], [2], [4, 7]) },
  });
  return { kernel, reads };
}

test('each weight of a block is read twice, whatever the plan, and the kernel is the same', async () => {
  const [one, many] = [await kernelBy(together), await kernelBy(apart)];
  const expected = Object.fromEntries(
    net.parameters.map(({ name }) => {
      // Nothing below the first norm is asked for; the last block and the head run once, backward with forward.
      const once = name.includes('embed_tokens') || name.includes('layers.2.') || /^(model\.norm|lm_head)/.test(name);
      return [name, once ? 1 : 2];
    }),
  );
  expect(Object.fromEntries(one.reads)).toEqual(expected);
  expect(Object.fromEntries(many.reads)).toEqual(expected);
  const most = Math.max(...one.kernel.map(Math.abs));
  const worst = Math.max(...one.kernel.map((value, k) => Math.abs(value - (many.kernel[k] ?? Number.NaN))));
  expect(most).toBeGreaterThan(0);
  expect(worst).toBeLessThanOrEqual(TOLERANCE * most);
});
