import { execFileSync, type StdioOptions } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAY_IMPORT } from './mayImport.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const BIOME = join(dirname(createRequire(import.meta.url).resolve('@biomejs/biome/package.json')), 'bin/biome');

const ROOMS = Object.keys(MAY_IMPORT);

/** What a browser cannot load; all other rooms it can. */
const DOORS_TO_NODE = ['finite/node', 'kernels/node', 'kets/node', 'experiments/node', 'lm/node'];
const NEED_NODE = [...DOORS_TO_NODE, 'runs', 'cli'];
/** What it can load of a room that it cannot. */
const DOORS_TO_BROWSERS = ['runs/tensors'];
/** What only Node has, a line each: modules with and without the prefix, globals. */
const NODE = `import { readFile } from 'node:fs/promises';
import { join } from 'path';
export const read = () => readFile(join('a', 'b'));
export const bytes = Buffer.from([1]);
export const path = process.cwd();
`;

/** What of the linter's report is read. */
interface Report {
  readonly diagnostics: readonly {
    readonly category: string;
    readonly location: { readonly path: string; readonly start: { readonly line: number } };
  }[];
}

type Rule = 'style/noRestrictedImports' | 'correctness/noNodejsModules' | 'style/noRestrictedGlobals';

/** Lints files, by path, under the repository's own configuration; gives the lines that a rule forbids, by path. */
function linted(folder: string, files: ReadonlyMap<string, string>): (path: string, rule: Rule) => readonly number[] {
  writeFileSync(join(folder, 'biome.json'), readFileSync(join(ROOT, 'biome.json')));
  writeFileSync(join(folder, '.gitignore'), 'node_modules/\n');
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { diagnostics } = lint(folder);
  // The linter reports in no fixed order.
  return (path, rule) =>
    diagnostics
      .filter(({ category, location }) => category === `lint/${rule}` && location.path === path)
      .map(({ location }) => location.start.line)
      .sort((a, b) => a - b);
}

function lint(folder: string): Report {
  // With every rule: one that is asked for by name is on where the configuration leaves it off.
  const options = ['lint', '--reporter=json', '--max-diagnostics=none', 'src'];
  try {
    const stdio: StdioOptions = ['ignore', 'pipe', 'ignore'];
    return JSON.parse(execFileSync(process.execPath, [BIOME, ...options], { cwd: folder, encoding: 'utf8', stdio }));
  } catch (error) {
    // The linter ends with 1 when it finds something, its report on stdout all the same.
    if (error instanceof Error && 'stdout' in error) return JSON.parse(String(error.stdout));
    throw error;
  }
}

describe('rooms', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nexort-rooms-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const path = (room: string) => `src/${room}/probe.ts`;
  const nested = (room: string) => `src/${room}/inner/probe.ts`;
  const imports = (up: string) =>
    ROOMS.map((room, index) => `export { value${index} } from '${up}${room}/index.ts';\n`).join('');
  const browser = (folder: string) => `src/${folder}/browser.ts`;
  let lines: ReturnType<typeof linted> = () => [];
  beforeAll(() => {
    const files = ROOMS.flatMap((room): [string, string][] => [
      [path(room), imports('../')],
      [nested(room), imports('../../')],
    ]);
    const own = "export { value } from '../axes.ts';\nexport { other } from './function.ts';\n";
    const node = [...ROOMS, ...DOORS_TO_NODE, ...DOORS_TO_BROWSERS].map((room): [string, string] => [
      browser(room),
      NODE,
    ]);
    lines = linted(folder, new Map([...files, ...node, ['src/program/functions/own.ts', own]]));
  });

  it.each(ROOMS)('%s imports what the design allows and nothing else', (room) => {
    const forbidden = ROOMS.filter(
      (other) => other !== room && other !== 'errors' && !(MAY_IMPORT[room] ?? []).includes(other),
    );
    // `errors` is below all rooms and stands on none.
    const expected = room === 'errors' ? ROOMS.filter((other) => other !== 'errors') : forbidden;
    for (const probe of [path(room), nested(room)]) {
      expect(lines(probe, 'style/noRestrictedImports').map((line) => ROOMS[line - 1])).toEqual(expected);
    }
  });

  it('leaves imports within a room alone', () => {
    expect(lines('src/program/functions/own.ts', 'style/noRestrictedImports')).toEqual([]);
  });

  it.each([...ROOMS, ...DOORS_TO_NODE, ...DOORS_TO_BROWSERS])(
    '%s needs Node where the design says so, and nowhere else',
    (room) => {
      const allowed = NEED_NODE.includes(room);
      expect(lines(browser(room), 'correctness/noNodejsModules')).toEqual(allowed ? [] : [1, 2]);
      expect(lines(browser(room), 'style/noRestrictedGlobals')).toEqual(allowed ? [] : [4, 5]);
    },
  );
});
