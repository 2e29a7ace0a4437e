/** Encodings other than UTF-8 that show in the first bytes of a text. */

/** How many bytes are looked at, and what share of them is zero in UTF-16. */
const [LOOKED_AT, ZERO_SHARE] = [256, 0.25];

/** The bytes of U+FEFF; of those that begin alike the longer first. */
const MARKS: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ['UTF-32', [0xff, 0xfe, 0, 0]],
  ['UTF-32', [0, 0, 0xfe, 0xff]],
  ['UTF-16', [0xff, 0xfe]],
  ['UTF-16', [0xfe, 0xff]],
];

/** What a text is in place of UTF-8, and what to do beyond saving it so. */
export interface WideEncoding {
  readonly words: string;
  /** A command that converts it; none where nothing in the file says the order of its bytes. */
  readonly command?: string;
}

/**
 * Tells UTF-16 and UTF-32 by their byte order mark, and UTF-16 without one, which can be valid UTF-8, by zeros: of Latin
 * letters in it one of two bytes is zero. Undefined for what may be UTF-8.
 */
export function wideEncoding(bytes: Uint8Array): WideEncoding | undefined {
  const marked = MARKS.find(([, mark]) => mark.every((byte, k) => bytes[k] === byte));
  if (marked !== undefined) {
    const [name] = marked;
    return { words: `${name}, as its byte order mark says`, command: `iconv -f ${name} -t UTF-8` };
  }
  const start = bytes.subarray(0, LOOKED_AT);
  const zeros = start.filter((byte) => byte === 0).length;
  return start.length >= 2 && zeros >= ZERO_SHARE * start.length ? { words: 'what seems to be UTF-16' } : undefined;
}
