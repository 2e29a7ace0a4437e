import { CsvError, parse } from 'csv-parse/sync';
import * as errors from '../../data/dataErrors.ts';

/** One record of a table. */
export interface CsvRecord {
  readonly fields: readonly string[];
  /** The line it starts on, from 1. */
  readonly line: number;
}

/**
 * The records of a table with RFC 4180's quoting, lines that end in LF or CRLF; blank lines are ignored. Records may
 * have different numbers of fields.
 * @throws UserError `lm.bad-quotes` with the line on which the faulty record starts.
 */
export function parseCsv(text: string, delimiter: ',' | '\t', file: string): CsvRecord[] {
  const bytes = Buffer.from(text);
  const records: CsvRecord[] = [];
  // The parser's own count of lines takes a CRLF inside quotation marks for two; its count of bytes is right.
  let [line, offset] = [1, 0];
  const options = {
    delimiter,
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
