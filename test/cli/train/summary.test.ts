/** How a training that ended early is told of. */

import { describe, expect, it } from 'vitest';
import { type TrainReport, trainSummary } from '../../../src/cli/train/summary.ts';

const diverged = (step: number): TrainReport => ({
  ...{ net: 'net', width: 8, parameters: 40, data: 'data', examples: '3 examples, 1 held out', loss: 'squared' },
  ...{ classes: null, notes: [] },
  ...{
    batch: 3,
    optimizer: 'sgd',
    learningRate: 0.1,
    schedule: null,
    clipNorm: null,
    frozen: [],
    parametrization: 'mup',
    baseWidth: 64,
    seed: 0,
  },
  ...{ checkpoint: null, status: 'diverged', steps: step - 1, resumedAt: 0, losses: [], evaluations: [], best: null },
  divergence: {
    ...{ step, value: 'f', instruction: 'exp(h)', found: 'Infinity', place: {}, operands: [] },
    text: `diverged at step ${step}: f`,
  },
  seconds: 1,
});

describe('a training that diverged', () => {
  it('may do so for its learning rate after an update', () => {
    expect(trainSummary(diverged(2))).toMatch(/\ndiverged at step 2: f\.\nA smaller --learning-rate may help\.\n$/);
  });

  it('does not before the first', () => {
    expect(trainSummary(diverged(1))).toMatch(/\ndiverged at step 1: f\.\n$/);
  });
});
