/** Kernels of several draws in one pass: those of each draw alone, and nothing between a draw and another's training side. */

import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import type { DrawSides } from '../../../src/lm/kernel/drawSides.ts';
import { empiricalKernels, kernelsOfDraws } from '../../../src/lm/kernel/empiricalKernel.ts';
import { KernelCosts } from '../../../src/lm/kernel/kernelCosts.ts';
import { COMPUTED_KINDS } from '../../../src/lm/kernel/kernelKinds.ts';
import {
  batchOf,
  type KernelPlan,
  planKernel,
  plannedProducts,
  smallestPlanBytes,
} from '../../../src/lm/kernel/kernelPlan.ts';
import { everyClass } from '../../../src/lm/kernel/outputs.ts';
import type { Tensors } from '../../../src/program/index.ts';
import { base, examples, headData, modelOf } from './byDefinition.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

const words = { kind: 'words', classes: 3, untie: false } as const;
const model = modelOf({ ...base, activation: 'relu' }, words);
const costs = new KernelCosts({ chain: model.net.chain, outputs: 3 });
/** Example 4 is a row of both; of the others, each draw has its own. */
const DRAWS: readonly DrawSides[] = [
  { train: [5, 0], rows: [5, 0, 4, 3] },
  { train: [1, 6], rows: [1, 6, 2, 4] },
];

/** Second moments of Adam: any numbers that are not negative. */
async function squares(names: readonly string[]): Promise<Tensors> {
  const weights = Object.entries(await model.load(names));
  return Object.fromEntries(
    weights.map(([name, tensor]) => [name, { ...tensor, data: Float32Array.from(tensor.data, (w) => w * w) }]),
  );
}

const pairsOf = (plan: KernelPlan): string[] => {
  const members = (batches: readonly number[]): number[] => batches.flatMap((batch) => batchOf(plan, batch).members);
  return Array.from({ length: plan.trainChunks }, (_, group) =>
    plan.chunks.flatMap((_, chunk) =>
      (chunk < group ? [] : plannedProducts(plan, group, chunk)).flatMap(({ columns, rows }) =>
        // A training side with itself: of two that mirror each other, one stands for both.
        (rows.length === 0
          ? columns.flatMap((row, k) => columns.slice(0, k + 1).map((column) => [row, column]))
          : rows.flatMap((row) => columns.map((column) => [row, column]))
        ).flatMap(([row, column]) =>
          members([row ?? Number.NaN]).flatMap((r) => members([column ?? Number.NaN]).map((c) => `${r} ${c}`)),
        ),
      ),
    ),
  ).flat();
};

test('a plan multiplies what draws need, each pair once, and no more', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 12, maxLength: 60 });
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 64 }), (all, count, megabytes) => {
      const own = Array.from({ length: count }, (_, draw) => [...all.keys()].filter((k) => k % 4 === draw));
      const shared = [...all.keys()].filter((k) => k % 4 >= count);
      const draws = own.map((members): DrawSides => ({ train: members.slice(0, -1), rows: [...members, ...shared] }));
      const encoded = all.map((length) => ({ ids: new Array<number>(length).fill(1), place: 0 }));
      const plan = planKernel({ examples: encoded, draws, costs, memory: megabytes * 2 ** 16 });
      const needed = draws.flatMap(({ train, rows }) =>
        rows.flatMap((row) => train.map((column) => `${row} ${column}`)),
      );
      const trained = new Set(draws.flatMap(({ train }) => train));
      const found = pairsOf(plan).flatMap((pair) => {
        const [row, column] = pair.split(' ').map(Number) as [number, number]; // two numbers
        const isMirrored = trained.has(row) && row !== column;
        return isMirrored ? [pair, `${column} ${row}`] : [pair];
      });
      expect(new Set(found)).toEqual(new Set(needed));
      const others = found.filter((pair) => !trained.has(Number(pair.split(' ')[0])));
      expect(others.length).toBe(new Set(others).size);
    }),
    { numRuns: 40 },
  );
});

describe.each([
  ['in small batches, a training side in chunks', smallestPlanBytes(costs, examples), true],
  ['training sides of two draws in one chunk', 2 ** 30, false],
])('%s', (_, memory, byLayer) => {
  test('kernels, logits and layers are those of each draw alone', async () => {
    const options = {
      engine,
      model,
      outputs: everyClass(3),
      head: headData(words, base),
      kinds: COMPUTED_KINDS,
      secondMoments: { epsilon: 1, load: squares },
      byLayer,
    };
    const plan = planKernel({ examples, draws: DRAWS, costs, memory });
    const found = await kernelsOfDraws({ ...options, examples, draws: DRAWS, plan });
    expect(found.length).toBe(DRAWS.length);
    for (const [k, { train, rows }] of DRAWS.entries()) {
      const own = rows.map((row) => examples[row] ?? expect.fail('no example'));
      const alone = await empiricalKernels({ ...options, examples: own, train: train.map((row) => rows.indexOf(row)) });
      const together = found[k] ?? expect.fail('no kernels');
      expectClose(together.logits, alone.logits, 1e-5);
      for (const kind of COMPUTED_KINDS) {
        const [a, b] = [together.kernels.get(kind), alone.kernels.get(kind)];
        expectClose(a, b, kind === 'signgd' ? 1e-9 : 1e-5, kind);
        if (!byLayer) continue;
        const layers = [together, alone].map((one) => one.layers?.get(kind) ?? []);
        expect(layers[0]?.map(({ layer }) => layer)).toEqual(layers[1]?.map(({ layer }) => layer));
        layers[0]?.forEach(({ kernel }, l) => {
          expectClose(kernel, layers[1]?.[l]?.kernel, 1e-5, `${kind}, layer ${l}`);
        });
      }
    }
  });
});

/** Within a share of the largest number. */
function expectClose(a: Float64Array | undefined, b: Float64Array | undefined, within: number, what = ''): void {
  const [found, expected] = [a, b].map((values) => values ?? expect.fail(`no numbers: ${what}`)) as [
    Float64Array,
    Float64Array,
  ]; // two of two
  expect(found.length).toBe(expected.length);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(largest).toBeGreaterThan(0);
  const worst = found.reduce((most, value, k) => Math.max(most, Math.abs(value - (expected[k] ?? Number.NaN))), 0);
  expect(worst / largest, what).toBeLessThan(within);
}
