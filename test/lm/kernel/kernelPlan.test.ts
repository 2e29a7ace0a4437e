/** Plans of a kernel: every example in one place, chunks within their memory, and what a forecast promises. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchesOf, type Encoded } from '../../../src/lm/kernel/batches.ts';
import { oneDraw } from '../../../src/lm/kernel/drawSides.ts';
import { fitPlan, forecastBytes } from '../../../src/lm/kernel/forecast.ts';
import { forecastWork, secondKernelWork } from '../../../src/lm/kernel/forecastWork.ts';
import { KernelCosts } from '../../../src/lm/kernel/kernelCosts.ts';
import { COMPUTED_KINDS, type ComputedKind } from '../../../src/lm/kernel/kernelKinds.ts';
import { keptBytes, planKernel, smallestPlanBytes } from '../../../src/lm/kernel/kernelPlan.ts';
import { type LanguageModelConfig, languageModel } from '../../../src/nets/index.ts';

const config: LanguageModelConfig = {
  family: 'bert',
  vocabulary: 50,
  positions: 128,
  firstPosition: 0,
  tokenTypes: 2,
  width: 64,
  layers: 3,
  heads: 4,
  feedForward: 128,
  activation: 'gelu',
  normEpsilon: 1e-12,
  tied: true,
};
const MB = 2 ** 20;

const { chain } = languageModel(config, { kind: 'words', classes: 2, untie: false });
const counted = new Map<number, KernelCosts>();
/** What the encoder's stages cost, counted once for each number of outputs. */
function costsOf(outputs: number): KernelCosts {
  const known = counted.get(outputs) ?? new KernelCosts({ chain, outputs });
  counted.set(outputs, known);
  return known;
}

const ofLengths = (lengths: readonly number[]): Encoded[] =>
  lengths.map((length) => ({ ids: new Array<number>(length).fill(1), place: 0 }));
const lengths = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 60 });

describe('batches', () => {
  test('hold every example once, padded to less than four tokens more than the longest, within both limits', () => {
    fc.assert(
      fc.property(
        lengths,
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 400 }),
        (all, examples, tokens) => {
          const batches = batchesOf(ofLengths(all), [...all.keys()], { examples, tokens });
          expect(batches.flatMap(({ members }) => members).sort((a, b) => a - b)).toEqual([...all.keys()]);
          for (const { members, time } of batches) {
            const longest = Math.max(...members.map((member) => all[member] ?? 0));
            expect(time - longest).toBeGreaterThanOrEqual(0);
            expect(time - longest).toBeLessThan(4);
            expect(members.length).toBeLessThanOrEqual(examples);
            if (members.length > 1) expect(members.length * time).toBeLessThanOrEqual(tokens);
          }
        },
      ),
    );
  });

  test('put examples of similar length together', () => {
    const batches = batchesOf(ofLengths([40, 8, 41, 7, 42, 6]), [0, 1, 2, 3, 4, 5], { examples: 3, tokens: 1000 });
    expect(batches.map(({ members }) => [...members].sort())).toEqual([
      [1, 3, 5],
      [0, 2, 4],
    ]);
  });
});

