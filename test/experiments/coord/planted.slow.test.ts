/** Planted mistakes, at twice the widths of the fast suite, and in gated recurrent networks and transformers: the check says where they begin, and has them as causes. */

import { describe, expect, it } from 'vitest';
import { transformer } from '../../../src/nets/index.ts';
import { exponent, MUP } from '../../../src/parametrizations/index.ts';
import {
  begun,
  checked,
  expectExponentFound,
  expectMultiplierFound,
  expectReadoutFound,
  exponentMistakes,
  multiplied,
} from './plantedRuns.ts';

describe('a mistake in one exponent', () => {
  it.each(exponentMistakes)('%s, %s: %s off by %s', (...mistake) => expectExponentFound(mistake));
});

describe('a forgotten multiplier of the output', () => {
  it.each([['transformer', 'unembedding']])(
    'of %s is told together with that of %s, which is the same',
    expectMultiplierFound,
  );
});

describe('a mistake in all weights of a kind', () => {
  it('names every layer that learns too fast, and the kind', async () => {
    const { matrix } = MUP.kinds;
    const actual = { ...MUP, kinds: { ...MUP.kinds, ...(matrix && { matrix: { ...matrix, c: exponent(0) } }) } };
    const result = await checked('gru', { actual });
    expect(begun(result)).toEqual(['step 2', 'wz', 'wr']);
    expect(result.causes).toEqual([['learning rate of all matrices: c is off by -1']]);
  });
});

describe('a mistake in the network itself', () => {
  const options = { vocabulary: 16, context: 8, depth: 1, heads: 2 };
  const tied = transformer({ ...options, tied: true });
  const words = tied.program.nodes.find(({ instruction }) => instruction.op === 'gather')?.name ?? '';

  it('a tied embedding that carries the readout’s 1/n where it is looked up', async () => {
    const result = await checked('transformer', { net: multiplied(tied, words, -1) });
    expect(begun(result)).toEqual(['embedding']);
    expect(result.causes).toEqual([
      ['multiplier of embedding where its rows are looked up: a of this use is off by +1'],
    ]);
  });

  it('a tied embedding scaled twice where it is the readout', () => expectReadoutFound(multiplied(tied, 'f', -1)));

  it('scores of attention divided by √d in place of d', async () => {
    const result = await checked('transformer', { net: transformer({ ...options, scaling: '1/sqrt(d)' }) });
    expect(begun(result)).toEqual(['scores of shares1']);
    expect(result.causes).toEqual([
      ['multiplier of the scores of shares1: it is off by -0.5, as 1/√d in place of 1/d'],
    ]);
  });
});
