/** The cases of tokenShares.test.ts that need programs of their own. */

import { afterAll, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { everyClass, logitDifference } from '../../../src/lm/kernel/outputs.ts';
import { roberta } from './byDefinition.ts';
import { type Case, expectRows, expectSums } from './tokenSums.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

test.each<[string, Case]>([
  ['sgd, three classes, small batches', { outputs: everyClass(3), small: true }],
  ['sgd, outputs apart', { outputs: everyClass(3), ownOutputs: true, config: roberta }],
  ['a-signgd, two classes, small batches', { outputs: logitDifference, kind: 'a-signgd', small: true }],
])('tokens add up to layers: %s', (_, setting) => expectSums(engine, setting));

test('each token has its own row of positions, signs', () =>
  expectRows(engine, 'a-signgd', 'position_embeddings', (_, token) => token));

test.each(['sgd', 'a-signgd'] as const)('each token has its own row of words: %s', (kind) =>
  expectRows(engine, kind, 'word_embeddings', (ids, token) => ids[token] ?? Number.NaN),
);
