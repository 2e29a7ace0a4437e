/**
 * How a contraction becomes a matrix product: which physical order each operand needs, and where its batch, own and
 * summed axes then lie.
 *
 * An operand fits as it lies when its axes are [batch…, own…, summed…] or [batch…, summed…, own…]; the product operators
 * transpose the last two groups for free. Own axes may also trail the batch ones, and are then broadcast. Any other
 * order costs a transposition, chosen so that the last axis stays last.
 */

import { required } from '../errors/index.ts';
import type { Axis } from '../program/index.ts';

/** One operand laid out for a matrix product. */
export interface MatrixOperand {
  /** Physical order needed. */
  readonly order: readonly Axis[];
  /** Leading axes: shared with the other operand first, then own ones that are broadcast over the other. */
  readonly batch: readonly Axis[];
  /** Axes that become rows or columns. */
  readonly own: readonly Axis[];
  /** Whether the summed axes come before the own ones. */
  readonly summedFirst: boolean;
}

export interface MatrixPlan {
  readonly left: MatrixOperand;
  readonly right: MatrixOperand;
  /** Batch axes of the product: shared ones, then each side's own. */
  readonly batch: readonly Axis[];
  /** Physical order of the result. */
  readonly order: readonly Axis[];
}

/** Plans a contraction over at least one axis, given the operands' present orders. */
export function planContraction(left: readonly Axis[], right: readonly Axis[], over: readonly Axis[]): MatrixPlan {
  const shared = left.filter((axis) => right.includes(axis) && !over.includes(axis));
  const summed = left.filter((axis) => over.includes(axis));
  const [a, b] = [arrange(left, shared, summed), arrange(right, shared, summed)];
  const broadcast = [...a.batch, ...b.batch].filter((axis) => !shared.includes(axis));
  const batch = [...shared, ...broadcast];
  return { left: a, right: b, batch, order: [...batch, ...a.own, ...b.own] };
}

function arrange(order: readonly Axis[], shared: readonly Axis[], summed: readonly Axis[]): MatrixOperand {
  return asItLies(order, shared, summed) ?? transposed(order, shared, summed);
}

function asItLies(order: readonly Axis[], shared: readonly Axis[], summed: readonly Axis[]): MatrixOperand | undefined {
  const start = order.indexOf(required(summed[0], 'axis that a matrix product sums over'));
  const run = order.slice(start, start + summed.length);
  if (!equal(run, summed)) return undefined;
  const after = order.slice(start + summed.length);
  if (after.some((axis) => shared.includes(axis))) return undefined;
  const before = order.slice(0, start);
  const summedFirst = after.length > 0;
  const ownStart = summedFirst ? before.length : lastIndexOfShared(before, shared) + 1;
  const batch = before.slice(0, ownStart);
  const own = summedFirst ? after : before.slice(ownStart);
  // Shared axes lead, in the other operand's order.
  return equal(batch.slice(0, shared.length), shared) ? { order, batch, own, summedFirst } : undefined;
}

function transposed(order: readonly Axis[], shared: readonly Axis[], summed: readonly Axis[]): MatrixOperand {
  const own = order.filter((axis) => !shared.includes(axis) && !summed.includes(axis));
  const summedFirst = own.includes(required(order.at(-1), 'last axis of a factor'));
  const tail = summedFirst ? [...summed, ...own] : [...own, ...summed];
  return { order: [...shared, ...tail], batch: shared, own, summedFirst };
}

function lastIndexOfShared(axes: readonly Axis[], shared: readonly Axis[]): number {
  return axes.findLastIndex((axis) => shared.includes(axis));
}

function equal(left: readonly Axis[], right: readonly Axis[]): boolean {
  return left.length === right.length && left.every((axis, k) => axis === right[k]);
}
