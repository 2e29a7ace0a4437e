import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Columns, parseColumns } from '../../../../src/lm/data/columns.ts';
import { findTask } from '../../../../src/lm/data/tasks.ts';
import { readTexts } from '../../../../src/lm/node/data/newTexts.ts';
import { failureOf } from '../../../support/failure.ts';
import { temporaryFolder } from '../../../support/folders.ts';

async function read(name: string, content: string | Uint8Array, task = 'sst-2', columns?: Columns) {
  const file = join(await temporaryFolder({ [name]: content }), name);
  const texts = await readTexts(file, findTask(task), columns);
  return texts.map(({ where, ...text }) => ({ ...text, where: where?.replace(file, 'FILE') }));
}

async function failure(name: string, content: string | Uint8Array, task?: string) {
  const { message } = await failureOf(() => read(name, content, task));
  return message.replace(/^.*?([^/\s']+\.\w+)(?=[' ])/, 'FILE');
}

describe('readTexts', () => {
  it.each([
    ['x.txt', 'a joy\n\n  \ndull, "really" \n', [1, 4]],
    ['x.txt.gz', gzipSync('\uFEFFa joy\r\ndull, "really" '), [1, 2]],
    ['x.jsonl', '{"text": "a joy"}\n{"label": 3, "text": "dull, \\"really\\" "}', [1, 2]],
    ['x.csv', 'id,text\n1,a joy\n2,"dull, ""really"" "\n', [2, 3]],
    ['x.TSV', 'text\tlabel\na joy\tgood\ndull, "really" \t\n', [2, 3]],
  ])('reads %s without labels', async (name, content, [first, second]) => {
    expect(await read(name, content)).toEqual([
      { text: 'a joy', where: `FILE line ${first}` },
      { text: 'dull, "really" ', where: `FILE line ${second}` },
    ]);
  });

  it('reads both texts of a pair, and of one text no second one', async () => {
    const table = 'text,text2\na,b\n';
    expect(await read('x.csv', table, 'rte')).toEqual([{ text: 'a', text2: 'b', where: 'FILE line 2' }]);
    expect(await read('x.csv', table)).toEqual([{ text: 'a', where: 'FILE line 2' }]);
    expect(await read('x.jsonl', '{"text":"a","text2":7}')).toEqual([{ text: 'a', where: 'FILE line 1' }]);
  });

  it('takes names of columns', async () => {
    const columns = parseColumns('text=review');
    expect(await read('x.csv', 'review,text\na,b\n', 'sst-2', columns)).toEqual([{ text: 'a', where: 'FILE line 2' }]);
  });

  it.each([
    [
      'x.pdf',
      'a',
      'sst-2',
      "FILE' is of no known format: expected a name that ends in .txt (one text a line), .jsonl, .csv or .tsv, or in one of these and .gz. Convert the file, or rename it.",
    ],
    [
      'x.txt',
      'a',
      'rte',
      'FILE\' holds one text a line, and task \'rte\' compares two. Give a table or JSON lines with "text" and "text2" (.csv, .tsv, .jsonl).',
    ],
    ['x.txt', ' \n\n', 'sst-2', 'FILE is empty: expected examples, one a line. Get the file again.'],
    ['x.csv', 'text\n', 'sst-2', 'FILE is empty: expected examples, one a line. Get the file again.'],
    [
      'x.jsonl',
      '{"text":"a"}\n{"label":"b"}',
      'sst-2',
      'FILE line 2: "text" is missing; expected {"text": ...}, with "text2" in tasks of two texts. Correct the line or remove it.',
    ],
  ])('refuses %s with %j for %s', async (name, content, task, message) => {
    expect(await failure(name, content, task)).toBe(message);
  });
});
