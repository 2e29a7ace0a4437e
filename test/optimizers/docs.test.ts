/** docs/optimizers.md: its snippets run and print what it says, its tables list what there is. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { type Hyperparameter, optimizers, type ScheduleSetting, schedules } from '../../src/optimizers/index.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/optimizers.md'), 'utf8');
const blocks = [...page.matchAll(/^```([a-z]*)\n([\s\S]*?)^```$/gm)];
const textsOf = (kind: string): string[] => blocks.flatMap(([, own, text = '']) => (own === kind ? [text] : []));
const snippets = textsOf('ts');

/** What a snippet prints. */
async function output(code: string): Promise<string> {
  const folder = mkdtempSync(join(import.meta.dirname, 'snippet-'));
  const print = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    const file = join(folder, 'snippet.ts');
    writeFileSync(
      file,
      code.replace(/'nexort\/(\w+)'/g, (_match, room) => `'${ROOT}/src/${room}/index.ts'`),
    );
    await import(file);
    return print.mock.calls.flat().join('\n');
  } finally {
    print.mockRestore();
    rmSync(folder, { recursive: true });
  }
}

describe('snippets', () => {
  test('the first prints the program below it', async () => {
    const [shown] = textsOf('');
    expect(`${await output(snippets[0] ?? '')}\n`).toBe(shown);
  });

  test('the others run', async () => {
    expect(snippets).toHaveLength(3);
    expect(await output(snippets[1] ?? '')).toContain('next state layer.1.b = layer.1.b.next');
    expect(await output(snippets[2] ?? '')).toBe('true');
  });
});

/** Rows of a table by the name in their first cell: the last cell, which lists settings. */
function rows(header: RegExp): ReadonlyMap<string, string> {
  const [, body = ''] = new RegExp(`^\\| ${header.source}.*\\n.*\\n((?:\\|.*\\n)*)`, 'm').exec(page) ?? [];
  const cells = body
    .trimEnd()
    .split('\n')
    .map((row) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()));
  return new Map(cells.map((row) => [(row[1] ?? '').replaceAll('`', ''), row.at(-2) ?? '']));
}

const list = (settings: readonly (readonly [string, Hyperparameter | ScheduleSetting])[]): string =>
  settings.map(([name, { value }]) => (value === undefined ? name : `${name} ${value}`)).join(', ');

/** What every optimizer has is listed once, below the table. */
const COMMON = ['maximize', 'coupledDecay', 'decoupledDecay', 'independentDecay'];

describe('tables', () => {
  test('the optimizers', () => {
    const expected = Object.values(optimizers).map(({ name, hyperparameters }) => {
      const own = Object.entries(hyperparameters).filter(
        ([key, { value }]) => !COMMON.includes(key) || Number(value) !== 0,
      );
      return [name, list(own)] as const;
    });
    expect([...rows(/name +\| Q/)]).toEqual(expected);
  });

  test('the schedules', () => {
    const expected = Object.values(schedules).map(({ name, settings }) => [name, list(Object.entries(settings))]);
    expect([...rows(/name +\| settings/)]).toEqual(expected);
  });

  test('what every optimizer may be told', () => {
    for (const name of COMMON) expect(page).toContain(`\`${name}\``);
  });
});
