/** JSON from files that people write: what is wrong comes with its place, which engines do not always tell. */

import { required } from '../errors/index.ts';
import { nestingProblem, tooLarge } from '../errors/wording/index.ts';
import { locate } from '../program/index.ts';
import * as errors from './errors.ts';

/** Parses a file's text. Throws {@link UserError} `cli.malformed-json`, pointing at the first fault. */
export function parseJson(text: string, path: string): unknown {
  const problem = nestingProblem(text);
  if (problem !== undefined) throw errors.malformedJson(`${path}: ${problem}.`);
  const value = parsed(text, path);
  const infinite = tooLarge(value);
  if (infinite === undefined) return value;
  throw errors.malformedJson(
    `${path}: ${infinite === '' ? 'it' : `"${infinite}"`} is a number beyond 1.8e308, which no number here can be.`,
  );
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const { at, expected } = firstFault(text);
    const before = text.slice(0, at).split('\n');
    const line = required(text.split('\n')[before.length - 1], 'line of a fault');
    const column = required(before.at(-1)?.length, 'line of a fault') + 1;
    const found =
      at >= text.trimEnd().length
        ? 'the text ends'
        : `found ${JSON.stringify(String.fromCodePoint(required(text.codePointAt(at), 'character of a fault')))}`;
    const place = { line: before.length, column, length: 1, text: line.replace(/\r$/, '') };
    throw errors.malformedJson(locate(place, path, `this is no JSON: ${found}; expected ${expected}`));
  }
}

interface Fault {
  readonly at: number;
  readonly expected: string;
}

const STRING = /"(?:[^"\\]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const ATOM = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|true\b|false\b|null\b)/y;

/** Where a text stops being JSON, and what could stand there. */
function firstFault(text: string): Fault {
  const scanner = new Scanner(text);
  scanner.value();
  scanner.end();
  return scanner.fault ?? { at: text.length, expected: 'JSON' };
}

class Scanner {
  readonly #text: string;
  #at = 0;
  /** The first one; reading stops at it. */
  fault: Fault | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  value(): void {
    const first = this.#next();
    if (first === '{') this.#list('}', () => this.#entry());
    else if (first === '[') this.#list(']', () => this.value());
    else if (!this.#string() && !this.#match(ATOM)) this.#expected('a number, a text in quotes, a list or an object');
  }

  end(): void {
    if (this.#next() !== '') this.#expected('nothing more');
  }

  #entry(): void {
    this.#next();
    if (!this.#string()) {
      this.#expected('a name in quotes');
    } else if (this.#next() !== ':') {
      this.#expected('":"');
    } else {
      this.#at++;
      this.value();
    }
  }

  #list(close: string, item: () => void): void {
    this.#at++;
    let after = this.#next() === close ? close : ',';
    if (after === close) this.#at++;
    while (after === ',' && this.fault === undefined) {
      item();
      if (this.fault !== undefined) return;
      after = this.#next();
      if (after === ',' || after === close) this.#at++;
      else this.#expected(`"," or "${close}"`);
    }
  }

  /** A text in quotes, all on one line. */
  #string(): boolean {
    const start = this.#at;
    if (!this.#match(STRING)) return false;
    if (![...this.#text.slice(start, this.#at)].some((character) => character < ' ')) return true;
    this.#at = start;
    return false;
  }

  /** The next character that is no space; none at the end. */
  #next(): string {
    while (/^[ \t\r\n]$/.test(this.#text.charAt(this.#at))) this.#at++;
    return this.#text.charAt(this.#at);
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found !== undefined;
  }

  #expected(expected: string): void {
    this.fault ??= { at: this.#at, expected };
  }
}