describe('a plan', () => {
  const plans = fc.record({
    all: lengths,
    outputs: fc.integer({ min: 1, max: 6 }),
    memory: fc.integer({ min: 1, max: 64 }),
  });

  test('has the training side in its first chunks and no example twice', () => {
    fc.assert(
      fc.property(plans, ({ all, outputs, memory }) => {
        const train = [...all.keys()].filter((k) => k % 2 === 0);
        const [examples, draws] = [ofLengths(all), oneDraw(all, train)];
        const plan = planKernel({ examples, draws, costs: costsOf(outputs), memory: memory * MB });
        const membersOf = (chunks: readonly (readonly number[])[]): number[] =>
          chunks.flat().flatMap((batch) => plan.batches[batch]?.members ?? []);
        const sorted = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b);
        expect(sorted(membersOf(plan.chunks))).toEqual([...all.keys()]);
        expect(sorted(membersOf(plan.chunks.slice(0, plan.trainChunks)))).toEqual(train);
      }),
    );
  });

  test('keeps chunks of several batches within their share of the memory', () => {
    fc.assert(
      fc.property(plans, ({ all, outputs, memory }) => {
        const costs = costsOf(outputs);
        const plan = planKernel({ examples: ofLengths(all), draws: oneDraw(all, [0]), costs, memory: memory * MB });
        for (const chunk of plan.chunks.slice(plan.trainChunks)) {
          const bytes = chunk.reduce((sum, batch) => {
            const { members = [], time = Number.NaN } = plan.batches[batch] ?? {};
            return sum + members.length * costs.bytes(time).factors;
          }, 0);
          if (chunk.length > 1) expect(bytes).toBeLessThan(0.2 * memory * MB);
        }
      }),
    );
  });

  test('keeps activations only where they fit', () => {
    const examples = ofLengths(new Array<number>(60).fill(30));
    const options = { examples, draws: oneDraw(examples, [0, 1]), costs: costsOf(1) };
    const needed = keptBytes(planKernel({ ...options, memory: 64 * MB }), options.costs);
    expect(planKernel({ ...options, memory: 4 * needed }).keepActivations).toBe(true);
    expect(planKernel({ ...options, memory: 2 * needed }).keepActivations).toBe(false);
  });
});

describe('a fitted plan', () => {
  const examples = ofLengths(Array.from({ length: 80 }, (_, k) => 10 + (k % 40)));
  const train = Array.from({ length: 16 }, (_, k) => k);
  const options = { costs: costsOf(1), examples, draws: oneDraw(examples, train), base: 100 * MB };

  test('is forecast within the memory that it was fitted to', () => {
    for (const memory of [450, 500, 600, 1000, 4000]) {
      const fitted = fitPlan({ ...options, memory: memory * MB });
      expect(forecastBytes(options, fitted)).toBeLessThanOrEqual(memory * MB);
    }
  });

  test('is refused below the least, which is named and which is enough', () => {
    const least = (() => {
      try {
        fitPlan({ ...options, memory: 150 * MB });
      } catch (error) {
        return (error as { data: { least: number } }).data.least; // of the error of this refusal
      }
      return expect.fail('not refused');
    })();
    expect(least).toBeGreaterThan(options.base + smallestPlanBytes(options.costs, examples));
    expect(() => fitPlan({ ...options, memory: least })).not.toThrow();
  });

  test('means no more work with more memory', () => {
    const work = [450, 1000, 4000].map((memory) => {
      const { plan } = fitPlan({ ...options, memory: memory * MB });
      return forecastWork(options.costs, plan);
    });
    expect([...work].sort((a, b) => b - a)).toEqual(work);
  });

  test('counts every kernel that is computed beside others', () => {
    const { plan } = fitPlan({ ...options, memory: 4000 * MB });
    const work = (...kinds: readonly ComputedKind[]): number => forecastWork(options.costs, plan, kinds);
    const all = COMPUTED_KINDS.map((_, k) => work(...COMPUTED_KINDS.slice(0, k + 1)));
    all.slice(1).forEach((more, k) => {
      expect(more, COMPUTED_KINDS[k + 1]).toBeGreaterThan(all[k] ?? Number.NaN);
    });
    for (const kind of COMPUTED_KINDS) expect(work(kind)).toBeLessThan(all.at(-1) ?? Number.NaN);
    // The second kernel is computed of the evaluated examples alone: for less than the first.
    const second = secondKernelWork(options.costs, plan, ['a-signgd', 'a-signgd-evaluated']);
    expect(second).toBe(work('a-signgd', 'a-signgd-evaluated') - work('a-signgd'));
    expect(second).toBeGreaterThan(0);
    expect(second).toBeLessThan(work('sgd', 'a-signgd') - work('sgd'));
    expect(secondKernelWork(options.costs, plan, ['sgd', 'a-signgd'])).toBe(0);
  });
});
