/** Numbers, columns and operators as entries. */

import type { EntryAlgebra } from '../entries/index.ts';
import { at } from '../numeric/index.ts';
import { type Axis, argument, maximum } from '../program/index.ts';
import { combined, NOTHING, renamed } from './combination.ts';
import type { Context } from './context.ts';
import { decompose } from './decompose.ts';
import { broken } from './errors.ts';
import { combine } from './gaussian/index.ts';
import { type Column, type Entry, entryAt, mergedUses, type Operator, operatorOf } from './values.ts';

/** The algebra of sampled entries. */
export function sampledAlgebra(context: Context): EntryAlgebra<Entry> {
  return {
    number: (value) => value,
    position: Number,
    zero: ([width, second]) => {
      if (width === undefined) return 0;
      return second === undefined ? new Float64Array(context.count(width)) : { matrices: [], pointwise: NOTHING };
    },
    sum: (entries, weight) => {
      if (areNumbers(entries)) return weight * entries.reduce((sum, x) => sum + x, 0);
      return areColumns(entries) ? sumOfColumns(entries, weight) : sumOfOperators(entries.map(operatorOf), weight);
    },
    largest: (entries, widths) => {
      if (areNumbers(entries)) return Math.max(...entries);
      if (areColumns(entries)) {
        return entryAt(entries, 0).map((_, i) => Math.max(...entries.map((column) => at(column, i))));
      }
      const expr = entries.map((_, k) => argument(k)).reduce((most, next) => maximum(most, next));
      const sources = entries.map((entry) => operatorOf(entry).pointwise);
      return { matrices: [], pointwise: decompose(expr, { ...context, widths, sources }) };
    },
    repeated: (entry, from, to) => repeatedEntry(entry, from, to, context),
    renamed: (entry, axes) => {
      if (typeof entry === 'number' || entry instanceof Float64Array) return entry;
      const moves = new Map(axes);
      const move = (axis: Axis): Axis => moves.get(axis) ?? axis;
      const matrices = entry.matrices.map((use) => ({ ...use, rows: move(use.rows), columns: move(use.columns) }));
      return { matrices, pointwise: renamed(entry.pointwise, axes) };
    },
  };
}

// The entries of a value are all of one kind.
const areNumbers = (entries: readonly Entry[]): entries is number[] => typeof entries[0] === 'number';
const areColumns = (entries: readonly Entry[]): entries is Column[] => entries[0] instanceof Float64Array;

/** weight · Σ columns, of at least one. */
export function sumOfColumns(columns: readonly Column[], weight: number): Column {
  const first = entryAt(columns, 0);
  if (columns.length === 1 && weight === 1) return first;
  const [sum] = combine(columns, new Float64Array(columns.length).fill(weight), 1, first.length);
  if (sum === undefined) throw broken('a sum', 'columns gave none');
  return sum;
}

function sumOfOperators(operators: readonly Operator[], weight: number): Operator {
  const uses = operators.flatMap(({ matrices }) => matrices);
  return {
    matrices: mergedUses(uses.map((use) => ({ ...use, coefficient: weight * use.coefficient }))),
    pointwise: combined(operators.map(({ pointwise }) => ({ scale: weight, value: pointwise }))),
  };
}

function repeatedEntry(entry: Entry, [width]: readonly Axis[], to: readonly Axis[], { size, ones }: Context): Entry {
  if (typeof entry === 'object' && 'matrices' in entry) return entry;
  const [first, second] = to;
  if (first === undefined) throw broken('a broadcast', 'it repeats nothing');
  if (second === undefined) {
    if (entry === 1) return ones(first);
    return new Float64Array(ones(first).length).fill(Number(entry));
  }
  const source = typeof entry === 'number' || width === undefined ? Number(entry) : { axis: width, column: entry };
  return { matrices: [], pointwise: decompose(argument(0), { widths: to, sources: [source], size, ones }) };
}
