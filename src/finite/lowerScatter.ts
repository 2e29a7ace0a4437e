/** Rows added up into a large table, in place of a product with the index's indicator. */

import type { OnnxGraph } from './onnx/graph.ts';

export interface AddedRows {
  /** Row-major [count, width]. */
  readonly values: string;
  /** [count, 1]. */
  readonly index: string;
  readonly count: number;
  readonly width: number;
  /** Rows of the table. */
  readonly rows: number;
}

/**
 * A table [rows, width] of sums of values by their index, in the order of the values: the runtime adds in one thread, so
 * that equal values give equal bytes.
 */
export function addedRows(graph: OnnxGraph, { values, index, count, width, rows }: AddedRows): string {
  const where = graph.op('Expand', [index, graph.ints([count, width])]);
  const first = graph.op('Slice', [index, graph.ints([0]), graph.ints([1]), graph.ints([0])]);
  // Zeros that the runtime does not take for a constant: it would keep the whole table, and copy it at every run.
  const zero = graph.op('Cast', [graph.op('Mul', [first, graph.int32s([0], [1, 1])])], { to: 1 });
  const table = graph.op('Expand', [zero, graph.ints([rows, width])]);
  return graph.op('ScatterElements', [table, where, values], { axis: 0, reduction: 'add' });
}
