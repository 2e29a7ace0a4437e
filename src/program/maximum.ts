/** The derivative of a maximum, which both modes of differentiation read. */

import type { Axis } from './axes.ts';
import { argument, div, sub, unary } from './expressions.ts';
import type { Value, Writer } from './writer.ts';

/** What each place of x bears on its maximum z over axes: 1, or an equal share where it is attained more than once. */
export function sharesOfMaximum(writer: Writer, x: Value, z: Value, over: readonly Axis[]): Value {
  const hit = writer.map(sub(1, unary('step', sub(argument(1), argument(0)))), [x, z]);
  return writer.map(div(argument(0), argument(1)), [hit, writer.reduce('sum', hit, over)]);
}
