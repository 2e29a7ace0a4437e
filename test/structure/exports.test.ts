/** The names that users may import, and their types as a strict project of theirs sees them. */

import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publicNames } from './publicDocs.ts';
import { exportedNames, publicEntries, ROOT } from './publicEntries.ts';
import { arrayTypes, declarationOf, isFunction, isOnArrays, membersOf, statesShape } from './publicShapes.ts';

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

/** Functions whose signature has arrays of numbers that have no shape to tell, and why. */
const WITHOUT_SHAPE = {
  'checkedValues, experiments/transfer/hyperparameter.ts': 'a list of any length of values to try',
  'defaultWidths, experiments/check/check.ts': 'the comment counts the widths',
  'isHeld, program/state.ts': 'asks which names there are, not what tensors',
  'usualRates, lm/finetune/grid.ts': 'a list of rates to try',
  'valuesBetween, experiments/transfer/hyperparameter.ts': 'a list of values to try',
};

test('functions on arrays of numbers are told by their types, and shapes by words', () => {
  const text = [
    'export interface Grid {\n    readonly rows: number;\n    readonly data: Float64Array;\n}',
    'export type Grids<D extends Grid = Grid> = Readonly<Record<string, D>> | Grid;',
    'export interface Named {\n    readonly grid: Grid;\n}',
    '/** Float32Array */\nexport declare function none(name: Named): void;',
    'export declare function some(name: string, { grid }: {\n    readonly grid: Grids;\n}): void;',
    'export declare const other: (values: readonly number[]) => string;',
  ].join('\n');
  const types = arrayTypes([text]);
  const found = ['function none', 'function some', 'const other'].map((line) => declarationOf(`export ${line}(`, text));
  expect(found.map(isFunction)).toEqual([true, true, true]);
  expect(found.map((signature) => isOnArrays(signature, types))).toEqual([false, true, true]);
  expect([...types].slice(5)).toEqual(['Grid', 'Grids']);
  const shapes = ['of a [train, x · y]', 'n × n', 'on the axes of b', 'one share for each layer', 'Kept [n]² as is'];
  const none = ['{@link a}', 'Of [Jacot 2018]', '[a](b)', 'k[i]', 'lr × width', 'in [0, 1]', 'A matrix and its axes.'];
  expect([...shapes, ...none].filter(statesShape)).toEqual(shapes);
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

  /** Exported functions and interfaces as their files of types declare them, and the types that are arrays of numbers. */
  function declared() {
    const built = join(folder, 'node_modules/nexort/dist');
    const files = readdirSync(built, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.d.ts'));
    const texts = new Map(files.map((file) => [file, readFileSync(join(built, file), 'utf8')]));
    const names = entries.flatMap(publicNames).map(({ file, declaration, name, comment = '' }) => {
      const place = relative(join(ROOT, 'src'), file);
      const text = texts.get(place.replace(/\.ts$/, '.d.ts')) ?? '';
      return { place: `${name}, ${place}`, comment, declaration: declarationOf(declaration, text) };
    });
    return { names, types: arrayTypes([...texts.values()]) };
  }

  test('functions, entries and methods on arrays of numbers state the shapes of these by axis', () => {
    const { names, types } = declared();
    const functions = names.filter(({ declaration }) => isFunction(declaration) && isOnArrays(declaration, types));
    const silent = functions.filter(({ comment }) => !statesShape(comment));
    // Both ways: what is missing, and an exception that is none any more.
    expect(silent.map(({ place }) => place).sort()).toEqual(Object.keys(WITHOUT_SHAPE).sort());
    expect(functions.length).toBeGreaterThan(90);

    // Tensors of programs name their axes themselves; a member's own comment may leave shapes to that of the whole.
    const arrays = new Set(['Float64Array', 'Float32Array', 'Int32Array', 'ArrayLike<number>', 'Matrix', 'TensorData']);
    const found = names.flatMap(({ place, comment, declaration }) =>
      membersOf(declaration)
        .filter(({ type }) => isOnArrays(type, arrays) && !/\bTensor\b/.test(type))
        .map((member) => ({ place: `${member.name} of ${place}`, comments: [comment, member.comment] })),
    );
    expect(found.filter(({ comments }) => !comments.some(statesShape)).map(({ place }) => place)).toEqual([]);
    expect(found.length).toBeGreaterThan(30);
  });
});
