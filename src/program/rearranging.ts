/**
 * Instructions that only move entries along fixed axes: split and merge, concatenate, select and its adjoint, padding.
 *
 * What they need to know of sizes is told by the spaces: how long a selected range is, where an operand of a
 * concatenation begins. So all of it is bound late, and one table of places serves every interpreter.
 */

import { required } from '../errors/index.ts';
import { type Axis, spaceOf, without } from './axes.ts';
import { offsets } from './offsets.ts';
import { entries, type Tensor } from './tensor.ts';

/** One axis that becomes several: i = (i₁ · |into₂| + i₂) · |into₃| + …, the first the slowest. */
export interface Splitting {
  readonly axis: Axis;
  readonly into: readonly Axis[];
}

/** Several axes that become one; those of a concatenation are one for each operand. */
export interface Merging {
  readonly axes: readonly Axis[];
  readonly into: Axis;
}

/** How many entries stand before a range: a number and the sizes of spaces. */
export interface Start {
  readonly entries: number;
  readonly spaces: readonly string[];
}

/** The range of an axis behind a start that is as long as another axis. */
export interface Ranging {
  readonly axis: Axis;
  readonly into: Axis;
  readonly after: Start;
}

/** An instruction that only moves entries along fixed axes. */
export type Rearrangement =
  | ({ readonly op: 'split' } & Splitting)
  | ({ readonly op: 'merge' | 'concat' } & Merging)
  | ({ readonly op: 'select' | 'pad' } & Ranging);

/** What builders accept as a start: a number of entries, the name of a space, or both in full. */
export type StartLike = number | string | Start;

/** Nothing stands before. */
export const AT_ONCE: Start = { entries: 0, spaces: [] };

/** The size of an axis or a space. */
type SizeOf<S extends number | undefined = number> = (axis: Axis) => S;

/** The axes and sizes of a tensor. */
export type Extent = Pick<Tensor, 'axes' | 'shape'>;

export function startOf(given: StartLike): Start {
  if (typeof given === 'number') return { entries: given, spaces: [] };
  return typeof given === 'string' ? { entries: 0, spaces: [given] } : given;
}

/** One start behind another. */
export function behind(first: Start, second: Start): Start {
  return { entries: first.entries + second.entries, spaces: [...first.spaces, ...second.spaces] };
}

/** Whether two starts are the same for all sizes. */
export function sameStart(left: Start, right: Start): boolean {
  const sorted = ({ spaces }: Start): string => JSON.stringify([...spaces].sort());
  return left.entries === right.entries && sorted(left) === sorted(right);
}

/** Where the operand of a concatenation begins. */
export function startOfOperand({ axes }: Merging, k: number): Start {
  return { entries: 0, spaces: axes.slice(0, k).map(spaceOf) };
}

/** Axes of the operands that are no longer there, and those of the result that take their place. */
export function movedAxes(moved: Rearrangement): { readonly from: readonly Axis[]; readonly to: readonly Axis[] } {
  switch (moved.op) {
    case 'split':
      return { from: [moved.axis], to: moved.into };
    case 'merge':
    case 'concat':
      return { from: moved.axes, to: [moved.into] };
    case 'select':
    case 'pad':
      return { from: [moved.axis], to: [moved.into] };
  }
}

