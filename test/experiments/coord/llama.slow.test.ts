/** A mistake planted in a decoder in Llama's style that AdamW trains. */

import { expect, it } from 'vitest';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { begun, checked, off, trained } from './plantedRuns.ts';

it('fails with a gate that learns too fast, and says so', async () => {
  const actual = off(trained('llama').net, 'gate1', 'c', -1);
  const result = await checked('llama', {
    optimizer: optimizerNamed('adamw'),
    settings: { learningRate: 0.01, decoupledDecay: 0.01 },
    actual,
  });
  expect(result.verdict).toBe('fail');
  expect(begun(result)).toEqual(['gate 1']);
  expect(result.causes?.flat()).toContain('learning rate of gate1: c is off by -1');
});
