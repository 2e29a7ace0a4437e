import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Columns, parseColumns } from '../../../../src/lm/data/columns.ts';
import { findTask, type Task } from '../../../../src/lm/data/tasks.ts';
import { readLabels, readRows } from '../../../../src/lm/node/data/rows.ts';
import { failureOf } from '../../../support/failure.ts';
import { temporaryFolder } from '../../../support/folders.ts';

/** Reads one file of this name and content. */
async function read(name: string, content: string | Uint8Array, task = 'sst-2', columns?: Columns) {
  const file = join(await temporaryFolder({ [name]: content }), name);
  return { file, result: readRows(file, findTask(task), { columns }) };
}

async function failure(name: string, content: string | Uint8Array, task = 'sst-2', columns?: Columns) {
  const { file, result } = await read(name, content, task, columns);
  const error = await failureOf(() => result);
  return { code: error.code, message: error.message.replaceAll(file, 'FILE'), data: error.data };
}

const TABLE = 'label,text,split\nnegative,dull,train\npositive,"bright, é",test\n';
const LINES = [
  '{"label":"negative","text":"dull","split":"train"}',
  '{"label":"positive","text":"bright, é","split":"test"}',
];

describe('readRows', () => {
  it.each([
    ['x.csv', TABLE],
    ['x.csv.gz', gzipSync(TABLE)],
    ['x.CSV.GZ', gzipSync(TABLE)],
    ['x.CSV', `\uFEFF${TABLE.replaceAll('\n', '\r\n')}`],
    ['x.tsv', 'label\ttext\tsplit\nnegative\tdull\ttrain\npositive\tbright, é\ttest\n'],
    ['x.jsonl', LINES.join('\n')],
    ['x.jsonl.gz', gzipSync(`${LINES.join('\r\n')}\r\n\r\n`)],
  ])('reads %s', async (name, content) => {
    const { file, result } = await read(name, content);
    const first = /jsonl/i.test(name) ? 1 : 2;
    expect((await result).rows).toEqual([
      { example: { label: 'negative', text: 'dull' }, where: `${file} line ${first}`, split: 'train', seed: undefined },
      {
        example: { label: 'positive', text: 'bright, é' },
        where: `${file} line ${first + 1}`,
        split: 'test',
        seed: undefined,
      },
    ]);
    expect((await result).format).toBe(/jsonl/i.test(name) ? 'JSON lines' : 'table');
  });

  it('reads a table that names what separates its fields in the first line, and tells rows that one of its fields swallowed', async () => {
    const table = 'sep=;\r\nlabel;text;split\r\nnegative;"dull; or not";train\r\npositive;bright, too;test\r\n';
    const { file, result } = await read('x.csv', table);
    expect((await result).rows.map(({ example, where }) => ({ ...example, where }))).toEqual([
      { label: 'negative', text: 'dull; or not', where: `${file} line 3` },
      { label: 'positive', text: 'bright, too', where: `${file} line 4` },
    ]);
    const swallowed = 'sep=;\nlabel;text\nnegative;"dull\npositive;bright\nnegative;bad"\n';
    expect((await failure('x.csv', swallowed)).code).toBe('lm.swallowed-rows');
  });

  it('reads null in place of a label in JSON lines as none; one that is absent is an error', async () => {
    const unlabeled = '{"label":null,"text":"who knows","split":"test"}';
    const { file, result } = await read('x.jsonl', [...LINES, unlabeled].join('\n'));
    expect((await result).rows.map(({ example }) => example.label)).toEqual(['negative', 'positive']);
    expect((await result).unlabeled).toEqual([{ where: `${file} line 3`, split: 'test' }]);
    const named = (await read('x.jsonl', [...LINES, unlabeled].join('\n'))).file;
    expect(await readLabels(named, false)).toEqual(['negative', 'positive']);
    const [none, absent] = await Promise.all([
      failure('x.jsonl', unlabeled),
      failure('x.jsonl', '{"text":"who knows"}'),
    ]);
    expect(none.message).toMatch('FILE has 1 example, all with -1 or null in place of a label, which stand for none;');
    expect(absent.message).toMatch('FILE line 1: "label" is missing');
  });

  it('fingerprints the file as stored', async () => {
    const { file, result } = await read('x.jsonl', `${LINES[0]}\n`);
    // printf '%s\n' '{"label":"negative","text":"dull","split":"train"}' | sha256sum
    expect((await result).fingerprint).toEqual({
      path: file,
      sha256: 'ead844f89764ac03a76dd3c009e241002057fb232b2e59f28cd52ade58dc451f',
    });
  });

  it('keeps the seed of a line, and both texts of a pair', async () => {
    const line = '{"label":"entailment","text":"a","text2":"b","split":"dev","seed":13}';
    const [row] = (await (await read('x.jsonl', line, 'rte')).result).rows;
    expect(row).toMatchObject({ example: { label: 'entailment', text: 'a', text2: 'b' }, split: 'dev', seed: 13 });
    const [of] = (await (await read('x.csv', 'text2,label,text\nb,entailment,a\n', 'rte')).result).rows;
    expect(of?.example).toEqual({ label: 'entailment', text: 'a', text2: 'b' });
  });

  it('takes columns and keys by the names given', async () => {
    const columns = { label: 'topic', text: 'message', split: 'part' };
    const table = 'id,topic,message,part,label\n1,negative,dull,train,unused\n';
    const json = '{"topic":"negative","message":"dull","part":"train"}';
    for (const [name, content] of [['x.csv', table] as const, ['x.jsonl', json] as const]) {
      const { rows } = await (await read(name, content, 'sst-2', columns)).result;
      expect(rows).toMatchObject([{ example: { label: 'negative', text: 'dull' }, split: 'train' }]);
    }
  });

  it('keeps odd texts of tables exactly', async () => {
    const { rows } = await (await read('x.csv', 'label,text\nnegative," ""so""\r\nsad,\u200B "\n')).result;
    expect(rows[0]?.example.text).toBe(' "so"\r\nsad,\u200B ');
  });
});

