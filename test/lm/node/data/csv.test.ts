import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../../../src/lm/node/data/csv.ts';
import { failureOf } from '../../../support/failure.ts';

const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;

/** RFC 4180 by hand: every field in quotation marks, those in it doubled. */
function write(rows: readonly (readonly string[])[], end: string): string {
  return rows.map((row) => row.map(quoted).join(',') + end).join('');
}

const ODD = fc.constantFrom(
  '"',
  '""',
  ',',
  ';',
  '\t',
  '\n',
  '\r\n',
  '\r',
  ' ',
  '\\',
  '\u200B',
  'é',
  '日',
  '😀',
  '0',
  '#',
);
const FIELD = fc.oneof(
  fc.array(ODD, { maxLength: 6 }).map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme' }),
);

describe('parseCsv', () => {
  it('gives back any texts that were written by the rules, with the line each record starts on', () => {
    const rows = fc.array(fc.tuple(FIELD, FIELD, FIELD), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(rows, fc.constantFrom('\n', '\r\n'), (given, end) => {
        const records = parseCsv(write(given, end), ',', 'x.csv');
        expect(records.map(({ fields }) => fields)).toEqual(given);
        const lines = given.map((_, index) => write(given.slice(0, index), end).split('\n').length);
        expect(records.map(({ line }) => line)).toEqual(lines);
      }),
      { numRuns: 300 },
    );
  });

  it('takes fields between tabs as they stand, one a line, and refuses those that were quoted', async () => {
    const plain = FIELD.filter((field) => !/[\t\r\n]/.test(field) && !/^".*"".*"$/.test(field));
    const rows = fc.array(fc.tuple(fc.constant('x'), plain, plain), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom('\n', '\r\n'), async (given, end) => {
        const written = (shown: (field: string) => string) =>
          given.map((row) => row.map(shown).join('\t') + end).join('');
        const records = parseCsv(
          written((field) => field),
          '\t',
          'x.tsv',
        );
        expect(records).toEqual(given.map((fields, k) => ({ fields, line: k + 1 })));
        const first = given.findIndex((fields) => fields.some((field) => field.includes('"')));
        if (first < 0) return;
        const error = await failureOf(() => parseCsv(written(quoted), '\t', 'x.tsv'));
        expect(error.code).toBe('lm.quoted-field');
        expect(error.message).toMatch(`x.tsv line ${first + 1}: the field `);
      }),
      { numRuns: 200 },
    );
  });

  it('lets no quotation mark between tabs swallow rows', () => {
    expect(parseCsv('a\t"b\nc\td"\n"e"\t"" f ""\n', '\t', 'x.tsv')).toEqual([
      { fields: ['a', '"b'], line: 1 },
      { fields: ['c', 'd"'], line: 2 },
      { fields: ['"e"', '"" f ""'], line: 3 },
    ]);
  });

  it.each([',', '\t'] as const)('refuses lines that end in CR alone, between %j', async (separator) => {
    const error = await failureOf(() => parseCsv(`a${separator}b\rc${separator}d\r`, separator, 'x.csv'));
    expect(error.code).toBe('lm.old-line-ends');
    expect(error.message).toBe(
      'The lines of x.csv end in carriage returns alone, as on old Macintosh computers; expected line feeds. Save it again with line ends of Unix (LF) or Windows (CRLF).',
    );
  });

  it.each([',', ';', '|', '\t', ' '])(
    'takes a first line sep=%s for what it is, with the lines of the file',
    (separator) => {
      const rows = [`a${separator}"b;c,d"`, `"e\nf"${separator}g`];
      for (const first of [`sep=${separator}\n`, `SEP=${separator}\r\n`, `"sep=${separator}"\r\n`]) {
        expect(parseCsv(`${first}${rows.join('\n')}`, ',', 'x.csv')).toEqual([
          { fields: ['a', 'b;c,d'], line: 2 },
          { fields: ['e\nf', 'g'], line: 3 },
        ]);
      }
    },
  );

  it('takes such a line of a .tsv likewise, and no other line, nor one that says something else', async () => {
    expect(parseCsv('sep=\t\na\tb\n', '\t', 'x.tsv')).toEqual([{ fields: ['a', 'b'], line: 2 }]);
    expect(parseCsv('sep=;\na\tb\n', '\t', 'x.tsv')[0]).toEqual({ fields: ['sep=;'], line: 1 });
    expect(parseCsv('a,b\nsep=,\n', ',', 'x.csv')[1]).toEqual({ fields: ['sep=', ''], line: 2 });
    expect(parseCsv('sep=,x\na,b\n', ',', 'x.csv')[0]).toEqual({ fields: ['sep=', 'x'], line: 1 });
    const error = await failureOf(() => parseCsv('sep=;\na;b\nc;"d"e\n', ',', 'x.csv'));
    expect(error.message).toMatch('x.csv line 3: the row that starts here has a quotation mark out of place.');
  });

  it('takes fields without quotation marks as they are, and ignores blank lines', () => {
    expect(parseCsv('a, b\n\nc,"d"\r\n\r\n,e', ',', 'x.csv')).toEqual([
      { fields: ['a', ' b'], line: 1 },
      { fields: ['c', 'd'], line: 3 },
      { fields: ['', 'e'], line: 5 },
    ]);
    expect(parseCsv('', ',', 'x.csv')).toEqual([]);
  });

  it.each([
    ['a quotation mark inside a bare field', 'a,b\n\nc,d "e" f\n', 3],
    ['text behind a closing quotation mark', 'a,b\r\n"c\r\nd",e\r\n"f"g,h\n', 4],
    ['a quotation mark that is never closed', 'a,b\nc,"d\ne,f\ng,h\n', 2],
  ])('refuses %s', async (_, text, line) => {
    const error = await failureOf(() => parseCsv(text, ',', 'x.csv'));
    expect(error.code).toBe('lm.bad-quotes');
    expect(error.message).toBe(
      `x.csv line ${line}: the row that starts here has a quotation mark out of place. A field with ", a separator or a line break stands in quotation marks, and each " in it is doubled: "she said ""yes""". Correct the row, or save the file again from a spreadsheet.`,
    );
  });
});
