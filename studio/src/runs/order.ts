/** Orders of a kernel's rows and columns. */

import type { DrawKernel } from './kernels.ts';

export const ORDERS = ['class', 'similarity', 'file'] as const;
export type Order = (typeof ORDERS)[number];

export const ORDER_WORDS: Readonly<Record<Order, string>> = {
  class: 'by class',
  similarity: 'by similarity',
  file: 'as in the file',
};

/** Places of rows and of columns, in the order that they are shown in. */
export interface Places {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

export function placesOf(kernel: DrawKernel, order: Order): Places {
  const { rows, columns, entries } = kernel;
  switch (order) {
    case 'class':
      return { rows: byClass(kernel), columns: byClass(kernel, columns) };
    case 'similarity': {
      const at = (row: number, column: number): number => entries[row * columns + column] ?? 0;
      const byRow = component(rows, columns, at);
      // Columns are the first rows' examples, so that one order serves both.
      return { rows: byRow, columns: byRow.filter((row) => row < columns) };
    }
    case 'file':
      return { rows: all(rows), columns: all(columns) };
    default:
      return order satisfies never;
  }
}

const all = (count: number): readonly number[] => Array.from({ length: count }, (_, k) => k);

/** Places of rows, or of the first `count` of them, by class. */
export function byClass({ labels }: DrawKernel, count = labels.length): readonly number[] {
  return [...all(count)].sort((a, b) => (labels[a] ?? '').localeCompare(labels[b] ?? '') || a - b);
}

/** Of power iteration: enough to order by, where the first two components are not nearly alike. */
const ITERATIONS = 60;

/**
 * Rows along the first principal component of all rows, each scaled to length 1: alike ones lie together, whatever the sizes of
 * their gradients.
 */
function component(rows: number, columns: number, at: (row: number, column: number) => number): readonly number[] {
  const scaled = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    let square = 0;
    for (let k = 0; k < columns; k++) square += at(row, k) ** 2;
    const length = Math.sqrt(square) || 1;
    for (let k = 0; k < columns; k++) scaled[row * columns + k] = at(row, k) / length;
  }
  for (let k = 0; k < columns; k++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += scaled[row * columns + k] ?? 0;
    for (let row = 0; row < rows; row++) scaled[row * columns + k] = (scaled[row * columns + k] ?? 0) - sum / rows;
  }
  // Any start with a part in every direction.
  let direction = Float64Array.from({ length: columns }, (_, k) => Math.cos(k + 1));
  let along = new Float64Array(rows);
  for (let step = 0; step < ITERATIONS; step++) {
    along = along.map((_, row) =>
      direction.reduce((sum, value, k) => sum + value * (scaled[row * columns + k] ?? 0), 0),
    );
    const next = new Float64Array(columns);
    along.forEach((value, row) => {
      for (let k = 0; k < columns; k++) next[k] = (next[k] ?? 0) + value * (scaled[row * columns + k] ?? 0);
    });
    const length = Math.hypot(...next) || 1;
    direction = next.map((value) => value / length);
  }
  return [...all(rows)].sort((a, b) => (along[a] ?? 0) - (along[b] ?? 0) || a - b);
}
