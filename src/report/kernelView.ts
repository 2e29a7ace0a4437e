/**
 * What the figures show of the kernel of one draw.
 *
 * Of several outputs the trace over outputs is taken, T[i, j] = mean over c of K[i, c, j, c]. It is shown in two forms,
 * each normalized to unit diagonal as T[i, j] / √(T[i, i] T[j, j]). As it is, this is the cosine of the angle between the
 * gradients of two examples where the kernel is their inner product. Centered, T has lost the means of its rows and columns: the cosine is that between gradients
 * less the mean gradient of the draw. What all examples share, often most of a gradient, hides the classes in the former.
 */

import { required } from '../errors/index.ts';
import type { KernelDraw } from './data.ts';

/** Training examples of one label, side by side. */
export interface ClassRange {
  /** Place in the list of labels. */
  readonly label: number;
  /** Places among the ordered examples: the first, and the one after the last. */
  readonly start: number;
  readonly end: number;
}

/** A kernel normalized to unit diagonal, with means that leave the diagonal out and are undefined over no pairs. */
export interface NormalizedKernel {
  /** NaN where it is not defined. */
  readonly cells: readonly (readonly number[])[];
  /** By example and class. */
  readonly byExample: readonly (readonly (number | undefined)[])[];
  /** By two classes. */
  readonly byClass: readonly (readonly (number | undefined)[])[];
  /** By class, over pairs with an example of any other class. */
  readonly withOthers: readonly (number | undefined)[];
  /** Over pairs of two examples of one class. */
  readonly within: number | undefined;
  /** Over pairs of two examples of two classes. */
  readonly between: number | undefined;
}

export const FORMS = ['plain', 'centered'] as const;
export type Form = (typeof FORMS)[number];

/** Everything is in the order of `order`. */
export interface KernelView extends Readonly<Record<Form, NormalizedKernel>> {
  readonly seed: number;
  /** Training examples as places in the draw, ordered by label and otherwise as drawn. */
  readonly order: readonly number[];
  /** Labels that have examples. */
  readonly classes: readonly ClassRange[];
  /** T[i, i]. */
  readonly diagonal: readonly number[];
  /** Centered kernel alignment of T with the labels; undefined where T is constant after centering. */
  readonly alignment: number | undefined;
}

type Rows = readonly (readonly number[])[];

/** Diagonal entries up to this share of T's largest are rounding, and too small to divide by. */
const ROUNDING = 1e-12;

/** Arranges the kernel of a draw. */
export function kernelView(draw: KernelDraw, outputs: number): KernelView {
  const labelOf = (example: number): number => required(draw.labels[example], `label of example ${example}`);
  const order = draw.labels.map((_, example) => example).sort((a, b) => labelOf(a) - labelOf(b) || a - b);
  const labels = order.map(labelOf);
  const classes = classRanges(labels);
  const trace = order.map((row) => order.map((column) => traceEntry(draw, outputs, row, column)));
  const diagonal = diagonalOf(trace);
  const least = ROUNDING * Math.max(0, ...diagonal.filter(Number.isFinite));
  return {
    seed: draw.seed,
    order,
    classes,
    diagonal,
    plain: normalized(trace, classes, least),
    centered: normalized(centered(trace), classes, least),
    alignment: alignment(trace, labels),
  };
}

/** What is looked up for every entry. */
const [LENGTH, MEAN] = ['length of a gradient', 'mean of a row or column'];

function normalized(rows: Rows, classes: readonly ClassRange[], least: number): NormalizedKernel {
  const lengths = diagonalOf(rows).map((value) => (value > least ? Math.sqrt(value) : Number.NaN));
  const cells = rows.map((row, i) =>
    row.map((value, j) => value / (required(lengths[i], LENGTH) * required(lengths[j], LENGTH))),
  );
  const tallies = cells.map((row, i) =>
    classes.map(({ start, end }) => tally(row.filter((_, j) => j >= start && j < end && j !== i))),
  );
  const byPair = classes.map(({ start, end }) =>
    classes.map((_, to) => merged(tallies.slice(start, end).map((row) => required(row[to], 'tally of a class')))),
  );
  const overPairs = (same: boolean): number | undefined =>
    meanOf(merged(byPair.flatMap((row, from) => row.filter((_, to) => (from === to) === same))));
  return {
    cells,
    byExample: tallies.map((row) => row.map(meanOf)),
    byClass: byPair.map((row) => row.map(meanOf)),
    withOthers: byPair.map((row, from) => meanOf(merged(row.filter((_, to) => to !== from)))),
    within: overPairs(true),
    between: overPairs(false),
  };
}

/**
 * Centered kernel alignment ⟨T̃, Ỹ⟩ / (‖T̃‖ ‖Ỹ‖) with Y[i, j] = 1 for examples of one label and 0 otherwise, where ~
 * subtracts the means of rows and columns (Cortes, Mohri and Rostamizadeh 2012).
 */
function alignment(trace: Rows, labels: readonly number[]): number | undefined {
  const kernel = centered(trace).flat();
  const wanted = centered(labels.map((a) => labels.map((b) => (a === b ? 1 : 0)))).flat();
  const product = kernel.reduce((sum, value, k) => sum + value * required(wanted[k], 'entry of the label kernel'), 0);
  const lengths = norm(kernel) * norm(wanted);
  // A constant kernel leaves rounding behind.
  if (!(norm(kernel) > ROUNDING * norm(trace.flat())) || lengths === 0) return undefined;
  const value = product / lengths;
  return Number.isFinite(value) ? value : undefined;
}

function centered(rows: Rows): Rows {
  const rowMeans = rows.map(mean);
  const columnMeans = rows.map((_, j) => mean(rows.map((row) => required(row[j], 'entry of a column'))));
  const whole = mean(rowMeans);
  return rows.map((row, i) =>
    row.map((value, j) => value - required(rowMeans[i], MEAN) - required(columnMeans[j], MEAN) + whole),
  );
}

function diagonalOf(rows: Rows): number[] {
  return rows.map((row, k) => required(row[k], 'diagonal entry of a kernel'));
}

function traceEntry({ kernel, labels }: KernelDraw, outputs: number, row: number, column: number): number {
  const size = labels.length * outputs;
  let sum = 0;
  for (let c = 0; c < outputs; c++) {
    sum += required(kernel[(row * outputs + c) * size + column * outputs + c], 'entry of a kernel');
  }
  return sum / outputs;
}

function classRanges(labels: readonly number[]): ClassRange[] {
  return [...new Set(labels)].map((label) => ({
    label,
    start: labels.indexOf(label),
    end: labels.lastIndexOf(label) + 1,
  }));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function norm(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

/** Sum and number of the finite ones among some values. */
interface Tally {
  readonly sum: number;
  readonly count: number;
}

function tally(values: readonly number[]): Tally {
  const finite = values.filter(Number.isFinite);
  return { sum: finite.reduce((sum, value) => sum + value, 0), count: finite.length };
}

function merged(tallies: readonly Tally[]): Tally {
  return {
    sum: tallies.reduce((all, { sum }) => all + sum, 0),
    count: tallies.reduce((all, { count }) => all + count, 0),
  };
}

function meanOf({ sum, count }: Tally): number | undefined {
  return count === 0 ? undefined : sum / count;
}
