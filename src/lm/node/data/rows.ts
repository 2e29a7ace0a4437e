/**
 * Rows of data files: JSON lines, one object a line, or tables with a header (`.csv` separated by commas, `.tsv` by
 * tabs, quoting as in RFC 4180), plain or with `.gz` compressed.
 */

import { required } from '../../../errors/index.ts';
import { type Columns, columnNames, type Part } from '../../data/columns.ts';
import * as errors from '../../data/dataErrors.ts';
import { checkExample, type Example } from '../../data/example.ts';
import type { Fingerprint } from '../../data/runData.ts';
import type { Task } from '../../data/tasks.ts';
import { parseJsonObject } from '../../model/json.ts';
import { type CsvRecord, parseCsv } from './csv.ts';
import { readDataFile } from './dataFile.ts';

/** An example with what else its row says. */
export interface Row {
  readonly example: Example;
  /** File and line. */
  readonly where: string;
  /** The row's split and seed as they stand there; undefined where it has none. */
  readonly split: unknown;
  readonly seed: unknown;
}

/** All rows of a file, at least one. */
export interface Rows {
  readonly rows: readonly Row[];
  readonly format: 'JSON lines' | 'table';
  readonly fingerprint: Fingerprint;
}

/** Format and compression, told by a file's name. */
const FORMAT = /\.(jsonl|csv|tsv)(\.gz)?$/i;

/** The format of a file by its name; undefined for others. */
export function formatOf(path: string): 'jsonl' | 'csv' | 'tsv' | undefined {
  const ending = FORMAT.exec(path)?.[1]?.toLowerCase();
  return ending === 'jsonl' || ending === 'csv' || ending === 'tsv' ? ending : undefined;
}

/** How a file's rows are read. */
export interface RowOptions {
  readonly columns?: Columns | undefined;
  /** Whether an empty text is let through, to be dealt with later. */
  readonly allowEmpty?: boolean;
}

/**
 * Reads a file's examples. Other columns and blank lines are ignored.
 * @throws UserError with file and line for whatever is wrong (see dataErrors.ts); UnsupportedError `lm.unknown-format`.
 */
export async function readRows(path: string, task: Task, options: RowOptions = {}): Promise<Rows> {
  const { raw, format, fingerprint } = await readRawRows(path, {
    holding: `the data of task '${task.name}'`,
    parts: partsOf(task, true),
    columns: options.columns,
  });
  const rows = raw.map(({ texts, ...rest }) => ({
    ...rest,
    example: checkExample(texts, task, rest.where, options.allowEmpty),
  }));
  return { rows, format: format === 'jsonl' ? 'JSON lines' : 'table', fingerprint };
}

/** One row's texts, without a label; none of a task of one text has a second one. */
export interface TextRow {
  readonly text: string;
  readonly text2?: string;
  /** File and line. */
  readonly where: string;
}

/**
 * Reads a file's texts, at least one, and does not look at labels. Empty ones are let through.
 * @throws UserError and UnsupportedError as {@link readRows}.
 */
export async function readTextRows(path: string, task: Task, columns?: Columns): Promise<readonly TextRow[]> {
  const { raw } = await readRawRows(path, { holding: 'texts to classify', parts: partsOf(task, false), columns });
  return raw.map(({ texts: { text, text2 }, where }) => ({ text, ...(text2 === undefined ? {} : { text2 }), where }));
}

/**
 * Reads what stands as the label of each row, whatever it is, and that the texts are there.
 * @throws UserError and UnsupportedError as {@link readRows}.
 */
export async function readLabels(path: string, pair: boolean, columns?: Columns): Promise<readonly string[]> {
  const { raw } = await readRawRows(path, {
    holding: 'the data of a task',
    parts: ['label', 'text', ...(pair ? (['text2'] as const) : [])],
    columns,
  });
  return raw.map(({ texts }) => texts.label);
}

/** A row whose example is not checked yet. */
interface RawRow extends Omit<Row, 'example'> {
  readonly texts: { readonly label: string; readonly text: string; readonly text2: string | undefined };
}

type Names = Readonly<Record<Part, string>>;

function partsOf({ pair }: Task, labeled: boolean): readonly Part[] {
  return [...(labeled ? (['label'] as const) : []), 'text', ...(pair ? (['text2'] as const) : [])];
}

interface RawOptions {
  /** What the file should hold, for messages. */
  readonly holding: string;
  /** The parts of an example that rows are read for; a label that is not wanted is empty. */
  readonly parts: readonly Part[];
  readonly columns: Columns | undefined;
}

async function readRawRows(path: string, { holding, parts, columns }: RawOptions) {
  const format = formatOf(path);
  if (format === undefined) throw errors.unknownFormat(path);
  const { text, fingerprint } = await readDataFile(path, holding);
  const names = columnNames(columns);
  const raw =
    format === 'jsonl'
      ? jsonRows(text, path, parts, names)
      : tableRows(parseCsv(text, format === 'csv' ? ',' : '\t', path), path, parts, names);
  if (raw.length === 0) throw errors.emptyData(path);
  return { raw, format, fingerprint };
}

function jsonRows(text: string, path: string, parts: readonly Part[], names: Names): RawRow[] {
  const labeled = parts.includes('label');
  const textOf = (value: unknown, name: string, where: string): string => {
    if (typeof value === 'string') return value;
    const reason = value === undefined ? `"${name}" is missing` : `"${name}" is not a text`;
    throw errors.malformedExample(where, reason, labeled);
  };
  return text.split(/\r?\n/).flatMap((line, index): RawRow | [] => {
    if (line.trim() === '') return [];
    const where = `${path} line ${index + 1}`;
    const json = parseJsonObject(line, where);
    const text2 = json[names.text2];
    const texts = {
      label: labeled ? textOf(json[names.label], names.label, where) : '',
      text: textOf(json[names.text], names.text, where),
      // Tasks of one text ignore the key, whatever it holds.
      text2: text2 === undefined || !parts.includes('text2') ? undefined : textOf(text2, names.text2, where),
    };
    return { texts, where, split: json[names.split], seed: json.seed };
  });
}

function tableRows([header, ...records]: CsvRecord[], path: string, needed: readonly Part[], names: Names): RawRow[] {
  if (header === undefined) return [];
  const found = header.fields.map((name) => name.trim());
  const where = `${path} line ${header.line}`;
  const missing = needed.filter((part) => !found.includes(names[part]));
  if (missing.length > 0) {
    const named = missing.map((part) => ({ part, name: names[part] }));
    throw errors.missingColumns(where, named, found);
  }
  const repeated = [...needed, 'split' as const].find((part) => occurrences(found, names[part]) > 1);
  if (repeated !== undefined) throw errors.repeatedColumn(where, names[repeated]);
  return records.map(({ fields, line }) => {
    const place = `${path} line ${line}`;
    if (fields.length !== found.length) throw errors.raggedRow(place, fields.length, found.length);
    const field = (part: Part) => fields[found.indexOf(names[part])];
    const texts = {
      label: needed.includes('label') ? required(field('label'), 'label of a row') : '',
      text: required(field('text'), 'text of a row'),
      text2: needed.includes('text2') ? field('text2') : undefined,
    };
    return { texts, where: place, split: field('split'), seed: undefined };
  });
}

function occurrences(names: readonly string[], wanted: string): number {
  return names.filter((name) => name === wanted).length;
}
