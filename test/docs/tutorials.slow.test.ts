/** Tutorials, whose programs run, networks train and kernels are computed. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './commands.ts';
import { testTutorial } from './tutorials.ts';

const TUTORIALS = ['adam-at-infinite-width', 'is-my-parametrization-right', 'sixteen-sentences', 'write-a-program'];
for (const name of TUTORIALS) testTutorial(name);

it('are all tutorials', () => {
  const pages = readdirSync(join(ROOT, 'docs/tutorials')).filter((name) => name.endsWith('.md'));
  expect(pages.toSorted()).toEqual(TUTORIALS.map((name) => `${name}.md`).toSorted());
});
