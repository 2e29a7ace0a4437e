/** The example changes of docs/architecture.md compile, and the compiler names what a new instruction needs. */

import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apply, changesIn, copyOfSources, page } from './architecture.ts';

const TSC = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

let folder = '';
beforeAll(() => {
  folder = copyOfSources();
  writeFileSync(join(folder, 'sources.json'), JSON.stringify({ extends: './tsconfig.json', include: ['src'] }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Files with errors. */
function wrong(): string[] {
  try {
    execFileSync(process.execPath, [TSC, '-p', 'sources.json', '--pretty', 'false'], { cwd: folder, encoding: 'utf8' });
    return [];
  } catch (error) {
    if (!(error instanceof Error && 'stdout' in error)) throw error;
    const found = [...String(error.stdout).matchAll(/^(src\/[^(]+)\(/gm)].map(([, path = '']) => path);
    return [...new Set(found)].toSorted();
  }
}

it('an optimizer, a net and a command compile', () => {
  apply(folder, changesIn(page));
  expect(wrong()).toEqual([]);
});

it('an instruction is missed exactly where the page says', () => {
  const file = join(folder, 'src/program/instructions.ts');
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text.replace('export type Instruction =\n', "$&  | { readonly op: 'probe'; readonly arg: Ref }\n"),
  );
  const list = /<!-- compiler -->([\s\S]*?)<!-- end -->/.exec(page)?.[1] ?? '';
  expect(wrong()).toEqual([...list.matchAll(/`(src\/[^`]+)`/g)].map(([, path = '']) => path).toSorted());
});
