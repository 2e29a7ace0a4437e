/** What tests of a kernel's blocks ask: whatever is missing of them at a start is computed again, to the same bytes. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../../src/finite/index.ts';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { type KernelStore, memoryStore } from '../../../src/lm/kernel/blockStore.ts';
import { oneDraw } from '../../../src/lm/kernel/drawSides.ts';
import { empiricalKernel } from '../../../src/lm/kernel/empiricalKernel.ts';
import { KernelCosts } from '../../../src/lm/kernel/kernelCosts.ts';
import type { EmpiricalKernel } from '../../../src/lm/kernel/kernelOptions.ts';
import { type KernelPlan, planKernel, smallestPlanBytes } from '../../../src/lm/kernel/kernelPlan.ts';
import { everyClass } from '../../../src/lm/kernel/outputs.ts';
import { type LanguageModel, loadLanguageModel } from '../../../src/lm/model/checkpoint.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { stream } from '../../../src/numeric/index.ts';
import { indexTensor } from '../../../src/program/index.ts';
import { describeWithShared, sharedPath } from '../../support/shared.ts';

/** A store that notes what is written, and may stop the run after so many writes, as a kill would. */
function watched(store: KernelStore, writes = Number.POSITIVE_INFINITY) {
  const written: string[] = [];
  const watching: KernelStore = {
    ...store,
    write: async (block, parts) => {
      if (written.length >= writes) throw new Error('stopped');
      // The store may hold on to the parts, which later steps must not change.
      await store.write(
        block,
        parts.map((part) => Uint8Array.from(part)),
      );
      written.push(block);
    },
  };
  return { store: watching, written };
}

/** Stops a run at every write whose number is a multiple of this, and loses blocks of a finished one. */
export function testResuming(every: number): void {
  const engine = nodeEngine({ threads: 1 });
  afterAll(() => engine.release());
  describeWithShared('resuming', 'reference/lm/tiny_roberta', () => {
    describe.each([true, false])('activations kept: %s', (keepActivations) => resuming(engine, keepActivations, every));
  });
}

function resuming(engine: Engine, keepActivations: boolean, every: number): void {
  const source = stream(3, 'resume');
  const examples = Array.from({ length: 10 }, (_, k) => {
    const length = 4 + (k % 5);
    const ids = [...source.substream(`${k}`).uniforms(length)].map((u) => 10 + Math.floor(u * 900));
    return { ids, place: k % length };
  });
  const train = [1, 4, 6, 7];
  let [model, plan, whole]: [LanguageModel | undefined, KernelPlan | undefined, EmpiricalKernel | undefined] = [
    undefined,
    undefined,
    undefined,
  ];
  /** Of a run that nothing stopped. */
  const finished = watched(memoryStore());
  const run = (store: KernelStore): Promise<EmpiricalKernel> => {
    if (model === undefined || plan === undefined) throw new Error('not set up');
    const head = { labels: indexTensor(['class'], [2], [20, 30]) };
    return empiricalKernel({ engine, model, examples, train, outputs: everyClass(2), head, plan, store });
  };

  beforeAll(async () => {
    model = await loadLanguageModel(checkpointFolder(sharedPath('reference/lm/tiny_roberta') ?? ''), () => ({
      kind: 'words',
      classes: 2,
      untie: false,
    }));
    const costs = new KernelCosts({ chain: model.net.chain, outputs: 2 });
    const memory = smallestPlanBytes(costs, examples);
    plan = { ...planKernel({ examples, draws: oneDraw(examples, train), costs, memory }), keepActivations };
    whole = await run(finished.store);
  });

  const expectSame = ({ kernel, logits }: EmpiricalKernel): void => {
    expect(Buffer.from(kernel.buffer).equals(Buffer.from(whole?.kernel.buffer ?? new ArrayBuffer(0)))).toBe(true);
    expect([...logits]).toEqual([...(whole?.logits ?? [])]);
  };

  test('the plan has several chunks on both sides', () => {
    expect(plan?.trainChunks).toBeGreaterThan(1);
    expect((plan?.chunks.length ?? 0) - (plan?.trainChunks ?? 0)).toBeGreaterThan(1);
  });

  test('a kernel is symmetric on the training side', () => {
    const { kernel } = whole ?? { kernel: new Float64Array() };
    const columns = train.length * 2;
    for (const [a, member] of train.entries()) {
      for (const [b, other] of train.entries()) {
        for (const [c, d] of [0, 1].flatMap((o) => [[o, 0] as const, [o, 1] as const])) {
          const here = kernel[(member * 2 + c) * columns + 2 * b + d] ?? Number.NaN;
          const there = kernel[(other * 2 + d) * columns + 2 * a + c] ?? Number.NaN;
          expect(Math.abs(here - there)).toBeLessThanOrEqual(1e-5 * Math.abs(here));
        }
      }
    }
  });

  test('stopped at any write and started again: the same bytes, and nothing written twice', async () => {
    expect(finished.written.length).toBeGreaterThan(3 * every);
    for (let writes = 0; writes < finished.written.length; writes += every) {
      const blocks = memoryStore();
      const first = watched(blocks, writes);
      await expect(run(first.store)).rejects.toThrow('stopped');
      const second = watched(blocks);
      expectSame(await run(second.store));
      const twice = second.written.filter((block) => first.written.includes(block) && block.startsWith('kernel/'));
      expect(twice).toEqual([]);
    }
  });

  describe('blocks lost after the end', () => {
    test.each([
      ['nothing', () => false],
      ['one block of products', (block: string) => block === 'kernel/sgd/1/1/3'],
      ['a block of the training side', (block: string) => block === 'kernel/sgd/0/0/0'],
      ['tables', (block: string) => block === 'kernel/sgd/tables/2'],
      ['logits', (block: string) => block === 'logits/1'],
      ['every other block', (_: string, k: number) => k % 2 === 0],
    ])('%s', async (name, lost) => {
      const store = memoryStore();
      const gone: string[] = [];
      for (const [k, block] of [...new Set(finished.written)].entries()) {
        const bytes = await finished.store.read(block);
        if (bytes === undefined) continue;
        if (lost(block, k)) gone.push(block);
        else await store.write(block, [bytes]);
      }
      expect(gone.length > 0).toBe(name !== 'nothing');
      const again = watched(store);
      expectSame(await run(again.store));
      // What was lost is written, and of what was not lost only activations, which the end of a run drops.
      const rewritten = again.written.filter((block) => !/^(boundary|cotangent|rows)\//.test(block));
      expect(rewritten.filter((block) => gone.includes(block))).toEqual(expect.arrayContaining(gone));
      expect(rewritten.filter((block) => block.startsWith('kernel/') && !gone.includes(block))).toEqual([]);
    });
  });
}
