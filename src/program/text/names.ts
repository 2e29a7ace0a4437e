/** Names in the text form: which stand as they are, which need quotes, which words are functions. */

import { required } from '../../errors/index.ts';
import { isFunctionName, signatures } from '../functions/signatures.ts';
import { isUnaryName, unaryFunctions } from '../unary.ts';

/** A letter or underscore, then letters, digits and underscores; dots join such parts; primes end it. ᵀ transposes. */
const PLAIN = /^(?![\p{N}\p{M}])(?:(?!ᵀ)[\p{L}\p{N}\p{M}_])+(?:\.(?:(?!ᵀ)[\p{L}\p{N}\p{M}_])+)*'*$/u;
/** Characters besides the ASCII ones that begin a name, and that go on with it. */
const FIRST = /\p{L}/u;
const LATER = /[\p{L}\p{N}\p{M}]/u;

/** Words that are numbers. */
const NUMBERS: Readonly<Record<string, number>> = { Infinity: Number.POSITIVE_INFINITY, NaN: Number.NaN };

/** Functions with a form of their own: reductions, both of two operands, and those that canonical text needs. */
const OTHER_FUNCTIONS = [
  ...(['sum', 'mean', 'max', 'min', 'avg', 'map', 'scatter', 'window', 'overlap'] as const),
  ...(['split', 'merge', 'concat', 'select', 'pad'] as const),
] as const;
export type OtherFunction = (typeof OTHER_FUNCTIONS)[number];

/** The number that a word stands for. */
export function numberNamed(word: string): number | undefined {
  return Object.hasOwn(NUMBERS, word) ? NUMBERS[word] : undefined;
}

export function isOtherFunction(word: string): word is OtherFunction {
  return (OTHER_FUNCTIONS as readonly string[]).includes(word);
}

/** Whether a word before `(` is a function. */
export function isFunctionWord(word: string): boolean {
  return isOtherFunction(word) || isUnaryName(word) || isFunctionName(word);
}

/** Whether a word before `[` is a function rather than a value. */
export function takesBracket(word: string): boolean {
  return isFunctionName(word) || (isOtherFunction(word) && word !== 'min' && word !== 'avg');
}

/** Every function, for messages. */
export const functionWords: readonly string[] = [
  ...OTHER_FUNCTIONS,
  ...Object.keys(signatures),
  ...Object.keys(unaryFunctions),
];

/** A name as the text form writes it, in the quotes of JSON where it would not be read as one name. */
export function quoteName(name: string): string {
  return PLAIN.test(name) && numberNamed(name) === undefined ? name : JSON.stringify(name);
}

/** A name that brackets follow, where a function word would be read as a call. */
export function quoteBeforeBracket(name: string): string {
  return takesBracket(name) ? JSON.stringify(name) : quoteName(name);
}

/** Whether a name may begin with the character at an offset. */
export function startsName(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code < 128 ? isLetter(code) : isOther(text, at, FIRST);
}

/** Whether the character at an offset may stand within a name. */
export function continuesName(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code < 128 ? isLetter(code) || isDigit(code) : isOther(text, at, LATER);
}

function isOther(text: string, at: number, kind: RegExp): boolean {
  const character = String.fromCodePoint(required(text.codePointAt(at), 'character of a text'));
  return character !== 'ᵀ' && kind.test(character);
}

export const isDigit = (code: number): boolean => code >= 48 && code <= 57;

const isLetter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
