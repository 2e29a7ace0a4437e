/** Shampoo means the same in every interpreter where heads make the matrix, whose programs are long. */

import { afterAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import type { NetChoice } from './randomNets.ts';
import type { TrainingChoice } from './randomTraining.ts';
import { expectAgreement } from './trainingTests.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

/** The bit of `byHead` among the flags of Shampoo. */
const BY_HEAD = 8;

const settings = { learningRate: 0.1, schedule: 'constant', flags: 0, epsilon: 0.1, decay: 'none' } as const;
const text: NetChoice = { net: 'transformer', options: { vocabulary: 3, context: 2, depth: 1, heads: 2 } };

const choiceOf = (flags: number): TrainingChoice => ({
  net: text,
  rule: { optimizer: 'shampoo', settings: { ...settings, flags } },
  ...{ other: undefined, parametrization: 'mup', loss: 'cross-entropy', weighted: false, limit: 'none' },
  ...{ clipNorm: undefined, frozen: 0, outputs: 1, batches: [2, 3], input: 2, n: 6, seed: 1 },
});

describe('interpreters agree', () => {
  test.each([
    ['all heads of attention in one matrix', choiceOf(0)],
    ['each head alone', choiceOf(BY_HEAD)],
  ])('%s', async (_, choice) => {
    expect(await expectAgreement(choice, engine)).toBe('agreed');
  });
});