/** Sizes that do not fit each other, where all of them are known. */
export function fitProblems(moved: Rearrangement, sizeOf: SizeOf<number | undefined>): string[] {
  const { from, to } = movedAxes(moved);
  const starts = moved.op === 'select' || moved.op === 'pad' ? moved.after.spaces : [];
  if ([...from, ...to, ...starts].some((axis) => sizeOf(axis) === undefined)) return [];
  const size = (axis: Axis): number => required(sizeOf(axis), `size of ${axis}`);
  switch (moved.op) {
    case 'split': {
      const product = `${listed(moved.into, ' × ')} of size ${total(moved.into, ' × ', size)}`;
      if (entries(moved.into.map(size)) === size(moved.axis)) return [];
      return [`axis ${moved.axis} of size ${size(moved.axis)} cannot be split into ${product}`];
    }
    case 'merge': {
      const product = `${listed(moved.axes, ' × ')} of size ${total(moved.axes, ' × ', size)}`;
      if (entries(moved.axes.map(size)) === size(moved.into)) return [];
      return [`axes ${product} cannot be merged into ${moved.into} of size ${size(moved.into)}`];
    }
    case 'concat': {
      if (moved.axes.reduce((sum, axis) => sum + size(axis), 0) === size(moved.into)) return [];
      const sum = `${listed(moved.axes, ' + ')} of size ${total(moved.axes, ' + ', size)}`;
      return [`axes ${sum} cannot be joined to ${moved.into} of size ${size(moved.into)}`];
    }
    case 'select':
    case 'pad': {
      const [whole, part] = moved.op === 'select' ? [moved.axis, moved.into] : [moved.into, moved.axis];
      const first = entriesBefore(moved.after, size);
      if (first + size(part) <= size(whole)) return [];
      const range = `entries ${first} to ${first + size(part) - 1} of ${whole}, which has 0 to ${size(whole) - 1}`;
      return [`${part} of size ${size(part)} ${moved.op === 'select' ? 'takes' : 'would become'} ${range}`];
    }
  }
}

const listed = (axes: readonly Axis[], sign: string): string => axes.join(sign);

/** `2 × 3 = 6`. */
function total(axes: readonly Axis[], sign: ' × ' | ' + ', size: SizeOf): string {
  const sizes = axes.map(size);
  const result = sign === ' × ' ? entries(sizes) : sizes.reduce((sum, own) => sum + own, 0);
  return `${sizes.join(sign)} = ${result}`;
}

/** The number of entries before a range. */
export function entriesBefore(start: Start, sizeOf: SizeOf): number {
  return start.spaces.reduce((sum, space) => sum + sizeOf(space), start.entries);
}

/**
 * One place for each entry of the result, row-major on its axes: that of the same entry among those of the operands,
 * which are counted one operand after the other; −1 for a zero.
 */
export function placesOf(
  moved: Rearrangement,
  result: Extent,
  operands: readonly Extent[],
  sizeOf: SizeOf,
): Int32Array {
  const places = new Int32Array(entries(result.shape)).fill(-1);
  let before = 0;
  operands.forEach((operand, k) => {
    const { from, to, own } = lines(moved, k, result, operand, sizeOf);
    const rest = without(operand.axes, own);
    const shape = rest.map(sizeOf);
    const [bases, targets] = [offsets(rest, shape, operand), offsets(rest, shape, result)];
    bases.forEach((base, j) => {
      const target = required(targets[j], 'place of an entry beside the moved axes');
      from.forEach((step, i) => {
        places[target + required(to[i], 'place of an entry along the moved axes')] = before + base + step;
      });
    });
    before += entries(operand.shape);
  });
  return places;
}

/** Steps along an operand's moved axes, and along the result's, entry by entry; `own` are the operand's moved axes. */
function lines(
  moved: Rearrangement,
  k: number,
  result: Extent,
  operand: Extent,
  sizeOf: SizeOf,
): { readonly from: Int32Array; readonly to: Int32Array; readonly own: readonly Axis[] } {
  const along = (axes: readonly Axis[], extent: Extent): Int32Array => offsets(axes, axes.map(sizeOf), extent);
  switch (moved.op) {
    case 'split':
      return { from: along([moved.axis], operand), to: along(moved.into, result), own: [moved.axis] };
    case 'merge':
      return { from: along(moved.axes, operand), to: along([moved.into], result), own: moved.axes };
    case 'concat': {
      const own = moved.axes.slice(k, k + 1);
      const from = along(own, operand);
      const start = entriesBefore(startOfOperand(moved, k), sizeOf);
      return { from, to: along([moved.into], result).subarray(start, start + from.length), own };
    }
    case 'select': {
      const to = along([moved.into], result);
      const start = entriesBefore(moved.after, sizeOf);
      return { from: along([moved.axis], operand).subarray(start, start + to.length), to, own: [moved.axis] };
    }
    case 'pad': {
      const from = along([moved.axis], operand);
      const start = entriesBefore(moved.after, sizeOf);
      return { from, to: along([moved.into], result).subarray(start, start + from.length), own: [moved.axis] };
    }
  }
}
