/**
 * A function of kernel rows by token: tokens add up to layers, layers to the function of the rows, and where the oracle's
 * gradients (byDefinition.ts) tell tokens apart, by rows of tables, each token has its own.
 */

import { afterAll, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { empiricalKernel } from '../../../src/lm/kernel/empiricalKernel.ts';
import { everyClass, logitDifference } from '../../../src/lm/kernel/outputs.ts';
import type { LanguageModelHead } from '../../../src/nets/index.ts';
import { base, examples, headData, modelOf } from './byDefinition.ts';
import { type Case, expectRows, expectSums, TRAIN } from './tokenSums.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

test.each<[string, Case]>([
  ['sgd, tied, two classes', { outputs: logitDifference }],
  ['a-signgd, three classes', { outputs: everyClass(3), kind: 'a-signgd' }],
  ['biases', { outputs: logitDifference, selection: 'biases' }],
])('tokens add up to layers: %s', (_, setting) => expectSums(engine, setting));

test('each token has its own row of a table', () =>
  expectRows(engine, 'sgd', 'position_embeddings', (_, token) => token));

test.each(['signgd', 'adam'] as const)('%s has no such split', async (kind) => {
  const head: LanguageModelHead = { kind: 'words', classes: 2, untie: false };
  const model = modelOf(base, head);
  const options = { engine, model, examples, train: TRAIN, outputs: logitDifference, head: headData(head, base) };
  const byToken = { kind, coefficients: [1, 1, 1], ownOutputs: false };
  await expect(async () => empiricalKernel({ ...options, byToken })).rejects.toMatchObject({
    code: 'lm.no-token-split',
  });
});
