/** The coordinate check of a decoder in Llama's style is right with AdamW in µP; planted mistakes are in the slow suite. */

import { expect, it } from 'vitest';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { checked } from './plantedRuns.ts';

const ADAMW = { optimizer: optimizerNamed('adamw'), settings: { learningRate: 0.01, decoupledDecay: 0.01 } };

it('passes with AdamW in µP', async () => {
  const { verdict, findings, measured } = await checked('llama', ADAMW);
  expect(findings).toEqual([]);
  expect(verdict).toBe('pass');
  expect(measured.map(({ layer }) => layer)).toEqual(
    expect.arrayContaining(['query 1', 'gate 1', 'scores of shares1']),
  );
});
