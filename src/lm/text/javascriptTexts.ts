/**
 * Characters that the library in JavaScript, or the engine's own tables of Unicode below it, take for another kind than the
 * reference implementation's tables do: found by comparing the two on every character (see the slow test beside).
 */
import { required } from '../../errors/index.ts';
import type { JsonObject } from '../model/json.ts';
import { lowerCases, steps } from './tokenizerSettings.ts';

/** Marks, punctuation, letters and numbers of late versions of Unicode; the byte order mark and U+0085 as blanks. */
const LATE =
  '\\u0085\\u061D\\u07FD\\u088F-\\u089F\\u08CA-\\u08E2\\u09FD\\u09FE\\u0A76\\u0AFA-\\u0AFF\\u0B55\\u0C04\\u0C3C\\u0C5C\\u0C77\\u0C84' +
  '\\u0CDC\\u0CF3\\u0D00\\u0D3B\\u0D3C\\u0D81\\u0EBA\\u0ECE\\u166D\\u1715\\u1734\\u180F\\u1885\\u1886\\u1ABF-\\u1AEB\\u1B4E\\u1B4F' +
  '\\u1B7D-\\u1B7F\\u1CF2\\u1CF3\\u1CF7\\u1DF6-\\u1DFB\\u2E43-\\u2E5D\\u32FF\\uA7CE-\\uA7D4\\uA7F1-\\uA7F4\\uA82C\\uA8C5\\uA8FF' +
  '\\uA9BD\\uAB69\\uFEFF';

/** Beyond the first 65,536 characters only letters of formulas, flags and pictures. */
const FAR = '\\u{10000}-\\u{1D3FF}\\u{1D800}-\\u{1F16F}\\u{1FB00}-\\u{10FFFF}';

const ALWAYS = new RegExp(`[${LATE}${FAR}\\p{Cn}]`, 'u');

/** The library takes these for no digits; the reference takes all numbers. */
const FAR_NUMBERS = /(?![\0-\x7F])\p{N}/u;

/** What a tokenizer's texts may not hold: a function that names the first such thing of a text, if there is one. */
export function javascriptTexts(json: JsonObject): (text: string) => string | undefined {
  const lower = lowerCases(json);
  const digits = steps(json.pre_tokenizer, 'pretokenizers').some(({ type }) => type === 'Digits');
  return (text) => {
    const found =
      ALWAYS.exec(text)?.[0] ??
      // JavaScript lower-cases it by its place in a word, the reference does not.
      (lower && text.includes('Σ') ? 'Σ' : undefined) ??
      (digits ? FAR_NUMBERS.exec(text)?.[0] : undefined);
    if (found === undefined) return undefined;
    return `the character U+${required(found.codePointAt(0), 'character').toString(16).toUpperCase().padStart(4, '0')}`;
  };
}

/**
 * An added token that a text makes only by its normalization, as "[MA\u200bSK]" does where invisible characters go: the
 * library takes it for the token.
 */
export function madeByNormalization(
  text: string,
  normalized: string,
  addedTokens: readonly string[],
): string | undefined {
  if (normalized === text) return undefined;
  const count = (where: string, token: string) => where.split(token).length;
  return addedTokens.find((token) => count(normalized, token) > count(text, token));
}
