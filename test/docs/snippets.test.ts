/** The TypeScript shown in the documentation runs, against the source that the package's entry points are built from. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { printedByModule } from '../support/printedByModule.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** What a page's snippets print, by page: one pattern for all of them, or one each. */
const PRINTED: Readonly<Record<string, RegExp | readonly RegExp[]>> = {
  'docs/tour.md': /output g\.w/,
  'docs/training.md': [
    /^loss 0\.3\d ± 0\.0\d\d\nloss 0\.\d\d ± 0\.\d{3}\nloss 0\.\d\d ± 0\.\d{3}$/,
    /^loss 0\.\d\d\nloss 0\.\d\d\nloss 0\.\d\d$/,
    /^batch, row\.1\.pooled, column\.1\.pooled, n$/,
    /^after 0 steps \d\d%\nafter 50 steps 9\d%\nafter 100 steps 9\d%$/,
    /^Float32Array\(1\) \[ -0\.0043\d+ \]$/,
    /^fail: gate: preactivation at initialization is of size n\^-0\.\d\d, predicted n\^0\.00\nmultiplier of w: a is off by \+0\.5$/,
  ],
  'docs/language.md': /^-9\n6 -12$/,
  'docs/limits.md': [
    /^overlap = 0\.60\d\d ± 0\.000\d\nexactly 0\.6057/,
    /^tanh\(u\) relu\(v\): 0\.151426\nerf\(u\) erf\(v\): 0\.166258$/,
    /^0\.0[78] and 0\.0[45]$/,
    /^maximal update 0\.37\d .* 0\.16\d\n⟨x\|x⟩ of the first example: 0\.28\d .* 0\.3[56]\d\nwidth 32: 0\.06\d from the limit\nwidth 128: 0\.03\d from the limit\nexponent -0\.\d\d$/,
  ],
  'docs/recipes.md': /^# MLP of 2 hidden layers, width 1024\n[\s\S]*\| 1024 × 1024 \| N\(0, 0\.03125²\) [\s\S]* \d{4}$/,
  'docs/infinite-training.md': /^neural tangent 0\.7 -0\.6 0\.1$/,
  'docs/kernels.md': [
    /^4\.3420 1\.0251\n-0\.0442 ± 0\.3957\ndescent diverges from 0\.8181 on$/,
    /^the first input's logit of its class: 0\.614 after 1, 4\.536 after 100$/,
    /^2\.49 at width 1000, 2\.49 in the limit$/,
  ],
};

const snippets = Object.keys(PRINTED).flatMap((page) =>
  [...readFileSync(join(ROOT, page), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(
    ([, code = ''], k) => [page, code, printed(page, k)] as const,
  ),
);

function printed(page: string, snippet: number): RegExp {
  const patterns = PRINTED[page];
  return (patterns instanceof RegExp ? patterns : patterns?.[snippet]) ?? /never/;
}

/** Pages whose snippets other tests run. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'docs/architecture.md': 'test/docs/architecture.test.ts',
  'docs/optimizers.md': 'test/optimizers/docs.test.ts',
  'docs/parametrizations.md': 'test/docs/parametrizations.test.ts',
};

test('every page that shows TypeScript is run, here or by a test of its own', () => {
  const pages = readdirSync(join(ROOT, 'docs'))
    .map((name) => `docs/${name}`)
    .filter((page) => page.endsWith('.md') && readFileSync(join(ROOT, page), 'utf8').includes('```ts\n'));
  expect(pages.toSorted()).toEqual([...Object.keys(PRINTED), ...Object.keys(ELSEWHERE)].toSorted());
  for (const [page, file] of Object.entries(ELSEWHERE)) expect(readFileSync(join(ROOT, file), 'utf8')).toContain(page);
});

test('there is something to run on every page', () => {
  expect(new Set(snippets.map(([page]) => page))).toEqual(new Set(Object.keys(PRINTED)));
});

test.each(snippets)('a snippet of %s', async (_, code, pattern) => {
  expect((await printedByModule(code)).trimEnd()).toMatch(pattern);
});

test('the commands it names are those of the package', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object }; // our own file
  for (const [, script = ''] of readme.matchAll(/npm ci && npm (?:run )?(\w+)/g))
    expect(scripts).toHaveProperty(script);
});
