/**
 * Mistakes planted in networks that no classification knows: the check fails, says in which layer it begins, and has the
 * planted mistake among the causes that it finds by training. Gated recurrent networks and transformers are in the slow
 * suite.
 */

import { describe, expect, it } from 'vitest';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { checked, expectExponentFound, expectMultiplierFound, exponentMistakes, off, trained } from './plantedRuns.ts';

const isSlow = (name: string): boolean => ['gru', 'transformer', 'llama'].includes(name);

describe('a mistake in one exponent', () => {
  it.each(exponentMistakes.filter(([name]) => !isSlow(name)))('%s, %s: %s off by %s', (...mistake) =>
    expectExponentFound(mistake, { widths: [16, 32, 64, 128] }),
  );

  it('of the gradient that SGD sees', async () => {
    const result = await checked('rnn', {
      ...{ optimizer: optimizerNamed('sgd'), settings: { learningRate: 0.1 } },
      actual: off(trained('rnn').net, 'w', 'd', -1),
    });
    expect(result.findings.map(({ layer }) => layer)).toContain('step 2');
    expect(result.causes).toEqual([['scale of the gradient (or of ε) of w: d is off by -1']]);
  });

  it('in ε where it matters', async () => {
    const result = await checked('rnn', {
      actual: off(trained('rnn').net, 'w', 'd', -1),
      settings: { learningRate: 0.01, epsilon: 0.01 },
    });
    expect(new Set(result.findings.map(({ layer }) => layer))).toEqual(new Set(['step 2', 'step 3', 'step 4']));
    expect(result.causes).toEqual([['scale of the gradient (or of ε) of w: d is off by -1']]);
  });
});

describe('a forgotten multiplier of the output', () => {
  it.each([
    ['rnn', 'v'],
    ['cnn', 'w2'],
  ])('of %s is told together with that of %s, which is the same', expectMultiplierFound);
});
