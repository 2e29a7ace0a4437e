/** Training by functions of whole matrices means the same in every interpreter: n × n matrices, and C of k × k. */

import { afterAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import type { NetChoice } from './randomNets.ts';
import type { TrainingChoice } from './randomTraining.ts';
import { expectAgreement } from './trainingTests.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

const settings = { learningRate: 0.1, schedule: 'constant', flags: 0, epsilon: 0.01, decay: 'none' } as const;

/** The bit of `byHead` among the flags of Muon. */
const BY_HEAD = 64;

const choiceOf = (net: NetChoice, optimizer: string, other: Partial<TrainingChoice> = {}): TrainingChoice => ({
  net,
  rule: { optimizer, settings },
  ...{ other: undefined, parametrization: 'mup', loss: 'squared', weighted: false, limit: 'none' },
  ...{ clipNorm: undefined, frozen: 0, outputs: 1, batches: [2, 3, 2], input: 2, n: 6, seed: 1 },
  ...other,
});

const pair: NetChoice = { net: 'mlp', options: { depth: 2, activation: 'tanh' } };
/** An ε for which few Newton steps are enough. */
const few = { optimizer: 'shampoo', settings: { ...settings, epsilon: 0.3 } };
const layers: NetChoice = { net: 'mlp', options: { depth: 3, activation: 'tanh' } };
const text: NetChoice = { net: 'transformer', options: { vocabulary: 3, context: 2, depth: 1, heads: 2 } };

describe('interpreters agree', () => {
  test.each<readonly [string, TrainingChoice]>([
    ['Muon, three hidden layers', choiceOf(layers, 'muon')],
    [
      'its momentum and shape factors changed',
      choiceOf(layers, 'muon', { rule: { optimizer: 'muon', settings: { ...settings, flags: 31 } } }),
    ],
    ['the polar factor', choiceOf(layers, 'polar')],
    ['Shampoo', choiceOf(pair, 'shampoo', { rule: few, batches: [2, 3] })],
    [
      'an average of gradients between its roots',
      choiceOf(pair, 'shampoo', { rule: { ...few, settings: { ...few.settings, flags: 1 } }, batches: [2, 3] }),
    ],
    [
      'the largest singular value',
      choiceOf(pair, 'spectral', { rule: { ...few, optimizer: 'spectral' }, batches: [2] }),
    ],
    ['a norm of all gradients', choiceOf(layers, 'muon', { clipNorm: 0.3 })],
    ['updates that are clipped', choiceOf(layers, 'muon', { limit: 'normalize' })],
    ['a transformer of one block', choiceOf(text, 'muon', { loss: 'cross-entropy' })],
    [
      'each head of attention alone',
      choiceOf(text, 'muon', {
        loss: 'cross-entropy',
        rule: { optimizer: 'muon', settings: { ...settings, flags: BY_HEAD } },
      }),
    ],
    ['a convolutional network', choiceOf({ net: 'cnn', options: { size: [3], depth: 2, activation: 'tanh' } }, 'muon')],
    ['a recurrent network', choiceOf({ net: 'recurrent', options: { steps: 2, gated: true } }, 'muon')],
  ])('%s', async (_, choice) => {
    expect(await expectAgreement(choice, engine)).toBe('agreed');
  });
});
