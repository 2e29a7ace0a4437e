/** Names of a kernel's blocks. */

import { expect, test } from 'vitest';
import { blockKind, kernelBlock } from '../../../src/lm/kernel/kernelBlocks.ts';

test('blocks are named by kernel, and of Adam by its second moments', () => {
  expect(kernelBlock('signgd', 3, 0, 1)).toBe('kernel/signgd/3/0/1');
  const secondMoments = { epsilon: 1, fingerprint: 'abc', load: async () => ({}) };
  expect(blockKind('adam', { secondMoments })).toBe('adam-abc');
  expect(blockKind('sgd', { secondMoments })).toBe('sgd');
});
