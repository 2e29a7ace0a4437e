/** Tutorials that train networks or compute kernels of the embedded model. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './commands.ts';
import { testTutorial } from './tutorials.ts';

const SLOW = ['adam-at-infinite-width', 'is-my-parametrization-right', 'sixteen-sentences'];
for (const name of SLOW) testTutorial(name);

it('are all tutorials but the quick one', () => {
  const pages = readdirSync(join(ROOT, 'docs/tutorials')).filter((name) => name.endsWith('.md'));
  expect(pages.toSorted()).toEqual([...SLOW, 'write-a-program'].map((name) => `${name}.md`).toSorted());
});
