/** Every block of code on a page is read by a test; those that no other test reads, here. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseOptimizer } from '../../src/optimizers/index.ts';
import { jobCommands, namedCommands, ROOT } from './commands.ts';
import { parseYaml } from './yaml.ts';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
const blocksIn = (page: string): [kind: string, text: string][] =>
  [...read(page).matchAll(/^```(\w+).*\n([\s\S]*?)^```$/gm)].map(([, kind = '', text = '']) => [kind, text]);
const textsOf = (page: string, kind: string): string[] =>
  blocksIn(page).flatMap(([own, text]) => (own === kind ? [text] : []));

const HERE = 'test/docs/blocks.test.ts';
/** TypeScript has a list of its own (snippets.test.ts); blocks without a kind are commands (commands.ts) and what is printed. */
const CHECKED: Readonly<Record<string, string>> = {
  'docs/architecture.md diff': 'test/docs/architecture.ts',
  'docs/browser.md js': 'test/browser/docs.slow.test.ts',
  'docs/clusters.md yaml': HERE,
  'docs/language.md nex': 'test/docs/language.test.ts',
  'docs/optimizers.md json': HERE,
  'docs/parametrizations.md json': 'test/docs/parametrizations.test.ts',
  'docs/parametrizations.md sh': 'test/docs/parametrizations.test.ts',
  'docs/recipes.md python': HERE,
  'docs/runs.md python': 'test/docs/python.test.ts',
  'docs/testing.md sh': HERE,
};

it('every block of a kind is read by a test', () => {
  const found = pages.flatMap((name) => blocksIn(`docs/${name}`).map(([kind]) => `docs/${name} ${kind}`));
  expect([...new Set(found.filter((one) => !one.endsWith(' ts')))].toSorted()).toEqual(Object.keys(CHECKED).toSorted());
  for (const [block, file] of Object.entries(CHECKED)) {
    for (const word of block.split(' ')) expect(read(file), block).toContain(word);
  }
});

it('an optimizer in JSON is one', () => {
  const optimizers = textsOf('docs/optimizers.md', 'json').map((text) => parseOptimizer(JSON.parse(text), 'shown'));
  expect(optimizers.map(({ name }) => name)).toEqual(['soft-sign']);
});

it('Python names what a recipe has', () => {
  const [code = ''] = textsOf('docs/recipes.md', 'python');
  const named = [...code.matchAll(/\brecipe\.(\w+)/g)].map(([, name = '']) => name);
  expect(named).toEqual(['initialize', 'make_optimizers', 'OUTPUT_MULTIPLIER']);
  const written = read('src/training/recipe/torch.ts');
  for (const name of named) expect(written).toMatch(new RegExp(`\\bdef ${name}\\(|\\b${name} = `));
});

describe('commands of a shell that are not of nexort', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }; // our own file
  /** `FILTER` behind `npm run test:slow --` chooses test files by a part of their path. */
  const SLOW = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.slow.test.ts'),
  );

  it('are scripts of the package, wherever a page names one', () => {
    const named = ['README.md', ...pages.map((name) => `docs/${name}`)].flatMap((page) =>
      [...read(page).matchAll(/\bnpm (?:run ([\w:]+)|(test|start)\b)/g)].map(([, run, own]) => run ?? own ?? ''),
    );
    expect(named.length).toBeGreaterThan(10);
    expect([...new Set(named)].filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  it.each(textsOf('docs/testing.md', 'sh'))('%s', (text) => {
    const [, variable = '', script = '', filter = ''] =
      /^([A-Z_]+)=\S+ npm run ([\w:]+) -- (\S+)\s+# .*\n$/.exec(text) ?? [];
    expect(scripts[script]).toMatch(/^vitest run/);
    const files = SLOW.filter((path) => path.includes(filter));
    expect(files).not.toEqual([]);
    expect(files.every((path) => read(`test/${path}`).includes(`process.env.${variable}`))).toBe(true);
  });
});

it('commands behind a pipe, and within another command, are named ones', () => {
  const named = namedCommands().filter(({ page }) => page === 'docs/clusters.md');
  const words = named.map((command) => command.words.join(' '));
  const count = (wanted: string): number => words.filter((one) => one === wanted).length;
  // Two lines for GNU parallel; the line for ssh and the job.
  expect([count('work runs/shared --share {}/8'), count('work runs/shared')]).toEqual([2, 2]);
});

describe('a job of Kubernetes', () => {
  const [text = ''] = textsOf('docs/clusters.md', 'yaml');

  it('is an indexed job whose containers mount volumes that it has', () => {
    const job = parseYaml(text);
    expect(job).toMatchObject({ apiVersion: 'batch/v1', kind: 'Job', spec: { completionMode: 'Indexed' } });
    // Workers take their place from what an indexed job sets.
    expect(read('src/cli/work/options.ts')).toContain("'JOB_COMPLETION_INDEX'");
    const { template } = (job as unknown as { spec: { template: { spec: Pod } } }).spec; // as the page has it, or the test fails
    const volumes = template.spec.volumes.map(({ name }) => name);
    const mounted = template.spec.containers.flatMap(({ volumeMounts }) => volumeMounts.map(({ name }) => name));
    expect(mounted).toEqual(volumes);
    expect(template.spec.containers.map(({ command }) => command.join(' '))).toEqual([
      'npx nexort work /shared/runs/shared',
    ]);
  });

  it('runs a command of nexort, on files below what is mounted', () => {
    expect(jobCommands('docs/clusters.md', text).map(({ words }) => words)).toEqual([['work', 'runs/shared']]);
    const elsewhere = text.replace('mountPath: /shared', 'mountPath: /other');
    expect(jobCommands('docs/clusters.md', elsewhere).map(({ words }) => words)).toEqual([
      ['work', '/shared/runs/shared'],
    ]);
  });
});

interface Pod {
  readonly containers: readonly {
    readonly command: readonly string[];
    readonly volumeMounts: readonly { readonly name: string }[];
  }[];
  readonly volumes: readonly { readonly name: string }[];
}

describe('the part of YAML that is read', () => {
  it('is entries by indentation, lists, and values on one line', () => {
    const text = 'a: 1\nb:\n  c: { d: e/f g, h: [i, 2] }\n  j:\n    - k\n    - { l: -1 }\nm: n\n';
    expect(parseYaml(text)).toEqual({ a: 1, b: { c: { d: 'e/f g', h: ['i', 2] }, j: ['k', { l: -1 }] }, m: 'n' });
  });

  it.each(['a: 1\n  b: 2\n', 'a:\nb: 1\n', 'a: { b\n', 'a: 1\na: 2\n', 'words\n', 'a:\n    b: 1\n  c: 2\n'])(
    'is not %j',
    (text) => {
      expect(() => parseYaml(text)).toThrow();
    },
  );
});
