/** Columns of inputs brought to mean 0 and variance 1. */

import { required } from '../../errors/index.ts';
import type { Tensors } from '../../program/index.ts';
import * as errors from './errors.ts';

/** Examples to train on and those held out. */
export interface Parts {
  readonly train: Tensors;
  readonly test: Tensors;
}

/** What is taken off a column, and what it is then divided by. */
interface Scale {
  readonly shift: number;
  readonly deviation: number;
}

/**
 * Shifts and scales the inputs `x` column by column to mean 0 and variance 1 of the examples trained on. A column that
 * does not vary among them is 0 there: it is shifted alone. Columns are named in order. Throws {@link UserError}
 * `cli.column-too-large`.
 */
export function standardized({ train, test }: Parts, names: readonly string[] = []): Parts {
  const { x } = train;
  if (x === undefined) return { train, test };
  const rows = required(x.shape[0], 'number of examples');
  const columns = x.data.length / rows;
  const scales = Array.from({ length: columns }, (_, column) => {
    const scale = scaleOf(
      Array.from({ length: rows }, (_, row) => required(x.data[row * columns + column], 'entry of an example')),
    );
    if (!Number.isFinite(scale.deviation)) throw errors.columnTooLarge(names[column] ?? String(column));
    return scale;
  });
  const scaled = (part: Tensors): Tensors => {
    const { axes, shape, data } = part.x ?? x;
    const values = Float64Array.from(data, (value, k) => {
      const { shift, deviation } = required(scales[k % columns], 'scale of a column');
      return (value - shift) / deviation;
    });
    return { ...part, x: { axes, shape, data: values } };
  };
  return { train: scaled(train), test: scaled(test) };
}

function scaleOf(values: readonly number[]): Scale {
  const first = required(values[0], 'value of a column');
  // By its values: its mean is rounded, and what is left of it would count as a deviation.
  if (values.every((value) => value === first)) return { shift: first, deviation: 1 };
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0));
  // Of numbers so close to each other that their squares are 0.
  return { shift: mean, deviation: deviation === 0 ? 1 : deviation };
}
