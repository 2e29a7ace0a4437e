/** What stands for labels in data files, and which labels may be one and the same. */

import * as errors from './labelErrors.ts';
import type { LabelValues, Task } from './tasks.ts';

/** What a cell says: a label of the task; that the example has none; or nothing that is known. */
export type ReadLabel =
  | { readonly kind: 'label'; readonly name: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' };

/** Stands for no label in data sets with numbers for labels, unless a label has it for its name or value. */
const NO_LABEL = -1;

/** Decimal numbers alone: `0x10` is not one. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The number that a text writes, undefined where it writes none or one with more digits than numbers hold. */
export function numberOf(text: string): number | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const value = Number(text);
  // Equal numbers are equal labels only where no digit was lost.
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value + 0 : undefined;
}

/**
 * Reads what stands in the place of a label: a value where the task has values, else a name. Numbers may be written in
 * any form (`1`, `1.0`); everything else is compared exactly.
 */
export function readLabel(cell: string, { labels, labelValues }: Pick<Task, 'labels' | 'labelValues'>): ReadLabel {
  const known = new Map(
    labelValues === undefined ? labels.map(({ name }) => [name, name]) : Object.entries(labelValues),
  );
  const exact = known.get(cell);
  if (exact !== undefined) return { kind: 'label', name: exact };
  const value = numberOf(cell);
  if (value === undefined) return { kind: 'unknown' };
  const equal = new Set([...known].filter(([text]) => numberOf(text) === value).map(([, name]) => name));
  const [name] = equal;
  if (name !== undefined) return equal.size === 1 ? { kind: 'label', name } : { kind: 'unknown' };
  return value === NO_LABEL ? { kind: 'none' } : { kind: 'unknown' };
}

/**
 * The name of the label that a cell stands for; undefined where it stands for none.
 * @throws UserError `lm.unknown-label`, with the label that the cell is nearly.
 */
export function labelAt(cell: string, task: Pick<Task, 'labels' | 'labelValues'>, where: string): string | undefined {
  const read = readLabel(cell, task);
  if (read.kind === 'label') return read.name;
  if (read.kind === 'none') return undefined;
  const { labels, labelValues } = task;
  const values = labelValues === undefined ? labels.map(({ name }) => name) : Object.keys(labelValues);
  const known = values.map((value) => (labelValues === undefined ? value : `${value} (${labelValues[value]})`));
  const near = values.find((value) => likeness(cell, value) !== undefined);
  const only = near === undefined ? undefined : likeness(cell, near);
  const byNumber = labelValues === undefined && numberOf(cell) !== undefined;
  throw errors.unknownLabel(where, cell, known, {
    byNumber,
    ...(near === undefined || only === undefined ? {} : { near, only }),
  });
}

/**
 * Parses what stands for labels as the command line has it: `0=negative,1=positive`. Several values may stand for one
 * label.
 * @throws UserError `lm.bad-labels`.
 */
export function parseLabelValues(given: string): LabelValues {
  const values = new Map<string, string>();
  for (const piece of given.split(',')) {
    const at = piece.indexOf('=');
    const [value, name] = [piece.slice(0, at).trim(), piece.slice(at + 1).trim()];
    if (at < 0 || value === '' || name === '')
      throw errors.badLabels(given, `'${piece}' is not of the form VALUE=NAME`);
    if (values.has(value)) throw errors.badLabels(given, `'${value}' stands twice`);
    values.set(value, name);
  }
  return Object.fromEntries(values);
}

/**
 * The task with these values, of which every label of the task has at least one.
 * @throws UserError `lm.bad-labels`.
 */
export function withLabelValues(task: Task, labelValues: LabelValues): Task {
  const given = Object.entries(labelValues)
    .map(([value, name]) => `${value}=${name}`)
    .join(',');
  const known = task.labels.map(({ name }) => name);
  const named = Object.values(labelValues);
  const unknown = named.find((name) => !known.includes(name));
  if (unknown !== undefined) throw errors.badLabels(given, `'${unknown}' is not one of the task's labels`, known);
  const without = known.find((name) => !named.includes(name));
  if (without !== undefined) throw errors.badLabels(given, `nothing stands for '${without}'`, known);
  return { ...task, labelValues };
}

/** In what alone two labels differ. */
export type Likeness = 'as numbers are written' | 'in letter case' | 'in blanks' | 'in letter case and blanks';

const withoutBlanks = (text: string): string => text.replace(/\s+/gu, '');

/** In what alone two different labels differ, undefined where they differ in more. */
export function likeness(a: string, b: string): Likeness | undefined {
  const value = numberOf(a.trim());
  if (value !== undefined && value === numberOf(b.trim())) return 'as numbers are written';
  if (a.toLowerCase() === b.toLowerCase()) return 'in letter case';
  const [plainA, plainB] = [withoutBlanks(a), withoutBlanks(b)];
  if (plainA === plainB) return 'in blanks';
  return plainA.toLowerCase() === plainB.toLowerCase() ? 'in letter case and blanks' : undefined;
}

/** Labels that differ only so, in their order: each with the first one that is like it. */
export function alikeLabels(
  labels: readonly string[],
): readonly { readonly first: string; readonly other: string; readonly only: Likeness }[] {
  const firsts = new Map<string, string>();
  return labels.flatMap((other) => {
    const value = numberOf(other.trim());
    const key = value === undefined ? withoutBlanks(other).toLowerCase() : `number ${value}`;
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, other);
    const only = first === undefined ? undefined : likeness(first, other);
    return first === undefined || only === undefined ? [] : [{ first, other, only }];
  });
}
