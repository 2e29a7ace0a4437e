/** What is asked of limits of training that are known, at small samples in the fast suite. */

import { expect, it } from 'vitest';
import { describeWithShared } from '../../support/shared.ts';
import { type Compared, comparedWith } from './referenceCases.ts';

/**
 * Standard errors. Of a case's 28 to 330 numbers, which move together, about ten are independent, and errors have some 15
 * degrees of freedom: one case in a hundred would fail by chance.
 */
const SIGMAS = 4;
/** Outputs at the start are exact zeros in the neural tangent case. */
const ROUNDING = 1e-12;

export interface Sampled {
  /** What a nonlinear update of matrices costs grows as their square. */
  readonly samples: number;
  readonly seeds: number;
  /** What the largest joint standard error of a case must stay below. */
  readonly error: number;
}

export function testReferences(cases: Readonly<Record<string, Sampled>>): void {
  describeWithShared('limits of training that another program computed', 'reference/limits', (folder) => {
    it.each(Object.entries(cases))('%s', async (name, { samples, seeds, error }) => {
      const compared = await comparedWith(folder, name, { seeds, samples, subsample: samples });
      const sigmas = ({ value, expected, standardError }: Compared): number =>
        Math.abs(value - expected) / (standardError + ROUNDING);
      const worst = compared.reduce((most, one) => (sigmas(one) > sigmas(most) ? one : most));
      expect(sigmas(worst), `${worst.where}: ${worst.value} instead of ${worst.expected}`).toBeLessThan(SIGMAS);
      expect(Math.max(...compared.map(({ standardError }) => standardError))).toBeLessThan(error);
    });
  });
}
