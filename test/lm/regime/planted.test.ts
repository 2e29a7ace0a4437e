/** Where the regime is known, the verdict says it; how often it does not, over twenty seeds, is in the slow suite. */

import { afterAll, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { LEAST_MOVE } from '../../../src/lm/regime/criteria.ts';
import { measurePlanted, PLANTED, verdictOn } from './planted.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

test.each(PLANTED.filter(({ name }) => /^(linear.*sgd|small.*adam|large.*sgd|random.*adam)/.test(name)))(
  '$name: $expected',
  async (planted) => {
    const verdict = verdictOn(await measurePlanted(engine, planted, 3));
    expect(verdict.verdict).toBe(planted.expected);
    expect(verdict.moved).toBeGreaterThan(LEAST_MOVE);
    if (planted.expected === 'kernel') expect(verdict.failed).toEqual([]);
    else expect(verdict.failed).toContain('linearization');
  },
);
