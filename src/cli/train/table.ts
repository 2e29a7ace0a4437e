/** Tables with a header, a column of labels, and numbers in all others. */

import { basename } from 'node:path';
import { shown } from '../../errors/wording/index.ts';
import { numberOf } from '../../lm/index.ts';
import { decodeText, parseCsv } from '../../lm/node/index.ts';
import { readBytes } from '../programFile.ts';
import * as errors from './errors.ts';
import type { Vectors } from './source.ts';
import { tableNotes } from './tableNotes.ts';

export interface TableOptions {
  /** The column of labels. */
  readonly label: string;
  /** Whether labels are numbers to be met, not classes. */
  readonly real: boolean;
  /** Columns that are left out. */
  readonly ignore?: readonly string[];
  /** Classes 0 … classes − 1; absent, they are the different labels that there are. */
  readonly classes?: number;
}

/** Where many labels are told apart and most stand once, they are no classes. */
const [MANY, MOST] = [20, 0.5];

/**
 * Reads a table. Throws {@link UserError} `cli.unreadable-file`, what `decodeText` and `parseCsv` throw, `cli.no-rows`,
 * `cli.repeated-columns`, `cli.no-label-column`, `cli.no-such-columns`, `cli.no-input-columns`, `cli.bad-cells` with every line and column at
 * fault, `cli.too-many-classes`.
 */
export async function readTable(path: string, options: TableOptions): Promise<Vectors> {
  const text = decodeText(await readBytes(path, 'a table (.csv or .tsv) with a header'), path);
  const [header, ...rows] = parseCsv(text, /\.tsv$/i.test(path) ? '\t' : ',', path);
  const columns = header?.fields.map((name) => name.trim()) ?? [];
  if (rows.length === 0) throw errors.noRows(path);
  const repeated = columns.filter((name, k) => columns.indexOf(name) < k);
  if (repeated.length > 0) throw errors.repeatedColumns(path, [...new Set(repeated)]);
  const at = columns.indexOf(options.label);
  if (at < 0) throw errors.noLabelColumn(path, options.label, columns);
  const ignored = ignoredColumns(path, columns, options);
  const isInput = (k: number): boolean => k !== at && !ignored.has(k);
  const names = columns.filter((_, k) => isInput(k));
  if (names.length === 0) throw errors.noInputColumns(path, options.label);
  const found: errors.BadCell[] = [];
  const inputs: number[] = [];
  const labels: string[] = [];
  for (const { fields, line } of rows) {
    if (fields.length !== columns.length) {
      found.push({ line, column: undefined, problem: `has ${fields.length} fields, expected ${columns.length}` });
      continue;
    }
    fields.forEach((field, k) => {
      const cell = field.trim();
      if (ignored.has(k)) return;
      if (k === at) labels.push(cell);
      const problem = k === at ? labelProblem(cell, options) : numberProblem(cell);
      if (problem !== undefined) found.push({ line, column: columns[k], problem });
      if (k !== at) inputs.push(Number(cell));
    });
  }
  if (found.length > 0) throw errors.badCells(path, found);
  const classes = options.real ? undefined : classesOf(path, labels, options);
  const places = new Map(classes?.map((name, k) => [name, k]));
  const numbers = labels.map((label) => places.get(options.classes === undefined ? label : plain(label)));
  return {
    kind: 'vectors',
    name: basename(path),
    input: names.length,
    columns: names,
    classes,
    notes: tableNotes({ columns: names, inputs, classes }),
    inputs: Float64Array.from(inputs),
    labels: Float64Array.from(labels, (label, k) => numbers[k] ?? Number(label)),
  };
}

/** Places of the columns that are left out. */
function ignoredColumns(path: string, columns: readonly string[], { ignore = [], label }: TableOptions): Set<number> {
  const unknown = ignore.filter((name) => !columns.includes(name));
  if (unknown.length > 0) throw errors.noSuchColumns(path, unknown, columns);
  if (ignore.includes(label)) throw errors.ignoredLabel(label);
  return new Set(ignore.map((name) => columns.indexOf(name)));
}

/** A whole number as it names a class: `1.0` is `1`. */
const plain = (label: string): string => String(numberOf(label) ?? label);

/** Decimal numbers alone: `0x10` is not one. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function numberProblem(cell: string): string | undefined {
  if (cell === '') return 'is empty, expected a number';
  if (!DECIMAL.test(cell)) return `is ${shown(cell)}, expected a number`;
  return Number.isFinite(Math.fround(Number(cell))) ? undefined : `is ${cell}, beyond what 32-bit numbers hold`;
}

function labelProblem(cell: string, { real, classes }: TableOptions): string | undefined {
  if (cell === '') return 'is empty, expected a label';
  if (/[\r\n]/.test(cell)) return 'holds a line break, expected a label; is a quotation mark missing?';
  if (real) return numberProblem(cell);
  if (classes === undefined) return undefined;
  const label = numberOf(cell);
  const fits = label !== undefined && Number.isInteger(label) && label >= 0 && label < classes;
  return fits ? undefined : `is ${shown(cell)}, expected a label from 0 to ${classes - 1}`;
}

/** Different labels, numbers by size before other texts. */
function classesOf(path: string, labels: readonly string[], { classes, label }: TableOptions): string[] {
  if (classes !== undefined) return Array.from({ length: classes }, (_, k) => String(k));
  const different = [...new Set(labels)];
  if (different.length > MANY && different.length > MOST * labels.length) {
    throw errors.tooManyClasses(path, label, different.length, labels.length);
  }
  return different.sort((a, b) => {
    const order = Number(a) - Number(b);
    return Number.isNaN(order)
      ? Number(Number.isNaN(Number(a))) - Number(Number.isNaN(Number(b))) || (a < b ? -1 : 1)
      : order;
  });
}
