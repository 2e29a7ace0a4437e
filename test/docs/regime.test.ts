/** The bounds on docs/regime.md are those that verdicts use. */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { type BOUNDS, criteriaOf, LEAST_MOVE, PAPER } from '../../src/lm/regime/criteria.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/regime.md'), 'utf8');

/** As the page calls them. */
const NAMES: Readonly<Record<keyof typeof BOUNDS, string>> = {
  gainRecovered: 'gain recovered',
  logitError: 'logit error',
  relativeDistance: 'entries change',
  kernelChange: 'kernel changes',
};

test('bounds, and whose they are', () => {
  const score = { zeroShot: 0, linearized: 1, trained: 1, moved: 1, logitError: 0, agreement: 1 };
  const distance = { relative: 0, median: 0, frobenius: 0, direction: 0, zeros: 0 };
  const shown = { initial: [], linearized: [], trained: [], before: [], after: [] };
  const draw = {
    linearization: score,
    fixedFeatures: { kind: 'sgd', layers: [], ...distance },
    movement: [],
    shown,
  } as const;
  for (const { name, test, asked, bound, source } of criteriaOf({ draws: [draw], metric: 'accuracy', evaluated: 10 })) {
    const whose = source === PAPER ? 'the paper, section 6.2' : 'ours, below';
    expect(page).toContain(`| ${test} | ${NAMES[name]} | ${asked} ${bound} | ${whose} |`);
  }
  expect(page).toContain(`moved by less than ${LEAST_MOVE} (root mean square)`);
});
