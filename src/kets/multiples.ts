/**
 * Multiples of columns that remember what they are multiples of.
 *
 * An error signal times a vector that stands still, χ_b |dh_b⟩, is another column at every step, but the outer products
 * made of it are multiples of one and the same: the gradients of all steps then have the rank of one.
 */

import type { Axis } from '../program/index.ts';
import type { Outer } from './combination.ts';
import { broken } from './errors.ts';
import { type Column, combine } from './gaussian/index.ts';

interface Multiple {
  readonly column: Column;
  readonly factor: number;
}

const multiples = new WeakMap<Column, Multiple>();

/** factor · column. */
export function multiple(column: Column, factor: number): Column {
  const [result] = combine([column], Float64Array.of(factor), 1, column.length);
  if (result === undefined) throw broken('a multiple', 'a column gave none');
  const base = baseOf(column);
  multiples.set(result, { column: base.column, factor: base.factor * factor });
  return result;
}

/** coefficient · left ⊗ right, of what they are multiples of. */
export function outerOf(coefficient: number, left: Column, leftAxis: Axis, right: Column, rightAxis: Axis): Outer {
  const [l, r] = [baseOf(left), baseOf(right)];
  return { coefficient: coefficient * l.factor * r.factor, left: l.column, leftAxis, right: r.column, rightAxis };
}

function baseOf(column: Column): Multiple {
  return multiples.get(column) ?? { column, factor: 1 };
}
