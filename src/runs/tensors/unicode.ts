/** Texts as numpy has them: code points of 4 bytes, every text as long as the longest, zeros behind its end. */

import { required } from '../../errors/index.ts';

/** Half of a pair that is not there, which JSON can hold and numpy cannot read, becomes the replacement character. */
const REPLACEMENT = 0xfffd;
const isSurrogate = (point: number): boolean => point >= 0xd800 && point <= 0xdfff;

/** The code points of a one-dimensional array, [texts · length]; `length` is at least 1, for numpy has no empty items. */
export function unicodeItems(texts: readonly string[]): { readonly length: number; readonly points: Int32Array } {
  const split = texts.map(codePoints);
  const length = split.reduce((longest, points) => Math.max(longest, points.length), 1);
  const points = new Int32Array(texts.length * length);
  split.forEach((own, k) => {
    points.set(own, k * length);
  });
  return { length, points };
}

function codePoints(text: string): Int32Array {
  return Int32Array.from(text, (character) => {
    const point = required(character.codePointAt(0), 'code point of a character');
    return isSurrogate(point) ? REPLACEMENT : point;
  });
}
