/** Files and their imports: sizes, circles, doors, and names that mean one thing within a room. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from './publicEntries.ts';

const SRC = join(ROOT, 'src');
const MOST_LINES = 400;

/** Sources by path below src. */
const sources = new Map(
  readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map((path) => [path, readFileSync(join(SRC, path), 'utf8')]),
);
const roomOf = (path: string): string => path.split('/')[0] ?? path;

/** An import or a re-export of another file: whole statements, and calls of `import`. */
const STATEMENT = /^(?:import|export)\s[^;'"]*?\bfrom\s+'(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm;

interface Import {
  /** The file that is imported, by its path below src. */
  readonly path: string;
}

/** What a file imports of others, types too. */
function importsOf(path: string, text: string): Import[] {
  return [...text.matchAll(STATEMENT)].map(([, from, called = '']) => ({
    path: normalize(join(dirname(path), from ?? called)),
  }));
}

/** Groups of files that reach each other. */
function circlesOf(files: ReadonlyMap<string, string>): string[][] {
  const next = new Map([...files].map(([path, text]) => [path, importsOf(path, text).map((one) => one.path)]));
  const reached = new Map([...next.keys()].map((path) => [path, reachedFrom(path)]));
  const found = new Map<string, string[]>();
  for (const [path, own] of reached) {
    if (!own.has(path)) continue;
    const circle = [...own].filter((other) => reached.get(other)?.has(path) === true).sort();
    found.set(circle.join(), circle);
  }
  return [...found.values()];

  function reachedFrom(start: string): Set<string> {
    const seen = new Set<string>();
    const waiting = [...(next.get(start) ?? [])];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      waiting.push(...(next.get(path) ?? []));
    }
    return seen;
  }
}

/** Imports of another room otherwise than by an index, its own or that of a folder of it. */
function sideDoors(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([path, text]) =>
    importsOf(path, text)
      .filter((one) => roomOf(one.path) !== roomOf(path) && !one.path.endsWith('/index.ts'))
      .map((one) => `${path} imports ${one.path}`),
  );
}

/** What a file exports, and functions that it keeps to itself. */
const DECLARED =
  /^(?:export (?:abstract |async )*(?:function\*?|class|const|let|type|interface) (\w+)|(?:async )?function\*? (\w+)|const (\w+) = (?:async )?(?:<[^>]*>)?\([^)]*\)[^=\n]*=>)/gm;

/** Names that two files of a room declare. */
function sharedNames(files: ReadonlyMap<string, string>): string[] {
  const places = new Map<string, string[]>();
  for (const [path, text] of files) {
    // An overloaded function is declared several times in one file.
    for (const name of new Set([...text.matchAll(DECLARED)].map(([, a, b, c]) => a ?? b ?? c))) {
      const key = `${roomOf(path)}: ${name}`;
      places.set(key, [...(places.get(key) ?? []), path]);
    }
  }
  return [...places].filter(([, paths]) => paths.length > 1).map(([key, paths]) => `${key} in ${paths.join(', ')}`);
}

describe('the files of src', () => {
  test('have at most 400 lines', () => {
    const lines = (text: string): number => text.split('\n').length - 1;
    const long = [...sources].filter(([, text]) => lines(text) > MOST_LINES).map(([path, text]) => [path, lines(text)]);
    expect(long).toEqual([]);
  });

  // Types of two files may name each other; nothing of that is there when they run.
  test('do not import each other in circles', () => {
    expect(circlesOf(sources)).toEqual([]);
  });

  test('import other rooms by their doors', () => {
    expect(sideDoors(sources)).toEqual([]);
  });

  test('spread no object literals, which only steer the formatter', () => {
    expect([...sources].filter(([, text]) => text.includes('...{')).map(([path]) => path)).toEqual([]);
  });

  test('give a name one meaning within a room', () => {
    expect(sharedNames(sources)).toEqual([]);
  });
});

describe('what is looked for is found', () => {
  const files = new Map([
    ['a/one.ts', "import { two } from './two.ts';\nexport const thing = two;"],
    ['a/two.ts', "import { type Own, three } from '../b/three.ts';\nexport const two = three as Own;"],
    ['b/three.ts', "export type { Thing } from '../a/index.ts';\nexport { one } from '../a/one.ts';"],
    ['b/four.ts', "import { type Thing } from './five.ts';\nexport interface Four {}"],
    ['b/five.ts', "import {\n  type Four,\n} from './four.ts';\nexport class Four {}\nfunction six() {}"],
    ['b/six.ts', 'const six = (of: number): number => of;'],
  ]);

  test('circles of values and of types', () => {
    expect(circlesOf(files)).toEqual([
      ['a/one.ts', 'a/two.ts', 'b/three.ts'],
      ['b/five.ts', 'b/four.ts'],
    ]);
  });

  test('imports past a door', () => {
    expect(sideDoors(files)).toEqual(['a/two.ts imports b/three.ts', 'b/three.ts imports a/one.ts']);
  });

  test('a name of two things', () => {
    expect(sharedNames(files)).toEqual(['b: Four in b/four.ts, b/five.ts', 'b: six in b/five.ts, b/six.ts']);
  });

  test('all imports of a file', () => {
    const [path, text] = ['lm/kernel/empiricalKernel.ts', sources.get('lm/kernel/empiricalKernel.ts') ?? ''];
    const lines = text.split('\n').filter((line) => / from '\./.test(line));
    expect(importsOf(path, text)).toHaveLength(lines.length);
    expect(importsOf(path, text).every((one) => sources.has(one.path))).toBe(true);
    expect(relative(ROOT, join(SRC, path))).toBe(`src/${path}`);
  });
});
