/** Parts of sentences that the room's messages share. */

import { required } from '../errors/index.ts';

const MAX_LISTED = 12;

/** Names separated by commas, the first dozen of many. */
export function list(names: readonly string[]): string {
  if (names.length === 0) return 'nothing';
  const rest = names.length - MAX_LISTED;
  return names.slice(0, MAX_LISTED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** Alternatives: `a, b or c`. */
export function alternatives(names: readonly string[]): string {
  const last = names.at(-1) ?? 'nothing';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`;
}

/** Problems, one a line below the sentence that announces them. */
export function bullets(problems: readonly string[]): string {
  return problems.map((problem) => `\n  - ${problem}`).join('');
}

/** A suggestion behind a full stop, or nothing. */
export function didYouMean(near: readonly string[]): string {
  return near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`;
}

const MAX_QUOTED = 60;

/** A text in quotes, cut where it is long, with what does not print written as its code. */
export function quoted(text: string): string {
  const letters = [...text];
  const shown = letters
    .slice(0, MAX_QUOTED)
    .map((letter) => (letter !== ' ' && /[\p{C}\p{Z}]/u.test(letter) ? codeOf(letter) : letter))
    .join('');
  return `"${shown}${letters.length > MAX_QUOTED ? '…' : ''}"`;
}

function codeOf(letter: string): string {
  return `\\u{${required(letter.codePointAt(0), 'code of a letter').toString(16).toUpperCase()}}`;
}

/** What stands where something else was expected. */
export function found(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

const MAX_SHOWN = 60;

/** A value as JSON, cut where it is long. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** `[3, 32]`. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