describe('a bad table', () => {
  it('without the columns is told which it has', async () => {
    expect(await failure('x.csv', 'topic,message\na,b\n')).toMatchObject({
      code: 'lm.missing-column',
      message: `FILE line 1, the header, has no column 'label' and 'text'; it has 'topic', 'message'. Rename the columns, or name yours: --columns label=NAME,text=NAME, or "columns" in the task's JSON file.`,
    });
    expect((await failure('x.csv', '\nlabel,text\nentailment,a\n', 'rte')).message).toMatch(
      "FILE line 2, the header, has no column 'text2'; it has 'label', 'text'.",
    );
    expect((await failure('x.csv', TABLE, 'sst-2', { text: 'body' })).message).toMatch("has no column 'body'; it has");
  });

  it('separated by something else is told so', async () => {
    expect((await failure('x.csv', 'label;text\nnegative;a\n')).message).toMatch(
      `it has 'label;text'. It seems to be separated by ";": a .csv is separated by commas, a .tsv by tabs.`,
    );
    expect((await failure('x.csv', 'label\ttext\n')).message).toMatch('It seems to be separated by "\\t"');
  });

  it('with a column twice', async () => {
    expect(await failure('x.csv', 'label,text,text\nnegative,a,b\n')).toMatchObject({
      code: 'lm.repeated-column',
      message: "FILE line 1, the header, has column 'text' twice. Rename one of them.",
    });
  });

  it('quoted where nothing is', async () => {
    const rows = ['"label"\t"text"', '"negative"\t"dull"'].join('\n');
    expect((await failure('x.tsv', rows)).message).toMatch(
      `it has '"label"', '"text"'. They stand in quotation marks, which fields of a .tsv keep: save the table as .csv.`,
    );
    expect((await failure('x.tsv', 'label\ttext\nnegative\t"dull\nand cold"\n')).message).toBe(
      'FILE line 3 has 1 field, the header 2; expected as many. Fields of a .tsv are read as they stand, quotation marks too, and hold neither tabs nor line breaks: correct the row, or save the table as .csv.',
    );
  });

  it.each([
    ['a text that begins with a quotation mark', 'label,text', 'negative,"awful', 'positive,wise"', 'negative,cruel'],
    ['one in front of the label', 'text,label', '"awful,negative', 'wise",positive', 'cruel,negative'],
  ])('with %s, which swallows rows', async (_, ...rows) => {
    expect(await failure('x.csv', rows.join('\n'))).toMatchObject({
      code: 'lm.swallowed-rows',
      message: expect.stringMatching(
        /^FILE line 2: the quoted field ".*" holds 1 line that looks like a row of the table; expected a quotation mark at its end, or none at its start\. A text that begins with " stands in quotation marks, each " in it doubled\. If the line breaks belong to the text, give the data as JSON lines\.$/,
      ),
    });
  });

  it('with a row of another length', async () => {
    expect(await failure('x.csv', 'label,text\nnegative,"a\nb"\npositive,so, so\n')).toMatchObject({
      code: 'lm.ragged-row',
      message:
        'FILE line 4 has 3 fields, the header 2; expected as many. A text with a separator in it stands in quotation marks: correct the row.',
    });
  });

  it('with an unknown label, an empty text, a missing second text', async () => {
    expect(await failure('x.csv', 'label,text\nnegative,a\nmeh,b\n')).toMatchObject({
      code: 'lm.unknown-label',
      message:
        "FILE line 3: label 'meh' is not one of the task's labels: negative, positive. Correct the line, or check that the file belongs to this task.",
    });
    expect((await failure('x.csv', 'label,text\nnegative,\n')).message).toBe(
      'FILE line 2: "text" is empty; expected at least one character that is not a space. Fill it in or remove the example.',
    );
    expect((await failure('x.csv', 'label,text,text2\nentailment,a," "\n', 'rte')).message).toMatch(
      'FILE line 2: "text2" is empty;',
    );
  });

  it('with nothing in it', async () => {
    for (const content of ['', '\n\n', 'label,text\n']) {
      expect(await failure('x.csv', content)).toMatchObject({
        code: 'lm.empty-data',
        message: 'FILE is empty: expected examples, one a line. Get the file again.',
      });
    }
    expect((await failure('x.jsonl', '\n')).code).toBe('lm.empty-data');
  });
});

