/** Places of labels in figures, where no browser can measure text. */

/** Mean width of a character at the size of figure text, with a margin for wide ones. */
const CHARACTER_WIDTH = 7;

/** About how wide a text is in a figure, in pixels. */
export function textWidth(text: string): number {
  return CHARACTER_WIDTH * [...text].length;
}

/** Places as near to the wanted ones (rising) as a gap between neighbors allows, between 0 and `end`. */
export function spread(wanted: readonly number[], most: number, end: number): number[] {
  const gap = Math.min(most, end / wanted.length);
  const downward: number[] = [];
  for (const place of wanted) downward.push(Math.max(place, (downward.at(-1) ?? Number.NEGATIVE_INFINITY) + gap));
  const upward: number[] = [];
  for (const place of downward.toReversed()) {
    upward.push(Math.min(place, (upward.at(-1) ?? end + gap / 2) - gap));
  }
  return upward.toReversed();
}
