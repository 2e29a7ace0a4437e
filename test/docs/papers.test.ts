/** docs/papers.md: every file, test and command that it names is there, and every number that comments cite is on it. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nexort } from '../cli/nexort.ts';
import { describeWithShared } from '../support/shared.ts';
import { ROOT } from './commands.ts';
import { citationsIn, entriesOf, otherForms, sourcesIn } from './papers.ts';

const page = readFileSync(join(ROOT, 'docs/papers.md'), 'utf8');
const entries = entriesOf(page);
/** Tests name these forms to find them. */
const sources = [...sourcesIn('src'), ...sourcesIn('test').filter(([path]) => !path.startsWith('test/docs/papers'))];

describe('docs/papers.md', () => {
  it('has an entry for each number of its table, in order', () => {
    const rows = [...page.matchAll(/^\| \[\d+ .*?\) \| (IVb|KLM|Derived here:) (.*) \|$/gm)];
    const numbers = rows.flatMap(([, paper = '', list = '']) => list.split(', ').map((number) => `${paper} ${number}`));
    const told = entries.map(({ number }) => number.replace(/ (section|definition) /, ' '));
    expect(told.toSorted()).toEqual(numbers.toSorted());
    expect(entries.length).toBeGreaterThan(30);
  });

  it.each(entries)('$number names files and tests that are there', ({ code, tests, commands }) => {
    expect(code.length).toBeGreaterThan(0);
    expect(tests.length).toBeGreaterThan(0);
    expect(commands.length).toBeGreaterThan(0);
    expect(code.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    const missing = tests.flatMap(([path, names]) => {
      const text = existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : '';
      return names.length === 0
        ? [path]
        : names.filter((name) => !text.includes(name)).map((name) => `${path}: ${name}`);
    });
    expect(missing).toEqual([]);
    expect(commands.every((command) => command.startsWith('nexort '))).toBe(true);
  });

  it('names commands that there are, with options that they have', async () => {
    const named = [...new Set(entries.flatMap(({ commands }) => commands))].map((text) => text.split(' ').slice(1));
    for (const name of new Set(named.map(([command = '']) => command))) {
      const { code, stdout } = await nexort(name, '--help');
      expect(code).toBe(0);
      const options = named
        .filter(([command]) => command === name)
        .flatMap((words) => words.filter((word) => /^--/.test(word)));
      expect(options.filter((option) => !stdout.includes(option))).toEqual([]);
    }
  });

  it('names an own disagreement with what decides it', () => {
    const departures = [...page.matchAll(/^- \*\*departs\*\*: (.*(?:\n {2}.*)*)/gm)].map(([, text = '']) => text);
    expect(departures.length).toBeGreaterThan(6);
  });
});

describeWithShared('every number that theory.md cites', 'theory.md', (file) => {
  const theory = readFileSync(file, 'utf8');
  const texts = page.split(/^### /m).slice(1);

  it('has an entry, or stands in that of its neighbor', () => {
    // 3.1.1–3.1.3 is three numbers.
    const cited = theory
      .replaceAll(/((?:\d+\.)+)(\d+)–\1(\d+)/g, (_, chapter: string, first: string, last: string) =>
        Array.from({ length: Number(last) - Number(first) + 1 }, (_, k) => `${chapter}${Number(first) + k}`).join(' '),
      )
      .match(/(?<![\d.])[23]\.\d+(?:\.\d+)?/g);
    const told = (number: string): boolean =>
      texts.some((text) => text.startsWith(`IVb ${number}\n`) || text.includes(` and ${number})`));
    expect(cited?.length).toBeGreaterThan(30);
    expect([...new Set(cited)].filter((number) => !told(number))).toEqual([]);
  });

  it('says where our derivation departs from the text, wherever theory.md does', () => {
    const marks = [...theory.matchAll(/\[≠ ([\d.]+(?:, [\d.]+)*)/g)].flatMap(([, list = '']) => list.split(', '));
    expect(marks.length).toBeGreaterThan(4);
    const silent = marks.filter(
      (number) => !texts.some((text) => text.startsWith(`IVb ${number}\n`) && text.includes('**departs**')),
    );
    expect(silent).toEqual([]);
  });
});

describe('citations', () => {
  it('are of entries and sections of the page', () => {
    const known = new Set([
      ...entries.map(({ number }) => number),
      ...[...page.matchAll(/^## (\d+) /gm)].map(([, section]) => `theory ${section}`),
    ]);
    const cited = sources.flatMap(([path, text]) => citationsIn(path, text));
    expect(cited.filter(({ number }) => !known.has(number))).toEqual([]);
    expect(cited.length).toBeGreaterThan(100);
  });

  it('have one form', () => {
    const found = sources.flatMap(([path, text]) => otherForms(text).map((form) => `${path}: ${form}`));
    expect(found).toEqual([]);
  });

  it.each([
    ['(IVb 2.9.11, 2.9.12)', ['IVb 2.9.11', 'IVb 2.9.12'], []],
    ['(Malladi et al. 2023, section\n * 7)', ['KLM section 7'], []],
    ['(Malladi et al. 2023, sections 3 and 4; theory 9)', ['KLM section 3', 'KLM section 4', 'theory 9'], []],
    [
      'which Theorem 2.6.10 does, theory.md 9, (2.2.1 and following), KLM 3',
      [],
      ['Theorem 2.6.10', 'theory.md 9', '(2.2.1', 'KLM 3'],
    ],
  ])('in %s are found', (text, numbers, others) => {
    expect(citationsIn('x', text).map(({ number }) => number)).toEqual(numbers);
    expect(otherForms(text)).toEqual(others);
  });
});
