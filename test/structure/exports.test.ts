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
import { declarationOf, isFunction, membersOf } from './declarations.ts';
import { publicNames } from './publicDocs.ts';
import { exportedNames, publicEntries, ROOT } from './publicEntries.ts';
import { quantitiesOfWidth, ROOMS_OF_WIDTH, statesScaling } from './publicScaling.ts';
import { arrayTypes, isOnArrays, statesShape } from './publicShapes.ts';
import { headComment, isOfLiterature, namesSource } from './publicSources.ts';
import { quantitiesOf } from './publicUnits.ts';

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

/** Quantities that have a name of those that follow the width and do not, and why. */
const WITHOUT_SCALING = {
  ...Object.fromEntries(
    ['absolute', 'divided', 'exponent', 'least', 'minus', 'most', 'negated', 'parseExponent', 'plus'].map((name) => [
      `${name}, program/exponent.ts`,
      'arithmetic of exponents of anything',
    ]),
  ),
  'kernel of CnnOptions, nets/cnn.ts': 'the places of a window',
  'overNorm of SymmetricAlgebra, program/functions/matrixAlgebra.ts': 'an operation on matrices of any size',
};

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
  function read() {
    const built = join(folder, 'node_modules/nexort/dist');
    const files = readdirSync(built, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.d.ts'));
    const texts = new Map(files.map((file) => [file, readFileSync(join(built, file), 'utf8')]));
    // A name that several entries export is looked at once.
    const all = new Map(entries.flatMap(publicNames).map((found) => [`${found.name}, ${found.file}`, found]));
    const names = [...all.values()].map(({ file, declaration, name, comment = '' }) => {
      const path = relative(join(ROOT, 'src'), file);
      const text = texts.get(path.replace(/\.ts$/, '.d.ts')) ?? '';
      const place = `${name}, ${path}`;
      return { name, file, path, place, comment, declaration: declarationOf(declaration, text) };
    });
    return { names, types: arrayTypes([...texts.values()]) };
  }

  let known: ReturnType<typeof read> | undefined;
  const declared = (): ReturnType<typeof read> => {
    known ??= read();
    return known;
  };

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

  test('quantities that have a unit say which', () => {
    const found = declared().names.flatMap(({ place, declaration, comment }) =>
      quantitiesOf(declaration, comment).map(({ name, hasUnit }) => ({ place: `${name} of ${place}`, hasUnit })),
    );
    expect(found.filter(({ hasUnit }) => !hasUnit).map(({ place }) => place)).toEqual([]);
    expect(found.length).toBeGreaterThan(80);
  });

  test('quantities that follow the width say how', () => {
    const found = declared()
      .names.filter(({ path }) => ROOMS_OF_WIDTH.some((room) => path.startsWith(`${room}/`)))
      .flatMap(({ name, path, declaration, comment }) =>
        quantitiesOfWidth(name, declaration, comment).map((one) => ({ place: `${one.name}, ${path}`, ...one })),
      );
    const silent = found.filter(({ comment }) => !statesScaling(comment));
    expect(silent.map(({ place }) => place).sort()).toEqual(Object.keys(WITHOUT_SCALING).sort());
    expect(found.length).toBeGreaterThan(100);
  });

  test('what literature defines names its source, and what it does not, that it is ours', () => {
    const found = declared().names.filter(({ name, path, declaration }) => isOfLiterature(name, path, declaration));
    const silent = found.filter(
      ({ comment, file }) => !namesSource(`${comment}\n${headComment(readFileSync(file, 'utf8'))}`),
    );
    expect(silent.map(({ place }) => place)).toEqual([]);
    expect(found.length).toBeGreaterThan(250);
  });
});
