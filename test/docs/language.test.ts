/** The programs shown in docs/language.md are programs, and read as the page says. */

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checked, parseProgram, printProgram, unaryFunctions } from '../../src/program/index.ts';
import { messageOf } from '../program/support.ts';

const page = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/language.md'), 'utf8');
const blocks = [...page.matchAll(/^```([a-z ]*)\n([\s\S]*?)^```$/gm)].map(([, kind = '', text = '']) => ({
  kind,
  text,
}));
const ofKind = (kind: string): [number, string][] =>
  blocks.flatMap((block, k): [number, string][] => (block.kind === kind ? [[k, block.text]] : []));

/** The forms in the first column of the tables under a header. */
function formsUnder(header: string): string[] {
  const tables = page.matchAll(new RegExp(`^\\| ${header} +\\|.*\\n.*\\n((?:\\|.*\\n)*)`, 'gm'));
  const rows = [...tables].flatMap(([, body = '']) => body.split('\n'));
  const cells = rows.map((row) => row.split(/(?<!\\)\|/)[1] ?? '');
  return cells.flatMap((cell) => [...cell.matchAll(/`(.+?)`/g)].map(([, form = '']) => form.replaceAll('\\|', '|')));
}

const accepted = (text: string): void => {
  const program = parseProgram(text);
  expect(checked(program)).toBe(program);
};

describe('docs/language.md', () => {
  test.each(ofKind('nex'))('program %i', (_, text) => {
    const printed = printProgram(checked(parseProgram(text)));
    expect(printProgram(parseProgram(printed))).toBe(printed);
  });

  test.each(ofKind('nex canonical'))('canonical text %i is that of the program above it', (k, text) => {
    expect(blocks[k - 1]?.kind).toBe('nex');
    expect(`${printProgram(parseProgram(blocks[k - 1]?.text ?? ''))}\n`).toBe(text);
    expect(`${printProgram(parseProgram(text))}\n`).toBe(text);
  });

  test.each(ofKind('nex wrong'))('wrong program %i gets the message below it', (k, text) => {
    expect(`${messageOf(() => parseProgram(text, 'net.nex'))}\n`).toBe(blocks[k + 1]?.text);
  });

  test('shows some of each', () => {
    for (const kind of ['nex', 'nex canonical', 'nex wrong']) expect(ofKind(kind).length, kind).toBeGreaterThan(1);
  });

  test.each(formsUnder('line'))('the line %s', (line) => {
    const spaces = /^(width|fixed) /.test(line) ? '' : 'fixed batch, class = 3, input\nwidth n\n';
    const keep = / = /.test(line) && spaces !== '' ? 'keep ' : '';
    accepted(`${spaces}${keep}${line}\n${line.startsWith('state') ? 'next state m' : 'no outputs'}`);
  });

  test.each(formsUnder('form'))('the form %s', (form) => {
    const values = ['x[class, n]', 'y[class, n]', 'z[batch, n]', 'p[pair, n]', "W[n, n']"].map(
      (value) => `initial ${value}\n`,
    );
    const spaces = 'fixed batch = 2, class = 3, both = 5, pair = 6\nwidth n\ndata i[batch] of class\n';
    accepted(`${spaces}${values.join('')}output f = ${form}`);
  });

  test('names every scalar function', () => {
    const line = page.split('\n').find((l) => l.startsWith('Scalar functions: ')) ?? '';
    const named = /`(.*)`/.exec(line)?.[1]?.split(' ') ?? [];
    expect(['neg', ...named].sort()).toEqual(Object.keys(unaryFunctions).sort());
  });
});
