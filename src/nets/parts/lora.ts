/**
 * A matrix with a change of low rank beside it (Hu et al. 2021): h = W x + s B A x, with factors A from what W reads to
 * `rank` numbers and B from these to what W makes; s = α/rank. W stays as it is, so that its own gradient does too.
 */

import { type Axis, spaceOf, type Value } from '../../program/index.ts';
import { type NetWriter, normal, ZERO_LAW } from '../netWriter.ts';

/** The change of one matrix. */
export interface LowRank {
  readonly rank: number;
  /** What B A is multiplied by, α/rank, at every width. */
  readonly scale: number;
}

/** The same, with the names of the factors' parameters. */
export interface LoraFactors extends LowRank {
  readonly a: string;
  readonly b: string;
}

/** The variance of an entry of A at the start times the numbers that A reads: that of uniform ones below 1 in magnitude. */
export const START_VARIANCE = 1 / 3;

/** B A x, without the factor s: x on `over` and more, the result on `left` in place of them. B starts at 0. */
export function lowRankChange(
  net: NetWriter,
  x: Value,
  { a, b, rank }: LoraFactors,
  { over, left }: { readonly over: readonly Axis[]; readonly left: readonly Axis[] },
): Value {
  const { writer } = net;
  const axis = `rank${rank}`;
  if (writer.spaceNamed(axis) === undefined) writer.space({ name: axis, kind: 'fixed', size: rank });
  const law = normal(
    Math.sqrt(START_VARIANCE),
    over.map((one) => ({ space: spaceOf(one), exponent: -0.5 })),
  );
  const down = writer.contract(x, net.parameter(a, 'matrix', [axis, ...over], { law }), over);
  return writer.contract(down, net.parameter(b, 'matrix', [...left, axis], { law: ZERO_LAW }), [axis]);
}
