/** Sets of pairs of inputs. */

import { at } from '../../numeric/index.ts';

/** Rows `from` … `to` − 1 against columns, by places among all inputs; in a triangle row i meets the columns up to i. */
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

/** Pairs one by one. */
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
      return (pairs.to * (pairs.to + 1) - pairs.from * (pairs.from + 1)) / 2;
  }
}

/** Lists of pairs: the inputs on either side, and the places in a matrix [rows, columns]. */
export interface Lists {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly places: Int32Array;
}

/** The last place stands in the lists some times more, for loops take whole turns. */
export const PADDING = 4;

/** Pairs row by row; lists that hold those of another region of the same shape are moved to this one. */
export function fillLists(pairs: Pairs, { left, right, places }: Lists, before?: Pairs): void {
  if (before?.kind === 'rectangle' && pairs.kind === 'rectangle') {
    const further = pairs.from - before.from;
    if (before.to - before.from === pairs.to - pairs.from && String(before.columns) === String(pairs.columns)) {
      const count = countOf(pairs) + PADDING;
      for (let k = 0; k < count; k++) left[k] = (left[k] as number) + further; // in range
      return;
    }
  }
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
  const [first, end] = pairs.columns;
  // Rows of matrices are of even length.
  const width = Math.ceil((end - first) / 2) * 2;
  let k = 0;
  for (let row = pairs.from; row < pairs.to; row++) {
    const last = pairs.kind === 'triangle' ? row + 1 : end;
    const place = (row - pairs.from) * width - first;
    for (let column = first; column < last; column++, k++) {
      left[k] = row;
      right[k] = column;
      places[k] = place + column;
    }
  }
  for (const list of [left, right]) list.fill(at(list, k - 1), k, k + PADDING);
  // Places of padding are apart, so that they do not pass for a row.
  for (let more = 0; more < PADDING; more++, k++) places[k] = at(places, k - 1) + 2;
}
