/** The small parts that statements and formulas share: words, numbers, lists of axes, and what was expected instead. */

import type { UserError } from '../../errors/index.ts';
import { type Exponent, parseExponent } from '../exponent.ts';
import * as errors from './errors.ts';
import type { Word } from './syntax.ts';
import type { Token, Tokens } from './tokens.ts';

/** The error for a token that does not fit. */
export function refuse(tokens: Tokens, expected: string, open?: Token): UserError {
  const token = tokens.peek();
  return errors.unexpected(tokens.source, token, tokenWords(token), expected, open);
}

function tokenWords(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'end of the text';
    case 'newline':
      return 'end of the line';
    case 'number':
    case 'position':
      return token.text;
    case 'name':
    case 'quoted':
    case 'symbol':
      return `"${token.text}"`;
  }
}

/** Takes a symbol; `open` is the bracket that it closes. */
export function expectSymbol(tokens: Tokens, symbol: string, open?: Token, expected = `"${symbol}"`): Token {
  if (!tokens.isSymbol(symbol)) throw refuse(tokens, expected, open);
  return tokens.next();
}

/** Takes a name, plain or quoted. */
export function parseWord(tokens: Tokens, expected: string): Word {
  if (!isName(tokens.peek())) throw refuse(tokens, expected);
  const { text, start, end } = tokens.next();
  return { text, start, end };
}

export const isName = ({ kind }: Token): boolean => kind === 'name' || kind === 'quoted';

/** A number with an optional sign. */
export function parseNumber(tokens: Tokens, expected = 'a number'): number {
  const negative = tokens.accept('-');
  if (tokens.peek().kind !== 'number') throw refuse(tokens, expected);
  const { value } = tokens.next();
  return negative ? -value : value;
}

/** Whether an exponent of a size begins at a distance: `-0.5`, or `(1/3)` of whole numbers alone. */
export function exponentAhead(tokens: Tokens, distance: number): boolean {
  if (tokens.peek(signed(tokens, distance)).kind === 'number') return true;
  if (!tokens.isSymbol('(', distance)) return false;
  const above = signed(tokens, distance + 1);
  const whole = (at: number): boolean =>
    tokens.peek(at).kind === 'number' && Number.isSafeInteger(tokens.peek(at).value);
  return (
    whole(above) &&
    tokens.isSymbol('/', above + 1) &&
    whole(above + 2) &&
    tokens.peek(above + 2).value > 0 &&
    tokens.isSymbol(')', above + 3)
  );
}

const signed = (tokens: Tokens, distance: number): number => (tokens.isSymbol('-', distance) ? distance + 1 : distance);

/** An exponent of a size, exact: a number, or a fraction between parentheses. */
export function parseSizeExponent(tokens: Tokens): { readonly exponent: Exponent; readonly end: number } {
  const { start } = tokens.peek();
  const open = exponentAhead(tokens, 0) && tokens.isSymbol('(') ? tokens.next() : undefined;
  if (open === undefined) {
    const { end } = tokens.peek(signed(tokens, 0));
    const exponent = parseExponent(parseNumber(tokens, 'a number or a fraction such as (1/3)'));
    if (exponent === undefined) throw errors.inexactPower(tokens.source, { start, end });
    return { exponent, end };
  }
  const numerator = parseNumber(tokens);
  expectSymbol(tokens, '/');
  const exponent = parseExponent({ numerator, denominator: parseNumber(tokens) });
  const { end } = expectSymbol(tokens, ')', open);
  if (exponent === undefined) throw errors.inexactPower(tokens.source, { start, end });
  return { exponent, end };
}

/** `[batch, n']`. */
export function parseAxes(tokens: Tokens): { readonly words: readonly Word[]; readonly end: number } {
  const open = expectSymbol(tokens, '[');
  const words = tokens.isSymbol(']') ? [] : parseWords(tokens, 'an axis', 'an axis or "]"');
  return { words, end: expectSymbol(tokens, ']', open, words.length === 0 ? undefined : '"," or "]"').end };
}

/** Names in one list: far more than any program has, few enough that nothing done with them takes long. */
const MAX_WORDS = 1000;

/** `batch, n'`. */
export function parseWords(tokens: Tokens, expected = 'an axis', first = expected): readonly Word[] {
  const words = [parseWord(tokens, first)];
  while (tokens.accept(',')) words.push(counted(tokens, words, parseWord(tokens, expected)));
  return words;
}

/** A further name of a list. */
export function counted(tokens: Tokens, list: readonly unknown[], word: Word): Word {
  if (list.length >= MAX_WORDS) throw errors.tooManyNames(tokens.source, word, MAX_WORDS);
  return word;
}

/** `[n -> n', m -> k]`. */
export function parseRenaming(tokens: Tokens): {
  readonly pairs: readonly (readonly [Word, Word])[];
  readonly end: number;
} {
  const open = expectSymbol(tokens, '[');
  const pairs: (readonly [Word, Word])[] = [];
  const pair = (): void => {
    const from = counted(tokens, pairs, parseWord(tokens, 'an axis'));
    expectSymbol(tokens, '->');
    pairs.push([from, parseWord(tokens, 'an axis')]);
  };
  if (!tokens.isSymbol(']')) {
    pair();
    while (tokens.accept(',')) pair();
  }
  return { pairs, end: expectSymbol(tokens, ']', open, pairs.length === 0 ? undefined : '"," or "]"').end };
}
