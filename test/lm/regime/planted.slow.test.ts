/** False verdicts over twenty seeds of each fine-tuning whose regime is known (docs/regime.md). */

import { afterAll, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { LEAST_MOVE } from '../../../src/lm/regime/criteria.ts';
import { measurePlanted, PLANTED, verdictOn } from './planted.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

const SEEDS = 20;
/** Of the twenty of one kind: none was seen. */
const MOST_FALSE = 1;

test.each(PLANTED)('$name: $expected', async (planted) => {
  const verdicts = [];
  for (let seed = 0; seed < SEEDS; seed++) verdicts.push(verdictOn(await measurePlanted(engine, planted, seed)));
  const wrong = verdicts.filter(({ verdict }) => verdict !== planted.expected);
  expect(wrong.length, wrong.map(({ words }) => words.join('. ')).join('; ')).toBeLessThanOrEqual(MOST_FALSE);
  for (const { moved } of verdicts) expect(moved).toBeGreaterThan(LEAST_MOVE);
});
