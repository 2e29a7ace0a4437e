import { CsvError, parse } from 'csv-parse/sync';
import * as errors from '../../data/dataErrors.ts';
import { quotedField } from '../../data/tableErrors.ts';
import { linesOf, refuseOldLineEnds } from './lines.ts';

/** One record of a table. */
export interface CsvRecord {
  readonly fields: readonly string[];
  /** The line it starts on, from 1. */
  readonly line: number;
}

/**
 * The records of a table, lines that end in LF or CRLF; blank lines are ignored. A first line `sep=;`, as spreadsheets
 * write it, is no record: fields of a table of commas are between what it names. Between commas fields may be quoted as in
 * RFC 4180; between tabs they are as they stand, and one that is quoted all the same is refused, for its text would not be
 * what was meant. Records may have different numbers of fields.
 * @throws UserError `lm.bad-quotes` with the line on which the faulty record starts, `lm.quoted-field`,
 *   `lm.old-line-ends`.
 */
export function parseCsv(text: string, delimiter: ',' | '\t', file: string): CsvRecord[] {
  return delimiter === ',' ? quotedRecords(text, file) : unquotedRecords(text, file);
}

/** The line by which a spreadsheet tells another one what stands between fields. */
const SEPARATOR_LINE = /^("?)sep=([^"\r\n])\1\r?\n/i;

/** What stands between the fields of a table of commas, and where its records start: after the line that says so. */
export function separatorOf(text: string): { readonly separator: string; readonly start: number } {
  const [line = '', , separator = ','] = SEPARATOR_LINE.exec(text) ?? [];
  return { separator, start: line.length };
}

function quotedRecords(text: string, file: string): CsvRecord[] {
  refuseOldLineEnds(text, file);
  const { separator, start } = separatorOf(text);
  const bytes = Buffer.from(text.slice(start));
  const records: CsvRecord[] = [];
  // The parser's own count of lines takes a CRLF inside quotation marks for two; its count of bytes is right.
  let [line, offset] = [start === 0 ? 1 : 2, 0];
  const options = {
    delimiter: separator,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    on_record: (fields: string[], { bytes: end }: { readonly bytes: number }) => {
      if (fields.length > 1 || fields[0] !== '') records.push({ fields, line });
      line += lineFeeds(bytes, offset, end);
      offset = end;
      return null;
    },
  };
  try {
    parse(bytes, options);
  } catch (cause) {
    if (cause instanceof CsvError) throw errors.badQuotes(`${file} line ${line}`);
    throw cause;
  }
  return records;
}

function lineFeeds(bytes: Buffer, start: number, end: number): number {
  let found = 0;
  for (let at = bytes.indexOf(0x0a, start); at >= 0 && at < end; at = bytes.indexOf(0x0a, at + 1)) found++;
  return found;
}

/** Whether a field is in quotation marks, with at least one doubled inside and none alone: written as RFC 4180 has it. */
function isQuoted(field: string): boolean {
  if (!field.startsWith('"') || !field.endsWith('"')) return false;
  const inner = field.slice(1, -1);
  return inner.includes('""') && !inner.replaceAll('""', '').includes('"');
}

function unquotedRecords(text: string, file: string): CsvRecord[] {
  const [first, ...others] = tabbedLines(text, file);
  if (first === undefined) return [];
  const isSeparatorLine = first.fields.length === 2 && /^sep=$/i.test(first.fields.join(''));
  const records = isSeparatorLine ? others : [first, ...others];
  for (const { fields, line } of records) {
    const quoted = fields.find(isQuoted);
    if (quoted !== undefined) throw quotedField(`${file} line ${line}`, quoted);
  }
  return records;
}

/**
 * Lines of fields between tabs, as they stand: a quotation mark is a character like others. Blank lines are ignored.
 * @throws UserError `lm.old-line-ends`.
 */
export function tabbedLines(text: string, file: string): CsvRecord[] {
  return linesOf(text, file)
    .filter(({ content }) => content !== '')
    .map(({ content, line }) => ({ fields: content.split('\t'), line }));
}