describe('labels', () => {
  const values = { '0': 'negative', '1': 'positive', '2': 'positive' };
  const valued = { ...findTask('sst-2'), labelValues: values };
  const labelsOf = async (name: string, content: string, task: Task = valued) => {
    const file = join(await temporaryFolder({ [name]: content }), name);
    const { rows, unlabeled } = await readRows(file, task);
    return [rows.map(({ example }) => example.label), unlabeled.map(({ where }) => where.replace(file, 'FILE'))];
  };
  const own: Task = { ...valued, labels: [0, 1].map((k) => ({ name: String(k), word: `word${k}` })) };
  const { labelValues: _, ...byName } = own;

  it('may be numbers, in JSON and in tables, in any form', async () => {
    const json = [0, 1, 2, '1', '1.0', -1].map((label) => JSON.stringify({ label, text: 'a' })).join('\n');
    const expected = ['negative', 'positive', 'positive', 'positive', 'positive'];
    expect(await labelsOf('x.jsonl', `${json}\n{"label":1.0,"text":"a"}`)).toEqual([
      [...expected, 'positive'],
      ['FILE line 6'],
    ]);
    const table = ['0.0', '1', '2.0', '1e0', '+1', '-1.0'].map((label) => `${label},a`);
    expect(await labelsOf('x.csv', ['label,text', ...table].join('\n'))).toEqual([expected, ['FILE line 7']]);
    expect(await labelsOf('x.csv', 'label,text\n1.0,a\n0,b\n', byName)).toEqual([['1', '0'], []]);
  });

  it('may be truth values, and are those of the task alone', async () => {
    const truths = { ...valued, labelValues: { false: 'negative', true: 'positive' } };
    expect(await labelsOf('x.jsonl', '{"label":true,"text":"a"}', truths)).toEqual([['positive'], []]);
    const minus = { ...valued, labelValues: { '-1': 'negative', '1': 'positive' } };
    expect(await labelsOf('x.jsonl', '{"label":-1,"text":"a"}', minus)).toEqual([['negative'], []]);
    expect((await failureOf(() => labelsOf('x.csv', 'label,text\n3,a\n'))).message).toMatch(
      "line 2: label '3' is not one of the task's labels: 0 (negative), 1 (positive), 2 (positive). Correct",
    );
    // With values the names are none: they may be numbers themselves, others than their values.
    expect((await failureOf(() => labelsOf('x.csv', 'label,text\npositive,a\n'))).code).toBe('lm.unknown-label');
  });

  it('that are nearly known, or numbers without names, are told so', async () => {
    const told = async (label: string) => (await failure('x.csv', `label,text\n${label},a\n`)).message;
    expect(await told('Positive')).toMatch(
      "negative, positive. It differs from 'positive' only in letter case. Correct",
    );
    expect(await told(' positive')).toMatch("It differs from 'positive' only in blanks.");
    expect(await told('Posi tive ')).toMatch("It differs from 'positive' only in letter case and blanks.");
    expect(await told('1')).toMatch(
      'Where numbers stand for labels, say for which: --labels 0=NAME,1=NAME, or "value" beside each name in the task\'s JSON file.',
    );
    expect((await failure('x.jsonl', '{"label":1e400,"text":"a"}')).message).toBe(
      'FILE line 1 is not valid JSON: "label" is a number beyond 1.8e308. Repair it or get it again.',
    );
  });
});

