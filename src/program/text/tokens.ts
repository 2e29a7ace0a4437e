/** The words of the text form, cut off one at a time, so that noise is refused where it begins. */

import { required } from '../../errors/index.ts';
import * as errors from './errors.ts';
import { continuesName, isDigit, numberNamed, startsName } from './names.ts';
import type { SourceText, Span } from './place.ts';

export type TokenKind = 'name' | 'quoted' | 'number' | 'position' | 'symbol' | 'newline' | 'end';

export interface Token extends Span {
  readonly kind: TokenKind;
  /** The symbol, the name without quotes, the digits. */
  readonly text: string;
  /** Of a number, and of a position (`$2` is 2). */
  readonly value: number;
}

const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const SYMBOLS = new Set('()[],;:=~+-*/^@|ᵀ');

/** Reads tokens with lookahead. Lines go on while a parenthesis or bracket is open. */
export class Tokens {
  readonly source: SourceText;
  readonly #text: string;
  readonly #ahead: Token[] = [];
  #at = 0;
  #open = 0;

  constructor(source: SourceText) {
    this.source = source;
    this.#text = source.text;
    if (this.#text.startsWith('\uFEFF')) this.#at = 1;
  }

  /** The token `distance` after the next. */
  peek(distance = 0): Token {
    let token = this.#ahead[distance];
    while (token === undefined) {
      this.#ahead.push(this.#cut());
      token = this.#ahead[distance];
    }
    return token;
  }

  next(): Token {
    const token = this.peek();
    this.#ahead.shift();
    return token;
  }

  /** Whether the token at a distance is this symbol. */
  isSymbol(text: string, distance = 0): boolean {
    const token = this.peek(distance);
    return token.kind === 'symbol' && token.text === text;
  }

  /** Whether the token at a distance is this word, without quotes. */
  isWord(text: string, distance = 0): boolean {
    const token = this.peek(distance);
    return token.kind === 'name' && token.text === text;
  }

  /** Takes the next token if it is this symbol. */
  accept(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false;
    this.next();
    return true;
  }

  /** The rest of the line after the last token taken, without its comment; nothing may have been looked at beyond. */
  restOfLine(): string {
    const text = this.#text.slice(this.#at, this.#lineEnd());
    const comment = text.indexOf('#');
    return (comment < 0 ? text : text.slice(0, comment)).trim();
  }

  skipLine(): void {
    this.#at = this.#lineEnd();
  }

  #lineEnd(): number {
    const end = this.#text.indexOf('\n', this.#at);
    return end < 0 ? this.#text.length : end;
  }

  #cut(): Token {
    this.#skipBlanks();
    const [text, start] = [this.#text, this.#at];
    if (start >= text.length) return this.#token('end', '', start);
    const code = text.charCodeAt(start);
    if (code === 10) return this.#newline();
    if (startsName(text, start)) return this.#name();
    if (code === 34) return this.#quoted();
    NUMBER.lastIndex = start;
    if (isDigit(code) || code === 46) {
      const digits = NUMBER.exec(text)?.[0];
      if (digits !== undefined) return this.#number(digits);
    }
    if (text.startsWith('->', start)) return this.#symbol('->');
    const character = text.charAt(start);
    if (character === '$') return this.#position();
    if (SYMBOLS.has(character)) return this.#symbol(character);
    const whole = String.fromCodePoint(required(text.codePointAt(start), 'character of a text'));
    throw errors.unexpectedCharacter(this.source, { start, end: start + whole.length }, whole);
  }

  #token(kind: TokenKind, text: string, end: number, value = 0): Token {
    const token = { kind, text, value, start: this.#at, end };
    this.#at = end;
    return token;
  }

  /** Spaces and comments; line ends too while something is open. */
  #skipBlanks(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 35) this.#at = this.#lineEnd();
      else if (code === 32 || code === 9 || code === 13 || code === 0xa0) this.#at++;
      else if (code === 10 && this.#open > 0) this.#at++;
      else return;
    }
  }

  /** One token for any number of empty lines. */
  #newline(): Token {
    const token = this.#token('newline', '\n', this.#at + 1);
    for (this.#skipBlanks(); this.#text.charCodeAt(this.#at) === 10; this.#skipBlanks()) this.#at++;
    return token;
  }

  #symbol(text: string): Token {
    if (text === '(' || text === '[') this.#open++;
    if ((text === ')' || text === ']') && this.#open > 0) this.#open--;
    return this.#token('symbol', text, this.#at + text.length);
  }

  #name(): Token {
    const text = this.#text;
    let end = this.#at;
    const letters = (): void => {
      while (end < text.length && continuesName(text, end))
        end += required(text.codePointAt(end), 'character of a text') > 0xffff ? 2 : 1;
    };
    letters();
    while (text.charCodeAt(end) === 46 && end + 1 < text.length && continuesName(text, end + 1)) {
      end++;
      letters();
    }
    while (text.charCodeAt(end) === 39) end++;
    const name = text.slice(this.#at, end);
    const value = numberNamed(name);
    return value === undefined ? this.#token('name', name, end) : this.#token('number', name, end, value);
  }

  #number(digits: string): Token {
    const value = Number(digits);
    const end = this.#at + digits.length;
    if (!Number.isFinite(value)) throw errors.numberTooLarge(this.source, { start: this.#at, end });
    return this.#token('number', digits, end, value);
  }

  /** A string of JSON. */
  #quoted(): Token {
    const text = this.#text;
    const start = this.#at;
    let end = start + 1;
    for (; ; end++) {
      const code = text.charCodeAt(end);
      if (code === 34) break;
      if (code === 92) end++;
      if (end >= text.length || code === 10) throw errors.openQuote(this.source, { start, end: start + 1 });
    }
    end++;
    try {
      return this.#token('quoted', JSON.parse(text.slice(start, end)) as string, end); // a JSON string by its quotes
    } catch {
      throw errors.badQuote(this.source, { start, end });
    }
  }

  #position(): Token {
    const start = this.#at;
    let end = start + 1;
    while (isDigit(this.#text.charCodeAt(end))) end++;
    const value = Number(this.#text.slice(start + 1, end));
    if (!(value >= 1)) throw errors.badPosition(this.source, { start, end });
    return this.#token('position', this.#text.slice(start, end), end, value);
  }
}
