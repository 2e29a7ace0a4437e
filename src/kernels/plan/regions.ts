/** Sets of pairs of inputs. */

import { at } from '../../numeric/index.ts';
import type { Side } from './quantities.ts';

/**
 * Rows `from` … `to` − 1 against columns, by places among all inputs; in a triangle, whose columns are its rows, row i meets
 * those up to i.
 */
export interface Region {
  readonly kind: 'rectangle' | 'triangle';
  readonly from: number;
  readonly to: number;
  readonly columns: readonly [from: number, to: number];
}

/** Every input with itself. */
export interface Diagonal {
  readonly kind: 'diagonal';
  readonly to: number;
}

/** Pairs one by one, by places among all inputs. */
export interface PairList {
  readonly kind: 'list';
  readonly left: Int32Array;
  readonly right: Int32Array;
}

export type Pairs = Region | Diagonal | PairList;

export function isRegion(pairs: Pairs): pairs is Region {
  return pairs.kind === 'rectangle' || pairs.kind === 'triangle';
}

export function countOf(pairs: Pairs): number {
  switch (pairs.kind) {
    case 'diagonal':
      return pairs.to;
    case 'list':
      return pairs.left.length;
    case 'rectangle':
      return (pairs.to - pairs.from) * (pairs.columns[1] - pairs.columns[0]);
    case 'triangle':
      return ((pairs.to - pairs.from) * (pairs.to - pairs.from + 1)) / 2;
  }
}

/** The first input on either side, from which lists of pairs count. */
export function firstOf(pairs: Pairs): Readonly<Record<Side, number>> {
  return isRegion(pairs) ? { left: pairs.from, right: pairs.columns[0] } : { left: 0, right: 0 };
}

/** Whether two sets are known to have the same lists, which those of pairs one by one never are. */
export function isAlike(a: Pairs, b: Pairs): boolean {
  if (isRegion(a) && isRegion(b)) {
    return a.kind === b.kind && a.to - a.from === b.to - b.from && widthOf(a) === widthOf(b);
  }
  return a.kind === 'diagonal' && b.kind === 'diagonal' && a.to === b.to;
}

function widthOf({ columns: [first, end] }: Region): number {
  return end - first;
}

/** Lists of pairs: the inputs on either side after the first, and the places in a matrix [rows, columns]. */
export interface Lists {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly places: Int32Array;
}

/** The last place stands in the lists some times more, for loops take whole turns. */
export const PADDING = 4;

/** Pairs row by row. */
export function fillLists(pairs: Pairs, { left, right, places }: Lists): void {
  if (pairs.kind === 'diagonal') {
    for (let k = 0; k < pairs.to; k++) left[k] = right[k] = k;
    for (const list of [left, right]) list.fill(pairs.to - 1, pairs.to, pairs.to + PADDING);
    return;
  }
  if (pairs.kind === 'list') {
    for (const side of ['left', 'right'] as const) {
      const [from, into] = [pairs[side], side === 'left' ? left : right];
      into.set(from);
      into.fill(at(from, from.length - 1), from.length, from.length + PADDING);
    }
    return;
  }
  const [rows, columns] = [pairs.to - pairs.from, widthOf(pairs)];
  // Rows of matrices are of even length.
  const width = Math.ceil(columns / 2) * 2;
  let k = 0;
  for (let row = 0; row < rows; row++) {
    const end = pairs.kind === 'triangle' ? row + 1 : columns;
    for (let column = 0; column < end; column++, k++) {
      left[k] = row;
      right[k] = column;
      places[k] = row * width + column;
    }
  }
  for (const list of [left, right]) list.fill(at(list, k - 1), k, k + PADDING);
  // Places of padding are apart, so that they do not pass for a row.
  for (let more = 0; more < PADDING; more++, k++) places[k] = at(places, k - 1) + 2;
}