describe('bad JSON lines', () => {
  const good = { label: 'negative', text: 'dull', split: 'train' };
  it.each([
    ['sst-2', { ...good, label: [1] }, '"label" is not a text or a number'],
    ['sst-2', { ...good, text: null }, '"text" is not a text'],
    ['sst-2', { text: 'dull' }, '"label" is missing'],
    ['rte', { label: 'entailment', text: 'a', text2: 3 }, '"text2" is not a text'],
  ])('%s: %j', async (task, line, reason) => {
    expect(await failure('x.jsonl', `\n${JSON.stringify(line)}`, task)).toMatchObject({
      code: 'lm.malformed-example',
      message: `FILE line 2: ${reason}; expected {"label": ..., "text": ..., "split": "train" or "test"}, with "text2" in tasks of two texts. Correct the line or remove it.`,
    });
  });

  it('without a second text in a pair task', async () => {
    const line = '{"label":"entailment","text":"a"}';
    expect((await failure('x.jsonl', line, 'rte')).message).toBe(
      'FILE line 1: "text2" is missing; this task compares two texts. Add it, or choose a task with one text.',
    );
    const ignored = await read('x.jsonl', '{"label":"negative","text":"a","text2":7}');
    expect((await ignored.result).rows[0]?.example).toEqual({ label: 'negative', text: 'a' });
  });

  it('that are no JSON, or no object', async () => {
    const torn = await failure('x.jsonl', `${JSON.stringify(good)}\n{"label": "negative", `);
    expect(torn.code).toBe('lm.malformed-json');
    // The parser's own words differ between versions of Node.
    expect(torn.message).toBe(`FILE line 2 is not valid JSON: ${String(torn.data.reason)}. Repair it or get it again.`);
    expect((await failure('x.jsonl', '[1]')).message).toMatch('expected an object {...}, found an array');
  });
});

