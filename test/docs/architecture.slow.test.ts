/** The example changes of docs/architecture.md compile and pass the conformance suite, and the compiler names what a new instruction needs. */

import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apply, applyPatch, changesIn, copyOfSources, PATCHES, page } from './architecture.ts';

const TSX = createRequire(import.meta.url).resolve('tsx');
const TSC = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

let folder = '';
beforeAll(() => {
  folder = copyOfSources();
  writeFileSync(
    join(folder, 'sources.json'),
    JSON.stringify({ extends: './tsconfig.json', include: ['src', 'test/conformance/interpreters.ts'] }),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Files with errors. */
function wrong(): string[] {
  try {
    execFileSync(process.execPath, [TSC, '-p', 'sources.json', '--pretty', 'false'], { cwd: folder, encoding: 'utf8' });
    return [];
  } catch (error) {
    if (!(error instanceof Error && 'stdout' in error)) throw error;
    const found = [...String(error.stdout).matchAll(/^((?:src|test)\/[^(]+)\(/gm)].map(([, path = '']) => path);
    return [...new Set(found)].toSorted();
  }
}

it('an optimizer, a net, a command, an instruction, an interpreter and a family compile', () => {
  apply(folder, changesIn(page));
  for (const patch of PATCHES) applyPatch(folder, patch);
  expect(wrong()).toEqual([]);
});

it('the instruction agrees in all interpreters, and the interpreter with the oracle in all cases', () => {
  const from = (path: string): string => JSON.stringify(join(folder, path));
  const code = `
    const { cases, sizes } = await import(${from('test/conformance/cases.ts')});
    const { INTERPRETERS, verdictOf } = await import(${from('test/conformance/interpreters.ts')});
    const { nodeEngine } = await import(${from('src/finite/node/index.ts')});
    const engine = nodeEngine({ threads: 1 });
    const pairs = [
      ...INTERPRETERS.map((name) => [name, 'flip']),
      ...cases.map(({ name }) => ['shapes', name]),
    ];
    for (const [name, of] of pairs) {
      const { program } = cases.find((one) => one.name === of);
      const { share } = await verdictOf(name, { name: of, program, sizes }, engine);
      console.log(share < 1 ? 'agrees' : name + ' differs in ' + of);
    }
    await engine.release();`;
  const { stdout } = spawnSync(process.execPath, ['--import', TSX, '--input-type=module', '-e', code], {
    ...{ cwd: folder, encoding: 'utf8' },
  });
  const lines = stdout.trim().split('\n');
  expect(lines.filter((line) => line !== 'agrees')).toEqual([]);
  expect(lines.length).toBeGreaterThan(50);
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
