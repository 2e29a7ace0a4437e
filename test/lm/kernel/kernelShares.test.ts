/** Several processes on one kernel: the bytes of one, and the training sides run once between them. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { CountedEngine } from '../../../bench/harness/countedEngine.ts';
import { type KernelStore, memoryStore } from '../../../src/lm/kernel/blockStore.ts';
import type { DrawSides } from '../../../src/lm/kernel/drawSides.ts';
import { kernelsOfDraws } from '../../../src/lm/kernel/empiricalKernel.ts';
import { KernelCosts } from '../../../src/lm/kernel/kernelCosts.ts';
import { planKernel, smallestPlanBytes } from '../../../src/lm/kernel/kernelPlan.ts';
import { type ChunkUnit, chunkUnits, computeUnits, sharesTraining } from '../../../src/lm/kernel/kernelShares.ts';
import { everyClass } from '../../../src/lm/kernel/outputs.ts';
import { base, examples, headData, modelOf } from './byDefinition.ts';

const engine = new CountedEngine();
afterAll(() => engine.release());

const words = { kind: 'words', classes: 3, untie: false } as const;
const model = modelOf({ ...base, activation: 'relu' }, words);
const subject = { chain: model.net.chain, outputs: 3 };
const costs = new KernelCosts(subject);
const draws: readonly DrawSides[] = [{ train: [5, 0, 3], rows: [5, 0, 3, 1, 2, 4, 6] }];
const kinds = ['sgd'] as const;
const plan = planKernel({ examples, draws, costs, memory: smallestPlanBytes(costs, examples), parts: 4 });
const options = {
  ...{ engine, model, examples, draws, kinds, plan },
  ...{ outputs: everyClass(3), head: headData(words, base) },
};
const isTraining = ({ kind }: ChunkUnit): boolean => kind === 'training';
const units = chunkUnits({ subject, plan, kinds, training: true });
const sides = units.filter(isTraining);

/** A process of its own on a store of all; `wait` is what it does until others have run the training sides. */
function process(shared: KernelStore, wait: () => Promise<void> = async () => {}) {
  const training = { blocks: new Set(sides.flatMap(({ blocks }) => blocks)), seen: new Set<string>(), wait };
  const own = memoryStore();
  return (...some: readonly ChunkUnit[]): Promise<void> => computeUnits(options, some, { shared, own, training });
}

/** What it multiplies. */
async function counted(act: () => Promise<unknown>): Promise<number> {
  const before = engine.multiplied;
  await act();
  return engine.multiplied - before;
}

async function bytesOf(store: KernelStore): Promise<readonly string[]> {
  const blocks = units.flatMap((unit) => (isTraining(unit) ? [] : unit.blocks));
  const contents = blocks.map(async (block) => Buffer.from((await store.read(block)) ?? []).toString('base64'));
  return Promise.all(contents);
}

/** Of a process that has all to itself, and makes no factors. */
const alone = memoryStore();
beforeAll(async () => {
  await kernelsOfDraws({ ...options, store: alone });
});

test('the plan has several chunks on both sides, and factors that are shared', () => {
  expect(plan.trainChunks).toBeGreaterThan(1);
  expect(plan.chunks.length - plan.trainChunks).toBeGreaterThan(2);
  expect(sides.map(({ chunk }) => chunk)).toEqual(plan.chunks.slice(0, plan.trainChunks).map((_, k) => k));
  expect(sharesTraining(plan, costs)).toBe(true);
});

test('training sides are run once for all, and all that is collected has the bytes of one process', async () => {
  const shared = memoryStore();
  const [first, second] = [process(shared), process(shared)];
  const last = units.at(-1) ?? expect.fail('no units');
  // Of a process that shares nothing, and of one that waits in vain.
  const whole = await counted(() => process(memoryStore())(last));
  const side = await counted(() => first(...sides));
  expect(await counted(() => second(last))).toBe(whole - side);
  for (const [k, unit] of units.entries()) await (k % 2 === 0 ? first : second)(unit);
  expect(await bytesOf(shared)).toEqual(await bytesOf(alone));
  expect(await counted(() => process(shared)(...units))).toBe(0);
});

test('others run their own chunks forward until the training sides are there', async () => {
  const shared = memoryStore();
  const side = process(shared);
  let [begun, forward] = [Number.NaN, 0];
  const other = process(shared, async () => {
    forward = engine.multiplied - begun;
    await side(...sides);
  });
  begun = engine.multiplied;
  await other(...units.filter(({ kind, chunk }) => kind === 'products' && chunk >= plan.trainChunks));
  expect(forward).toBeGreaterThan(0);
  await side(...units);
  expect(await bytesOf(shared)).toEqual(await bytesOf(alone));
});

test('a process that waits in vain runs the training sides itself, and leaves them to others', async () => {
  const shared = memoryStore();
  await process(shared)(units.at(-1) ?? expect.fail('no units'));
  for (const block of sides.flatMap(({ blocks }) => blocks)) expect(await shared.has(block), block).toBe(true);
  expect(await counted(() => process(shared)(...sides))).toBe(0);
});

test.each(['factors/1/0', 'rows/0/1', 'logits/0'])(
  '%s that is gone is computed again by whoever needs it',
  async (lost) => {
    const shared = memoryStore();
    const first = process(shared);
    await first(...sides);
    expect(await shared.has(lost)).toBe(true);
    await shared.remove(lost);
    await process(shared)(units.at(-1) ?? expect.fail('no units'));
    expect(await shared.has(lost)).toBe(true);
  },
);
