/** Where something stands in a text, and how a message shows it. */

import { required } from '../../errors/index.ts';

/** A stretch of one line. */
export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units as editors count. */
  readonly column: number;
  /** At least 1; a stretch over several lines ends with its first. */
  readonly length: number;
  /** The whole line. */
  readonly text: string;
}

/** Offsets of a stretch of a text: `start` is in it, `end` is not. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** How much of a line a message shows. */
const SHOWN = 100;
/** How much of a long line it shows to the left of the place. */
const BEFORE = 40;

/** A text with the lines of its offsets. */
export class SourceText {
  readonly text: string;
  /** What messages call it: a file's name. */
  readonly source: string | undefined;
  readonly #starts: number[] = [0];

  constructor(text: string, source: string | undefined) {
    this.text = text;
    this.source = source;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  place({ start, end }: Span): Place {
    const index = this.#lineIndex(start);
    const from = required(this.#starts[index], `start of line ${index + 1}`);
    const next = this.#starts[index + 1];
    let to = next === undefined ? this.text.length : next - 1;
    if (to > from && this.text[to - 1] === '\r') to--;
    const length = Math.max(1, Math.min(end, to) - start);
    return { line: index + 1, column: start - from + 1, length, text: this.text.slice(from, to) };
  }

  #lineIndex(offset: number): number {
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (required(this.#starts[middle], 'start of a line') <= offset) low = middle;
      else high = middle;
    }
    return low;
  }
}

/**
 * A message that points at a place:
 *
 * ```
 * net.nex:4:16: unknown value "w1"
 *    4 | h = x @[input] w1
 *      |                ^^
 * expected one of: w, x (did you mean "w"?)
 * ```
 */
export function locate(place: Place, source: string | undefined, problem: string, hint?: string): string {
  const { line, column } = place;
  const head = source === undefined ? `line ${line}, column ${column}` : `${source}:${line}:${column}`;
  const number = String(line).padStart(4);
  const { shown, before, length } = excerpt(place);
  const lines = [
    `${head}: ${problem}`,
    `${number} | ${shown}`,
    `${' '.repeat(number.length)} | ${' '.repeat(before)}${'^'.repeat(length)}`,
  ];
  return (hint === undefined ? lines : [...lines, hint]).join('\n');
}

/** The part of a line around a place, with characters that would not print replaced. */
function excerpt({ column, length, text }: Place): { shown: string; before: number; length: number } {
  const at = column - 1;
  const from = text.length <= SHOWN || at < SHOWN - BEFORE ? 0 : at - BEFORE;
  const to = Math.min(text.length, from + SHOWN);
  const [left, right] = [from > 0 ? '…' : '', to < text.length ? '…' : ''];
  return {
    shown: `${left}${printable(text.slice(from, to))}${right}`,
    before: left.length + at - from,
    length: Math.max(1, Math.min(length, to - at)),
  };
}

/** One visible character for each code unit that has none of its own. */
export function printable(text: string): string {
  return text.replace(/\t/g, ' ').replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}
