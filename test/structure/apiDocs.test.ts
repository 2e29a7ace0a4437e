/** Everything that the package exports says what it is. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { type PublicName, publicNames } from './publicDocs.ts';
import { publicEntries, ROOT } from './publicEntries.ts';

/** Fewer words than these repeat a name. */
const LEAST_WORDS = 3;

/** Words of a comment, links and code as one each; what it is not made of is stars and punctuation. */
const wordsOf = (comment: string): number => comment.split(/\s+/).filter((word) => /[\p{L}\d]/u.test(word)).length;

const missing = ({ comment }: PublicName): boolean => comment === undefined || wordsOf(comment) < LEAST_WORDS;

test('every export has a doc comment of a few words', () => {
  const names = publicEntries().flatMap(publicNames);
  const places = names.filter(missing).map(({ file, name }) => `${relative(ROOT, file)}: ${name}`);
  expect([...new Set(places)]).toEqual([]);
  expect(names.length).toBeGreaterThan(1000);
});

/** Functions that throw themselves; what the functions that they call throw is not looked at. */
function throwing({ file, declaration }: PublicName): boolean {
  const lines = readFileSync(file, 'utf8').split('\n');
  const start = lines.indexOf(declaration);
  const length = lines.slice(start).findIndex((line) => line.startsWith('}'));
  return /\bfunction\b/.test(declaration) && /\bthrow\b/.test(lines.slice(start, start + length).join('\n'));
}

test('functions that throw say what', () => {
  const names = publicEntries().flatMap(publicNames).filter(throwing);
  const silent = names.filter(({ comment = '' }) => !/throw|fails/i.test(comment));
  expect(silent.map(({ file, name }) => `${relative(ROOT, file)}: ${name}`)).toEqual([]);
  expect(names.length).toBeGreaterThan(100);
});

test('comments are found where names are declared, through lists and imports', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nexort-docs-'));
  try {
    const files = {
      'index.ts': "export { a, type B as C } from './inner.ts';\n/** Says what it is. */\nexport const own = 1;\n",
      'inner.ts': "import { type B } from './deep.ts';\nexport type { B };\nexport { a } from './deep.ts';\n",
      'deep.ts':
        'export const a = 1;\n\n/**\n * A type\n * of two lines.\n */\n// biome-ignore x\nexport interface B {}\n',
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const source = join(folder, 'index.ts');
    const found = publicNames({ specifier: 'x', source, types: ['C'], values: ['a', 'own'] });
    expect(found.map(({ name, comment }) => [name, comment])).toEqual([
      ['a', undefined],
      ['own', 'Says what it is.'],
      ['C', 'A type\nof two lines.'],
    ]);
    expect(found.map(missing)).toEqual([true, false, false]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
