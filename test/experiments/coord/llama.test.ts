/** The coordinate check of a decoder in Llama's style is right with AdamW in µP, and names a planted mistake; the slow suite has larger ones. */

import { expect, it } from 'vitest';
import { trainedNet } from '../../../src/cli/coordNets.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { begun, checked, off } from './plantedRuns.ts';

const ADAMW = { optimizer: optimizerNamed('adamw'), settings: { learningRate: 0.01, decoupledDecay: 0.01 } };

it('passes with AdamW in µP', async () => {
  const { verdict, findings, measured } = await checked('llama', ADAMW);
  expect(findings).toEqual([]);
  expect(verdict).toBe('pass');
  expect(measured.map(({ layer }) => layer)).toEqual(
    expect.arrayContaining(['query 1', 'gate 1', 'scores of shares1']),
  );
});

it('fails with a gate that learns too fast, and says so', async () => {
  // Two texts of two tokens are enough, where each possible cause is trained with.
  const few = trainedNet('llama', { depth: 1, batch: 2, input: 2, seed: 0 });
  const result = await checked('llama', {
    ...ADAMW,
    ...few,
    widths: [16, 32, 48],
    seeds: 2,
    actual: off(few.net, 'gate1', 'c', -1),
  });
  expect(result.verdict).toBe('fail');
  expect(begun(result)).toEqual(['gate 1']);
  expect(result.causes?.flat()).toContain('learning rate of gate1: c is off by -1');
});
