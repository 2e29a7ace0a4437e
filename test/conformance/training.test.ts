/** Random nets and random training steps mean the same in every interpreter. */

import { afterAll, expect, test } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { outcomes } from './trainingTests.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

/** A failure shrinks for minutes. */
const TIMEOUT = 600_000;
const RUNS = 16;

test(
  'random training runs agree in every interpreter',
  async () => {
    const { agreed, ...others } = await outcomes(engine, RUNS, 1);
    // Neither refusals nor runs that compare nothing are the rule.
    expect(others['nothing to compare']).toBeLessThan(RUNS / 4);
    expect(agreed).toBeGreaterThan(RUNS / 3);
  },
  TIMEOUT,
);
