/** Messages about tables and lines that are not as their file's name says. */

import { UserError } from '../../errors/index.ts';
import { counted } from '../../errors/wording/index.ts';
import { quoted } from '../wording.ts';

/** Lines end as those of old Macintosh computers did, so that the whole file would be one line. */
export function oldLineEnds(file: string): UserError {
  return new UserError(
    'lm.old-line-ends',
    `The lines of ${file} end in carriage returns alone, as on old Macintosh computers; expected line feeds. Save it again with line ends of Unix (LF) or Windows (CRLF).`,
    { file },
  );
}

/** A field of a .tsv is written by the rules of quoting, which a .tsv does not have. */
export function quotedField(where: string, field: string): UserError {
  return new UserError(
    'lm.quoted-field',
    `${where}: the field ${quoted(field)} seems to be quoted, and fields of a .tsv are read as they stand. Save the table as .csv, where fields may be quoted, or take the quotation marks away.`,
    { where, field },
  );
}

/** A quoted field holds what look like rows: two quotation marks that do not belong together. */
export function swallowedRows(where: string, field: string, rows: number): UserError {
  return new UserError(
    'lm.swallowed-rows',
    `${where}: the quoted field ${quoted(field)} holds ${counted(rows, 'line')} that ${rows === 1 ? 'looks like a row' : 'look like rows'} of the table; expected a quotation mark at its end, or none at its start. A text that begins with " stands in quotation marks, each " in it doubled. If the line breaks belong to the text, give the data as JSON lines.`,
    { where, field, rows },
  );
}

/**
 * What may be the reason that a header lacks columns: another separator where it is but one, quotation marks in a .tsv.
 * Empty, or a sentence after a blank.
 */
export function headerHint(columns: readonly string[]): string {
  const [only] = columns;
  if (columns.length > 1 && columns.every((name) => /^".*"$/.test(name))) {
    return ' They stand in quotation marks, which fields of a .tsv keep: save the table as .csv.';
  }
  if (columns.length > 1 || only === undefined) return '';
  const separator = [';', '\t', '|', ','].find((candidate) => only.includes(candidate));
  return separator === undefined
    ? ''
    : ` It seems to be separated by ${JSON.stringify(separator)}: a .csv is separated by commas, a .tsv by tabs.`;
}
