/**
 * Rows of data files: JSON lines, one object a line, or tables with a header (`.csv` separated by commas, with quoting
 * as in RFC 4180; `.tsv` by tabs, without), plain or with `.gz` compressed.
 */

import { required } from '../../../errors/index.ts';
import { type Columns, columnNames, type Part } from '../../data/columns.ts';
import * as errors from '../../data/dataErrors.ts';
import { checkExample, type Example } from '../../data/example.ts';
import type { Fingerprint } from '../../data/fingerprint.ts';
import { unlabeledData } from '../../data/labelErrors.ts';
import { labelAt, readLabel } from '../../data/labels.ts';
import { swallowedRows } from '../../data/tableErrors.ts';
import type { Task } from '../../data/tasks.ts';
import { parseJsonObject } from '../../model/json.ts';
import { type CsvRecord, parseCsv, separatorOf } from './csv.ts';
import { readDataFile } from './dataFile.ts';
import { linesOf } from './lines.ts';

/** An example with what else its row says. */
export interface Row {
  readonly example: Example;
  /** File and line. */
  readonly where: string;
  /** The row's split and seed as they stand there; undefined where it has none. */
  readonly split: unknown;
  readonly seed: unknown;
}

/** A row whose label says that it has none. */
export type UnlabeledRow = Pick<Row, 'where' | 'split'>;

