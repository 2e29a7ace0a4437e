/** What a reading of programs supplies to the walk. */

import type { Axis, InstructionOf, Node, Ref } from '../program/index.ts';
import type { EntryAlgebra } from './algebra.ts';
import type { Entries, Extent } from './extent.ts';

/**
 * Instructions that do more than move and add up entries; all others walk. Of calls only functions of wide matrices come
 * here: the rest are written out before.
 */
export type Own = 'input' | 'parameter' | 'map' | 'contract' | 'call';

/** The rules that a reading has of its own. */
export type OwnRules<V> = { readonly [K in Own]: (instruction: InstructionOf<K>, node: Node) => V };

/** How a program is read: its values V, their entries E. */
export interface Reading<V extends Entries<E>, E> {
  readonly algebra: EntryAlgebra<E>;
  readonly own: OwnRules<V>;
  readonly value: (ref: Ref) => V;
  readonly isWidth: (axis: Axis) => boolean;
  /** Size of a fixed axis. */
  readonly count: (axis: Axis) => number;
  readonly widthsOf: (value: V) => readonly Axis[];
  readonly made: (data: readonly E[], extent: Extent, widths: readonly Axis[]) => V;
  /** A sum, mean or maximum over one width axis. */
  readonly overWidth: (by: 'sum' | 'mean' | 'max', value: V, axis: Axis) => V;
}

/** The fixed axes of a node with their sizes, and its width axes. */
export interface SplitAxes extends Extent {
  readonly widths: readonly Axis[];
}

/** Tells fixed axes from widths. */
export function splitAxes(
  { type }: Node,
  { isWidth, count }: { readonly isWidth: (axis: Axis) => boolean; readonly count: (axis: Axis) => number },
): SplitAxes {
  const axes = type.axes.filter((axis) => !isWidth(axis));
  return { axes, shape: axes.map(count), widths: type.axes.filter(isWidth) };
}
