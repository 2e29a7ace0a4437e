/** The names that users may import, and their types as a strict project of theirs sees them. */

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportedNames, publicEntries, ROOT } from './publicEntries.ts';

const TSC = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
const entries = publicEntries();

/** Runs the compiler; what it says, nothing where it is content. */
function compile(...args: readonly string[]): string {
  try {
    return execFileSync(process.execPath, [TSC, ...args], { cwd: ROOT, encoding: 'utf8' });
  } catch (error) {
    // The compiler ends with 1 or 2 when it finds something, its findings on stdout.
    if (error instanceof Error && 'stdout' in error && String(error.stdout) !== '') return String(error.stdout);
    throw error;
  }
}

describe('exports', () => {
  test('are those of the committed list', async () => {
    const text = entries.map(({ specifier, types, values }) =>
      [`# ${specifier}`, '', ...values, '', ...types.map((name) => `type ${name}`), ''].join('\n'),
    );
    await expect(text.join('\n')).toMatchFileSnapshot('exports.txt');
  });

  test.each(entries)('$specifier has the values that it lists, and no others', async ({ source, values }) => {
    expect(Object.keys(await import(source)).sort()).toEqual(values);
  });

  test('names are read off all forms of exports', () => {
    const text = [
      "export { a, type B, c as d } from './x.ts';",
      "export type {\n  E,\n  F as G,\n} from './y.ts';",
      'export abstract class H {}',
      'export async function i() {}',
      'export type J = 1;',
      'export interface K {}',
      'export const l = 1;',
    ];
    expect(exportedNames(text.join('\n'))).toEqual({
      types: ['B', 'E', 'G', 'J', 'K'],
      values: ['H', 'a', 'd', 'i', 'l'],
    });
    expect(() => exportedNames("export * from './x.ts';")).toThrow('by name');
  });
});

describe('types of a strict project that uses all exports', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nexort-consumer-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(() => {
    const modules = join(folder, 'node_modules');
    mkdirSync(join(modules, 'nexort'), { recursive: true });
    // Beside the package stands what it depends on, and nothing of ours.
    for (const name of readdirSync(join(ROOT, 'node_modules'))) {
      if (!name.startsWith('.') && name !== 'nexort')
        symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    }
    copyFileSync(join(ROOT, 'package.json'), join(modules, 'nexort/package.json'));
    const build = ['-p', join(ROOT, 'tsconfig.build.json'), '--emitDeclarationOnly', '--noCheck'];
    expect(compile(...build, '--outDir', join(modules, 'nexort/dist'))).toBe('');
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  });

  /** For each entry a file that reads every value and imports every type. */
  const consumers = entries.map(({ specifier, types, values }) =>
    [
      `import * as $entry from '${specifier}';`,
      `import type { ${[...types, ...values].join(', ')} } from '${specifier}';`,
      `export const values = [${values.map((name) => `$entry.${name}`).join(', ')}] as const;`,
    ].join('\n'),
  );

  function check(moduleResolution: 'nodenext' | 'bundler', texts: readonly string[]): string {
    const files = texts.map((text, k) => {
      const file = `${moduleResolution}${k}.ts`;
      writeFileSync(join(folder, file), `${text}\n`);
      return file;
    });
    const compilerOptions = {
      ...{ target: 'es2023', lib: ['es2023', 'dom'], types: ['node'] },
      ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
      ...{ skipLibCheck: false, noEmit: true, moduleResolution },
      module: moduleResolution === 'bundler' ? 'esnext' : 'nodenext',
    };
    const project = join(folder, `${moduleResolution}.json`);
    writeFileSync(project, JSON.stringify({ compilerOptions, files }));
    return compile('-p', project, '--pretty', 'false');
  }

  test.each(['nodenext', 'bundler'] as const)('are right with module resolution %s', (resolution) => {
    expect(check(resolution, consumers)).toBe('');
  });

  test('are checked: what is not exported, and a call of the wrong type, are found', () => {
    const text = [
      "import { absent } from 'nexort/program';",
      "import { weightedLinearFit } from 'nexort/numeric';",
      "export const wrong = [absent, weightedLinearFit('x')];",
    ];
    expect(check('nodenext', [text.join('\n')])).toMatch(/TS2305[\s\S]*TS2554|TS2305[\s\S]*TS2345/);
  });
});
