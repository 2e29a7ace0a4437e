/** Residual connections. */

import type { Value } from '../../program/index.ts';
import type { NetWriter } from '../netWriter.ts';
import { type Normalization, normalized } from './normalization.ts';

export interface Residual {
  readonly norm: Normalization;
  /** Where the norm is: `before` the part, x + part(LN x), or `after` the sum, LN(x + part(x)). */
  readonly normed: 'before' | 'after';
  /** The name of the sum. */
  readonly value: string;
}

/** A part of a network beside its input. */
export function residual(
  net: NetWriter,
  x: Value,
  { norm, normed, value }: Residual,
  part: (x: Value) => Value,
): Value {
  const before = normed === 'before';
  const sum = net.sum([x, part(before ? normalized(net, x, norm) : x)], value);
  return before ? sum : normalized(net, sum, norm);
}
