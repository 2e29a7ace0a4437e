/** The part of a picture that is seen: rows and columns from one place up to another, which is no longer seen. */

export interface Part {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** A picture's rows and columns. */
export interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** Fewer rows or columns show no more than they did. */
const LEAST = 2;

export const whole = ({ rows, columns }: Size): Part => ({ top: 0, bottom: rows, left: 0, right: columns });

export const isWhole = ({ top, bottom, left, right }: Part, { rows, columns }: Size): boolean =>
  top === 0 && left === 0 && bottom === rows && right === columns;

/** So much larger around an entry, which stays where it is; a factor below 1 shows more. */
export function zoomed(part: Part, size: Size, row: number, column: number, factor: number): Part {
  const [top, bottom] = span(part.top, part.bottom, size.rows, row, factor);
  const [left, right] = span(part.left, part.right, size.columns, column, factor);
  return { top, bottom, left, right };
}

function span(from: number, to: number, most: number, at: number, factor: number): readonly [number, number] {
  const length = Math.min(most, Math.max(Math.min(LEAST, most), Math.round((to - from) / factor)));
  const share = (at + 0.5 - from) / (to - from);
  const start = Math.min(most - length, Math.max(0, Math.round(at + 0.5 - share * length)));
  return [start, start + length];
}

/** What lies between two entries, both of them included. */
export function between(
  [row, column]: readonly [number, number],
  [otherRow, otherColumn]: readonly [number, number],
  { rows, columns }: Size,
): Part {
  const [top, bottom] = ends(row, otherRow, rows);
  const [left, right] = ends(column, otherColumn, columns);
  return { top, bottom, left, right };
}

function ends(a: number, b: number, most: number): readonly [number, number] {
  const [from, to] = [Math.min(a, b), Math.max(a, b) + 1];
  const missing = Math.max(0, Math.min(LEAST, most) - (to - from));
  const start = Math.max(0, Math.min(from, most - (to - from) - missing));
  return [start, Math.min(most, start + Math.max(to - from, Math.min(LEAST, most)))];
}

/** Moved as little as shows an entry. */
export function showing(part: Part, row: number, column: number): Part {
  const down = row < part.top ? row - part.top : row >= part.bottom ? row + 1 - part.bottom : 0;
  const across = column < part.left ? column - part.left : column >= part.right ? column + 1 - part.right : 0;
  return {
    top: part.top + down,
    bottom: part.bottom + down,
    left: part.left + across,
    right: part.right + across,
  };
}

/** What turns of a wheel are in pixels, by the unit that a browser counts in: pixels, lines, pages. */
const UNITS = [1, 33, 400] as const;
/** Pixels that enlarge to twice the size: two notches of a wheel. */
const TWICE = 200;

/** How much larger a turn of the wheel makes, as a power of 2; of a pinch, which comes as such turns, too. */
export const powerOf = ({ deltaY, deltaMode }: Pick<WheelEvent, 'deltaY' | 'deltaMode'>): number =>
  -(deltaY * (UNITS[deltaMode] ?? 1)) / TWICE;
