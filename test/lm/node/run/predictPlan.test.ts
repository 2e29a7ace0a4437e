/** Portions of new texts: all texts in order, each portion within the memory and worth its training side. */

import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { KernelCosts } from '../../../../src/lm/kernel/kernelCosts.ts';
import { openLanguageModel } from '../../../../src/lm/model/checkpoint.ts';
import { checkpointFolder } from '../../../../src/lm/node/model/checkpointFolder.ts';
import { planPortions } from '../../../../src/lm/node/run/predictPlan.ts';
import { failureOf } from '../../../support/failure.ts';

const GIB = 2 ** 30;
const texts = (count: number, length: number) =>
  Array.from({ length: count }, (_, k) => ({ ids: new Array<number>(length).fill(k), place: 0 }));

let costs: KernelCosts | undefined;
beforeAll(async () => {
  const model = await openLanguageModel(
    checkpointFolder(resolve(import.meta.dirname, '../../../../models/tiny-mlm')),
    () => ({
      kind: 'words',
      classes: 2,
      untie: false,
    }),
  );
  costs = new KernelCosts({ chain: model.net.chain, outputs: 1 });
  await model.close();
});

function portions(own: ReturnType<typeof texts>, memory: number, mostTexts?: number, length = 40) {
  if (costs === undefined) throw new Error('not set up');
  const more = mostTexts === undefined ? {} : { mostTexts };
  return planPortions({ costs, train: texts(32, length), texts: own, base: 0.1 * GIB, memory, ...more });
}

describe('planPortions', () => {
  it.each([
    ['few texts and much memory', 24, 8 * GIB, undefined, [24]],
    ['more texts than belong into one portion', 25, 8 * GIB, 10, [10, 10, 5]],
    ['the limit without a choice', 2500, 8 * GIB, undefined, [1024, 1024, 452]],
  ])('%s', (_, count, memory, mostTexts, sizes) => {
    const own = texts(count, 12);
    const found = portions(own, memory, mostTexts);
    expect(found.map(({ examples }) => examples.length - 32)).toEqual(sizes);
    expect(found.flatMap(({ examples }) => examples.slice(32).map(({ ids }) => ids[0]))).toEqual(
      own.map(({ ids }) => ids[0]),
    );
    let first = 0;
    for (const portion of found) {
      expect(portion.first).toBe(first);
      first += portion.examples.length - 32;
    }
  });

  it('makes portions smaller where memory is short, but none of fewer tokens than the training side', () => {
    const sizes = [8, 1, 0.75].map((memory) =>
      portions(texts(600, 128), memory * GIB).map(({ examples }) => examples.length - 32),
    );
    const counts = sizes.map(({ length }) => length);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(counts.at(-1)).toBeGreaterThan(1);
    for (const portion of sizes.flatMap((own) => own.slice(0, -1)))
      expect((portion + 1) * 128).toBeGreaterThan(32 * 40);
  });

  it('names the least memory that would do', async () => {
    expect((await failureOf(() => portions(texts(3, 12), 0.2 * GIB))).code).toBe('lm.memory-too-small');
  });
});
