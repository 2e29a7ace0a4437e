/** Entries on fixed axes. */

import type { Axis } from '../program/index.ts';

/** The fixed axes of a value and their sizes. */
export interface Extent {
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
}

/** A value's fixed axes with its entries, row-major. */
export interface Entries<E> extends Extent {
  readonly data: ArrayLike<E>;
}