describe('a bad file', () => {
  it('that is damaged gzip', async () => {
    const torn = await failure('x.jsonl.gz', gzipSync(LINES.join('\n')).subarray(0, 30));
    expect(torn.code).toBe('lm.unreadable-data');
    expect(torn.message).toBe(
      'FILE cannot be read: its gzip compression is damaged (unexpected end of file). Save or download it again.',
    );
    expect((await failure('x.csv.gz', TABLE)).message).toMatch(
      'its gzip compression is damaged (incorrect header check)',
    );
  });

  it('that is not UTF-8', async () => {
    expect(await failure('x.csv', Buffer.from(TABLE, 'latin1'))).toMatchObject({
      code: 'lm.not-utf8',
      message: 'FILE line 3 is not UTF-8 text. Save the file as UTF-8, which a spreadsheet calls "CSV UTF-8".',
    });
    const utf16 = Buffer.from(`\uFEFF${TABLE}`, 'utf16le');
    expect((await failure('x.csv', utf16)).message).toBe(
      'FILE line 1 is not UTF-8 text but UTF-16, as its byte order mark says. Save the file as UTF-8, which a spreadsheet calls "CSV UTF-8", or convert it (iconv -f UTF-16 -t UTF-8).',
    );
    const unmarked = Buffer.from(TABLE.replace('é', 'e'), 'utf16le');
    expect((await failure('x.csv', unmarked)).message).toMatch(
      'FILE line 1 is not UTF-8 text but what seems to be UTF-16.',
    );
    const cut = Buffer.concat([Buffer.from(TABLE), Buffer.from([0xc3])]);
    expect((await failure('x.csv', cut)).message).toMatch('FILE line 4 is not UTF-8 text.');
  });

  it('whose lines end in CR', async () => {
    for (const [name, content] of [['x.csv', TABLE] as const, ['x.jsonl', LINES.join('\n')] as const]) {
      expect((await failure(name, content.replaceAll('\n', '\r'))).code).toBe('lm.old-line-ends');
    }
  });

  it('that is absent, a folder, or of another format', async () => {
    const folder = await temporaryFolder({ 'x.csv/inner': '' });
    expect((await failureOf(() => readRows(join(folder, 'y.csv'), findTask('mr')))).message).toBe(
      `'${join(folder, 'y.csv')}' does not exist: expected the data of task 'mr'. Check the path; a relative one starts at the current directory, in a task's JSON file at that file.`,
    );
    expect((await failureOf(() => readRows(join(folder, 'x.csv'), findTask('mr')))).code).toBe('lm.unreadable-data');
    expect(await failureOf(() => readRows('a/x.xlsx', findTask('mr')))).toMatchObject({
      code: 'lm.unknown-format',
      kind: 'unsupported',
      message:
        "'a/x.xlsx' is of no known format: expected a name that ends in .jsonl, .csv or .tsv, or in one of these and .gz. Convert the file, or rename it.",
    });
  });
});

describe('parseColumns', () => {
  it('reads names of columns', () => {
    expect(parseColumns('label=topic, text = the message')).toEqual({ label: 'topic', text: 'the message' });
    expect(parseColumns('split=a=b')).toEqual({ split: 'a=b' });
  });

  it.each([
    ['topic', "'topic' is not of the form label=NAME"],
    ['label=', "'label=' is not of the form label=NAME"],
    ['topic=label', "'topic' is not one of label, text, text2, split"],
    ['text=a,text=b', 'text stands twice'],
  ])('refuses %s', async (given, reason) => {
    expect(await failureOf(() => parseColumns(given))).toMatchObject({
      code: 'lm.bad-columns',
      message: `The column names '${given}' are not usable: ${reason}. Give label=NAME,text=NAME and, where needed, text2=NAME and split=NAME.`,
    });
  });
});
