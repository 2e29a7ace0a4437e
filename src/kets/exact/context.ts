/** What the exact rules need of the limit that they serve. */

import { type Axis, argument, type Exponent, type Expr, mul, type Node } from '../../program/index.ts';
import { splitAxes } from '../pairs.ts';
import type { EntryArithmetic } from './entries.ts';
import type { Ket } from './exactKets.ts';
import type { NotClosed } from './notClosed.ts';
import { type ExactOperator, type ExactValue, type OnAxes, whereClosed } from './values.ts';

type Entry = ExactValue['data'][number];
type Closed = Exclude<Entry, NotClosed>;

const ZERO_OPERATOR: ExactOperator = { matrices: [], pointwise: undefined };

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

  /** The fixed axes of a node with their sizes, and its width axes. */
  fixedAxes(node: Node): { axes: Axis[]; shape: number[]; widths: Axis[] } {
    return splitAxes(node, this.isWidth, this.count);
  }

  /** A value of entries whose kind the number of width axes tells. */
  made(data: readonly Entry[], axes: readonly Axis[], shape: readonly number[], widths: readonly Axis[]): ExactValue {
    const [width, second] = widths;
    // Rules make entries of the kind that their result's axes ask for.
    if (width === undefined) return { kind: 'scalars', axes, shape, data: data as readonly (number | NotClosed)[] };
    if (second !== undefined) {
      // Where nothing stands (beside windows and padded values, under scattered ones), rules say 0.
      const operators = data.map((entry) => (entry === 0 ? ZERO_OPERATOR : entry));
      return { kind: 'operators', widths, axes, shape, data: operators as readonly (ExactOperator | NotClosed)[] };
    }
    const kets = data.map((entry) => (typeof entry === 'number' ? this.ketOf(entry) : entry));
    return { kind: 'vectors', width, axes, shape, data: kets as readonly (Ket | NotClosed)[] };
  }

  /** An entry that is a vector or a number, as a ket. */
  ketOf(entry: Closed): Ket {
    return typeof entry === 'number' ? this.arithmetic.kets.constant(entry) : (entry as Ket); // operators have rules of their own
  }

  /** An expression of vectors and numbers; of numbers alone, a number. */
  combine(expr: Expr, entries: readonly Closed[]): Entry {
    const ket = this.arithmetic.kets.map(this.arithmetic.withSizes(expr), entries as readonly (Ket | number)[]);
    if (entries.some((entry) => typeof entry !== 'number')) return ket;
    return this.arithmetic.kets.mean(ket);
  }

  /** factor · mean of a vector over its width. */
  mean(entry: Entry, factor: number): Entry {
    return whereClosed([entry], ([ket]): Entry => {
      if (ket === undefined) return 0;
      const mean = this.arithmetic.kets.mean(this.ketOf(ket));
      return whereClosed([mean], ([value]) => factor * (value ?? 0));
    });
  }

  /** An entry of a value as a function of its width axes. */
  onAxes(value: ExactValue, entry: Closed | undefined): OnAxes | number {
    if (value.kind === 'scalars') return Number(entry ?? 0);
    if (value.kind === 'vectors') {
      const ket = this.ketOf(entry ?? 0);
      return (places) => this.arithmetic.at(ket, places.get(value.width));
    }
    return (entry as ExactOperator | undefined)?.pointwise ?? 0; // by the kind of its value
  }

  /** A function of the axes that are left, as the entry that these make of it. */
  onRest(pointwise: OnAxes, rest: readonly Axis[]): Entry {
    const [axis, second] = rest;
    if (second !== undefined) return { matrices: [], pointwise };
    const ket = pointwise(new Map(axis === undefined ? [] : [[axis, 0]]));
    // Without axes it is constant, and its mean is its value.
    return axis === undefined ? this.mean(ket, 1) : ket;
  }

  /** The mean over a width axis times a factor: one axis less. */
  meanOver(value: ExactValue, axis: Axis, factor: number): ExactValue {
    const { axes, shape } = value;
    if (value.kind === 'scalars') return value;
    if (value.kind === 'vectors') {
      return this.made(
        value.data.map((entry) => this.mean(entry, factor)),
        axes,
        shape,
        [],
      );
    }
    const rest = value.widths.filter((width) => width !== axis);
    const data = value.data.map((entry) =>
      whereClosed([entry], ([operator]): Entry => {
        const { pointwise } = operator ?? {};
        if (pointwise === undefined) return rest.length > 1 ? { matrices: [], pointwise } : 0;
        const mean = this.arithmetic.meanOver(pointwise, axis);
        return this.onRest(this.arithmetic.onAxes(mul(factor, argument(0)), [mean]), rest);
      }),
    );
    return this.made(data, axes, shape, rest);
  }
}
