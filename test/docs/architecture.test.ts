/** docs/architecture.md: its table of rooms is the linter's, its files are there, and its example changes work. */

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAY_IMPORT } from '../structure/mayImport.ts';
import { apply, changesIn, copyOfSources, page, patched } from './architecture.ts';
import { ROOT } from './commands.ts';

const TSX = createRequire(import.meta.url).resolve('tsx');
const rows = [...page.matchAll(/^\| `(\w+)` \| (.*) \| (.*) \|$/gm)].map(([, room = '', holds = '', may = '']) => ({
  room,
  holds,
  may,
}));
const changes = changesIn(page);

describe('rooms', () => {
  it('are the folders of src', () => {
    const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(rows.map(({ room }) => room).toSorted()).toEqual(folders.map(({ name }) => name).toSorted());
  });

  it.each(rows)('$room may import what the linter lets it', ({ room, may }) => {
    const names = (text: string): string[] => [...text.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
    const [, whole] = /^all of `(\w+)`, and/.exec(may) ?? [];
    const told = whole === undefined ? names(may) : [...(MAY_IMPORT[whole] ?? []), ...names(may.replace(/^[^,]*/, ''))];
    expect([...new Set(told)].toSorted()).toEqual([...(MAY_IMPORT[room] ?? [])].toSorted());
  });
});

it('names files that are there, but for those that its changes make', () => {
  const made = changes.filter(({ kind }) => kind === 'ts').map(({ path }) => path);
  const named = [...page.matchAll(/`((?:src|test|docs)\/[^`\s]*|package\.json|biome\.json)`/g)].map(
    ([, path = '']) => path,
  );
  expect(named.filter((path) => !made.includes(path) && !existsSync(join(ROOT, path)))).toEqual([]);
  expect(named.length).toBeGreaterThan(40);
});

describe('an optimizer, a net and a command, added to a copy of the sources', () => {
  let folder = '';
  beforeAll(() => {
    folder = copyOfSources();
    apply(folder, changes);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are there', () => {
    const main = join(folder, 'src/cli/main.ts');
    const code = `
      const { main } = await import(${JSON.stringify(main)});
      const run = (line) => main(['node', 'nexort', ...line.split(' ')]);
      await run('optimizers');
      await run('classify --optimizer soft-sign --depth 1');
      await run('coord --net bilinear --optimizer soft-sign --widths 16,32,64 --seeds 1 --steps 1');`;
    const { stdout } = spawnSync(process.execPath, ['--import', TSX, '--input-type=module', '-e', code], {
      ...{ cwd: folder, encoding: 'utf8' },
    });
    expect(stdout).toMatch(/^│ soft-sign +│ tanh in place of the sign of Signum/m);
    expect(stdout).toContain('mup, soft-sign');
    // So few networks may leave it unclear.
    expect(stdout).toMatch(/^(PASS|UNCLEAR)/m);
  });
});

it('lines are added where the others stand, once', () => {
  expect(patched('a\nb\nc\n', ' a\n+x\n b\n')).toBe('a\nx\nb\nc\n');
  expect(() => patched('a\nb\n', ' c\n+x\n')).toThrow('stands there 0 times');
  expect(() => patched('a\nb\na\n', ' a\n+x\n')).toThrow('stands there 2 times');
});
