/** Names of a kernel's blocks, and those of folders from when SGD's kernel was the only one. */

import { expect, test } from 'vitest';
import { memoryStore } from '../../../src/lm/kernel/blockStore.ts';
import { blockKind, hasBlock, kernelBlock, tablesBlock } from '../../../src/lm/kernel/kernelBlocks.ts';

test('blocks are named by kernel, and of Adam by its second moments', () => {
  expect(kernelBlock('signgd', 3, 0, 1)).toBe('kernel/signgd/3/0/1');
  const secondMoments = { epsilon: 1, fingerprint: 'abc', load: async () => ({}) };
  expect(blockKind('adam', { secondMoments })).toBe('adam-abc');
  expect(blockKind('sgd', { secondMoments })).toBe('sgd');
});

test('a block without a kernel in its name is one of SGD, and of no other', async () => {
  const store = memoryStore();
  const bytes = Uint8Array.of(1, 2, 3);
  for (const unnamed of ['kernel/3/0/1', 'kernel/tables/1']) await store.write(unnamed, [bytes]);
  expect(await hasBlock(store, tablesBlock('signgd', 1))).toBe(false);
  for (const [block, unnamed] of [
    [kernelBlock('sgd', 3, 0, 1), 'kernel/3/0/1'],
    [tablesBlock('sgd', 1), 'kernel/tables/1'],
  ] as const) {
    expect(await hasBlock(store, block)).toBe(true);
    expect(await store.read(block)).toEqual(bytes);
    expect(await store.has(unnamed)).toBe(false);
  }
  expect(await hasBlock(store, kernelBlock('sgd', 4, 0, 1))).toBe(false);
});
