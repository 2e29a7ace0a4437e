/**
 * Axes and the spaces they run over (design: named axes).
 *
 * An axis is (space, copy number), written as the space's name followed by one prime per copy: `n`, `n'`, `n''`. Values
 * hold a set of axes: operations match them by name, never by position, and no value carries one axis twice. Two copies
 * of a space have the same size and are otherwise unrelated, as the query time `time` and key time `time'` of attention.
 */

/** Name of an axis: its space, then one prime per copy. */
export type Axis = string;

/** The axes that a space named `S` offers; three copies are more than any program of either paper uses. */
export type Copies<S extends string> = S | `${S}'` | `${S}''` | `${S}'''`;

/** A number, or a ratio times a symbol that is bound late. */
export type Size = number | { readonly symbol: string; readonly ratio: number };

/**
 * A set of coordinates. `width` spaces grow without bound in the infinite-width reading, where a program may touch them
 * only by entrywise maps, means and contractions with initial matrices; `fixed` spaces stay finite and are free.
 */
export interface Space {
  readonly name: string;
  readonly kind: 'width' | 'fixed';
  readonly size: Size;
}

/** Sizes by space name. */
export type Sizes = Readonly<Record<string, number>>;

/** A space of a growing dimension, by default its own symbol; `width({ symbol: 'n', ratio: 4 })` for four times n. */
export function width(size?: Size): Omit<Space, 'name' | 'size'> & { readonly size: Size | undefined } {
  return { kind: 'width', size };
}

/** A space of a dimension that stays finite, by default a symbol bound late. */
export function fixed(size?: Size): Omit<Space, 'name' | 'size'> & { readonly size: Size | undefined } {
  return { kind: 'fixed', size };
}

/** The name of the space that an axis runs over. */
export function spaceOf(axis: Axis): string {
  return axis.replace(/'+$/, '');
}

/** How many primes an axis carries. */
export function copyOf(axis: Axis): number {
  return axis.length - spaceOf(axis).length;
}

/** Another copy of the same space that is not among `taken`. */
export function freshCopy(axis: Axis, taken: readonly Axis[]): Axis {
  let candidate = axis;
  while (taken.includes(candidate)) candidate += "'";
  return candidate;
}

/** Members of either list, in order of first appearance. */
export function union(...lists: readonly (readonly Axis[])[]): Axis[] {
  return [...new Set(lists.flat())];
}

/** Members of the first list that are in none of the others. */
export function without(axes: readonly Axis[], ...others: readonly (readonly Axis[])[]): Axis[] {
  const drop = new Set(others.flat());
  return axes.filter((axis) => !drop.has(axis));
}

/** Members of both lists, in the first's order. */
export function intersection(axes: readonly Axis[], others: readonly Axis[]): Axis[] {
  return axes.filter((axis) => others.includes(axis));
}

/** Whether every member of `inner` is in `outer`. */
export function contains(outer: readonly Axis[], inner: readonly Axis[]): boolean {
  return inner.every((axis) => outer.includes(axis));
}

/** Whether both lists hold the same axes, in any order. */
export function sameAxes(left: readonly Axis[], right: readonly Axis[]): boolean {
  return left.length === right.length && contains(left, right);
}

/** A size as the text form writes it: `32`, `n`, `4 n`. */
export function printSize(size: Size): string {
  if (typeof size === 'number') return String(size);
  return size.ratio === 1 ? size.symbol : `${size.ratio} ${size.symbol}`;
}
