/** What the exact rules need of the limit that they serve. */

import type { Extent } from '../../entries/index.ts';
import { required } from '../../errors/index.ts';
import { closedOr, type NotClosed, whereClosed } from '../../expectations/index.ts';
import { type Axis, argument, type Exponent, type Expr, mul } from '../../program/index.ts';
import type { EntryArithmetic } from './entries.ts';
import type { Ket } from './exactKets.ts';
import type { Closed, ExactEntry, ExactOperator, ExactValue, OnAxes } from './values.ts';

export class ExactContext {
  readonly arithmetic: EntryArithmetic;
  readonly value: (ref: string) => ExactValue;
  readonly isWidth: (axis: Axis) => boolean;
  /** Size of a fixed axis. */
  readonly count: (axis: Axis) => number;
  /** Size of a width axis in units of n. */
  readonly ratio: (axis: Axis) => number;
  /** The power of n of a value's entries. */
  readonly exponent: (ref: string) => Exponent;

  constructor(parts: Pick<ExactContext, 'arithmetic' | 'value' | 'isWidth' | 'count' | 'ratio' | 'exponent'>) {
    this.arithmetic = parts.arithmetic;
    this.value = parts.value;
    this.isWidth = parts.isWidth;
    this.count = parts.count;
    this.ratio = parts.ratio;
    this.exponent = parts.exponent;
  }

  /** A value of entries whose kind the number of width axes tells. */
  made(data: readonly ExactEntry[], { axes, shape }: Extent, widths: readonly Axis[]): ExactValue {
    const [width, second] = widths;
    // Rules make entries of the kind that their result's axes ask for.
    if (width === undefined) return { kind: 'scalars', axes, shape, data: data as readonly (number | NotClosed)[] };
    if (second !== undefined) {
      return { kind: 'operators', widths, axes, shape, data: data as readonly (ExactOperator | NotClosed)[] };
    }
    const kets = data.map((entry) => (typeof entry === 'number' ? this.ketOf(entry) : entry));
    return { kind: 'vectors', width, axes, shape, data: kets as readonly (Ket | NotClosed)[] };
  }

  /** An entry that is a vector or a number, as a ket. */
  ketOf(entry: Closed): Ket {
    return typeof entry === 'number' ? this.arithmetic.kets.constant(entry) : (entry as Ket); // operators have rules of their own
  }

  /** An expression of vectors and numbers; of numbers alone, a number. */
  combine(expr: Expr, entries: readonly Closed[]): ExactEntry {
    const { kets } = this.arithmetic;
    const args = entries as readonly (Ket | number)[];
    return whereClosed([closedOr(() => kets.map(this.arithmetic.withSizes(expr), args))], ([ket]): ExactEntry => {
      if (ket === undefined || args.some((arg) => typeof arg !== 'number')) return ket ?? 0;
      return kets.mean(ket);
    });
  }

  /** factor · mean of a vector over its width. */
  mean(entry: ExactEntry, factor: number): ExactEntry {
    return whereClosed([entry], ([ket]): ExactEntry => {
      const mean = this.arithmetic.kets.mean(this.ketOf(required(ket, 'entry of a mean')));
      return whereClosed([mean], ([value]) => factor * required(value, 'mean of a ket'));
    });
  }

  /** An entry as a function of its width axes. */
  onAxes([width, second]: readonly Axis[], entry: Closed): OnAxes | number {
    if (width === undefined) return Number(entry);
    if (second !== undefined) return (entry as ExactOperator).pointwise ?? 0; // by the number of its width axes
    const ket = this.ketOf(entry);
    return (places) => this.arithmetic.at(ket, places.get(width));
  }

  /** A function of the axes that are left, as the entry that these make of it. */
  onRest(pointwise: OnAxes, rest: readonly Axis[]): ExactEntry {
    const [axis, second] = rest;
    if (second !== undefined) return { matrices: [], pointwise };
    const ket = pointwise(new Map(axis === undefined ? [] : [[axis, 0]]));
    // Without axes it is constant, and its mean is its value.
    return axis === undefined ? this.mean(ket, 1) : ket;
  }

  /** The mean over a width axis times a factor: one axis less. */
  meanOver(value: ExactValue, axis: Axis, factor: number): ExactValue {
    if (value.kind === 'scalars') return value;
    if (value.kind === 'vectors') {
      return this.made(
        value.data.map((entry) => this.mean(entry, factor)),
        value,
        [],
      );
    }
    const rest = value.widths.filter((width) => width !== axis);
    const data = value.data.map((entry) =>
      whereClosed([entry], ([operator]): ExactEntry => {
        const { pointwise } = required(operator, 'operator of a mean');
        if (pointwise === undefined) return rest.length > 1 ? { matrices: [], pointwise } : 0;
        const mean = this.arithmetic.meanOver(pointwise, axis);
        return this.onRest(this.arithmetic.onAxes(mul(factor, argument(0)), [mean]), rest);
      }),
    );
    return this.made(data, value, rest);
  }
}
