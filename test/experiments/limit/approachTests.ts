/** What is asked of finite networks beside a limit: at small widths in the fast suite. */

import { afterAll, describe, expect, it } from 'vitest';
import type { LimitProblem } from '../../../src/experiments/index.ts';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { beside, exponentOf, missedBy, type Sizes } from './approach.ts';

const engine = nodeEngine({ threads: 1 });

/**
 * The rate of the Master Theorem is −1/2. Over widths of ratio 16, the exponent's own error at the sizes of the tests is
 * at most 0.05, so that one case in three hundred lies outside the band by chance.
 */
const [SLOWEST, FASTEST] = [-0.35, -0.65];
/** Of at most four outputs on 15 degrees of freedom: one case in two hundred would miss by chance. */
const SIGMAS = 4;

export type Cases = Readonly<Record<string, readonly [problem: LimitProblem, sizes: Sizes]>>;

export function testApproach(title: string, cases: Cases): void {
  afterAll(() => engine.release());

  describe(title, () => {
    it.each(Object.entries(cases))('%s', async (_, [problem, sizes]) => {
      const found = await beside(engine, problem, sizes);
      expect(found.widths.map(({ diverged }) => diverged)).toEqual(found.widths.map(() => 0));
      const exponent = exponentOf(found);
      expect(exponent).toBeLessThan(SLOWEST);
      expect(exponent).toBeGreaterThan(FASTEST);
      expect(missedBy(found)).toBeLessThan(SIGMAS);
    });
  });
}
