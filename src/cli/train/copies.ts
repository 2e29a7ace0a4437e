/** Examples that are trained on and evaluated on at once. */

import { required } from '../../errors/index.ts';
import type { Tensor } from '../../program/index.ts';
import type { Task } from './nets.ts';
import type { Vectors } from './source.ts';

/** How many of the examples held out have the inputs of one that is trained on, where rows of a table are examples. */
export function notesOnCopies({ columns }: Vectors, { train, test }: Pick<Task, 'train' | 'test'>): readonly string[] {
  if (columns === undefined) return [];
  const trained = new Set(rowsOf(required(train.x, 'inputs to train on')));
  const held = rowsOf(required(test.x, 'inputs held out'));
  const copies = held.filter((row) => trained.has(row)).length;
  if (copies === 0) return [];
  return [
    `${copies} of ${held.length} examples held out ${copies === 1 ? 'has' : 'have'} the inputs of one that is trained on`,
  ];
}

/** Each example's numbers as one text. */
function rowsOf({ data, shape }: Tensor): readonly string[] {
  const rows = required(shape[0], 'number of examples');
  const size = data.length / rows;
  return Array.from({ length: rows }, (_, row) => data.subarray(row * size, (row + 1) * size).join());
}