/** All rows of a file, at least one that has a label. */
export interface Rows {
  readonly rows: readonly Row[];
  readonly unlabeled: readonly UnlabeledRow[];
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
 * Reads a file's examples; those whose label is -1, or in JSON null, for none, apart. Other columns and blank lines are ignored.
 * @throws UserError with file and line for whatever is wrong (see dataErrors.ts); UnsupportedError `lm.unknown-format`.
 */
export async function readRows(path: string, task: Task, options: RowOptions = {}): Promise<Rows> {
  const { raw, format, fingerprint } = await readRawRows(path, {
    holding: `the data of task '${task.name}'`,
    parts: partsOf(task, true),
    columns: options.columns,
    isLabel: (cell) => readLabel(cell, task).kind === 'label',
  });
  const unlabeled: UnlabeledRow[] = [];
  const rows = raw.flatMap(({ texts, ...rest }): Row[] => {
    const label = texts.label === undefined ? undefined : labelAt(texts.label, task, rest.where);
    if (label === undefined) unlabeled.push({ where: rest.where, split: rest.split });
    else return [{ ...rest, example: checkExample({ ...texts, label }, task, rest.where, options.allowEmpty) }];
    return [];
  });
  if (rows.length === 0) throw unlabeledData(path, unlabeled.length);
  return { rows, unlabeled, format: format === 'jsonl' ? 'JSON lines' : 'table', fingerprint };
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
  const isLabel = (cell: string) => readLabel(cell, task).kind === 'label';
  const { raw } = await readRawRows(path, {
    holding: 'texts to classify',
    parts: partsOf(task, false),
    columns,
    isLabel,
  });
  return raw.map(({ texts: { text, text2 }, where }) => ({ text, ...(text2 === undefined ? {} : { text2 }), where }));
}

/**
 * Reads what stands as the label of each row, whatever it is but null in JSON, and that the texts are there.
 * @throws UserError and UnsupportedError as {@link readRows}.
 */
export async function readLabels(path: string, pair: boolean, columns?: Columns): Promise<readonly string[]> {
  const { raw } = await readRawRows(path, {
    holding: 'the data of a task',
    parts: ['label', 'text', ...(pair ? (['text2'] as const) : [])],
    columns,
    // What the labels are is what is asked for.
    isLabel: () => false,
  });
  return raw.flatMap(({ texts }) => (texts.label === undefined ? [] : [texts.label]));
}

/** A row whose example is not checked yet. */
interface RawRow extends Omit<Row, 'example'> {
  readonly texts: { readonly label: string | undefined; readonly text: string; readonly text2: string | undefined };
}

type Names = Readonly<Record<Part, string>>;

function partsOf({ pair }: Task, labeled: boolean): readonly Part[] {
  return [...(labeled ? (['label'] as const) : []), 'text', ...(pair ? (['text2'] as const) : [])];
}

interface RawOptions {
  /** What the file should hold, for messages. */
  readonly holding: string;
  /** The parts of an example that rows are read for; a label that is not wanted is empty, one that is null undefined. */
  readonly parts: readonly Part[];
  readonly columns: Columns | undefined;
  /** Whether a cell of a table is one of the task's labels. */
  readonly isLabel: (cell: string) => boolean;
}

async function readRawRows(path: string, { holding, parts, columns, isLabel }: RawOptions) {
  const format = formatOf(path);
  if (format === undefined) throw errors.unknownFormat(path);
  const { text, fingerprint } = await readDataFile(path, holding);
  const names = columnNames(columns);
  const raw =
    format === 'jsonl'
      ? jsonRows(text, path, parts, names)
      : tableRows(parseCsv(text, format === 'csv' ? ',' : '\t', path), {
          path,
          format,
          parts,
          names,
          isLabel,
          separator: format === 'csv' ? separatorOf(text).separator : '\t',
        });
  if (raw.length === 0) throw errors.emptyData(path);
  return { raw, format, fingerprint };
}

function jsonRows(text: string, path: string, parts: readonly Part[], names: Names): RawRow[] {
  const labeled = parts.includes('label');
  const textOf = (value: unknown, name: string, where: string, orNumber = false): string => {
    if (typeof value === 'string') return value;
    if (orNumber && (typeof value === 'number' || typeof value === 'boolean')) return String(value);
    const reason =
      value === undefined ? `"${name}" is missing` : `"${name}" is not a text${orNumber ? ' or a number' : ''}`;
    throw errors.malformedExample(where, reason, labeled);
  };
  const labelOf = (value: unknown, where: string): string | undefined =>
    // What data frames write for a label that is missing.
    value === null ? undefined : textOf(value, names.label, where, true);
  return linesOf(text, path).flatMap(({ content, line }): RawRow | [] => {
    if (content.trim() === '') return [];
    const where = `${path} line ${line}`;
    const json = parseJsonObject(content, where);
    const text2 = json[names.text2];
    const texts = {
      label: labeled ? labelOf(json[names.label], where) : '',
      text: textOf(json[names.text], names.text, where),
      // Tasks of one text ignore the key, whatever it holds.
      text2: text2 === undefined || !parts.includes('text2') ? undefined : textOf(text2, names.text2, where),
    };
    return { texts, where, split: json[names.split], seed: json.seed };
  });
}

interface TableOptions extends Pick<RawOptions, 'parts' | 'isLabel'> {
  readonly path: string;
  readonly format: 'csv' | 'tsv';
  readonly names: Names;
  /** What stands between fields. */
  readonly separator: string;
}

function tableRows([header, ...records]: CsvRecord[], options: TableOptions): RawRow[] {
  const { path, format, parts: needed, names, isLabel, separator } = options;
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
  const labelColumn = found.indexOf(names.label);
  const isRow = (content: string): boolean => {
    const cells = content.split(separator);
    const cell = cells[labelColumn];
    return cells.length === found.length && cell !== undefined && isLabel(cell);
  };
  return records.map(({ fields, line }) => {
    const place = `${path} line ${line}`;
    refuseSwallowed(fields, isRow, place);
    if (fields.length !== found.length) throw errors.raggedRow(place, fields.length, found.length, format);
    const field = (part: Part) => fields[found.indexOf(names[part])];
    const texts = {
      label: needed.includes('label') ? required(field('label'), 'label of a row') : '',
      text: required(field('text'), 'text of a row'),
      text2: needed.includes('text2') ? field('text2') : undefined,
    };
    return { texts, where: place, split: field('split'), seed: undefined };
  });
}

/** A text that begins with a quotation mark is taken for one that ends where a later text ends with one. */
function refuseSwallowed(fields: readonly string[], isRow: (content: string) => boolean, place: string): void {
  for (const field of fields.filter((content) => content.includes('\n'))) {
    const rows = field.split(/\r?\n/).filter(isRow).length;
    if (rows > 0) throw swallowedRows(place, field, rows);
  }
}

function occurrences(names: readonly string[], wanted: string): number {
  return names.filter((name) => name === wanted).length;
}
