/** The TypeScript shown in the README runs, against the source that the package's entry points are built from. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test, vi } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const snippets = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);

test('there is something to run', () => {
  expect(snippets.length).toBeGreaterThan(0);
});

test.each(snippets.map((code, k) => [k + 1, code] as const))('README snippet %i', async (_, code) => {
  const folder = mkdtempSync(join(import.meta.dirname, 'snippet-'));
  const print = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    const file = join(folder, 'snippet.ts');
    writeFileSync(
      file,
      code.replace(/'nexort\/(\w+)'/g, (_match, room) => `'${ROOT}/src/${room}/index.ts'`),
    );
    await import(file);
    expect(print.mock.calls.flat().join('\n')).toContain('output g.w');
  } finally {
    print.mockRestore();
    rmSync(folder, { recursive: true });
  }
});

test('the commands it names are those of the package', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object }; // our own file
  for (const [, script = ''] of readme.matchAll(/npm ci && npm (?:run )?(\w+)/g))
    expect(scripts).toHaveProperty(script);
});
