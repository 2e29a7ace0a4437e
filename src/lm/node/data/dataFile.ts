import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { nodeFiles } from '../../../runs/index.ts';
import * as errors from '../../data/dataErrors.ts';
import type { Fingerprint } from '../../data/runData.ts';
import { errorCode, reasonOf } from '../errorCode.ts';

/** A data file's text, without its byte order mark. */
export interface DataFile {
  readonly text: string;
  readonly fingerprint: Fingerprint;
}

/** How many bytes tell UTF-16, and what share of them is zero in it. */
const [LOOKED_AT, ZERO_SHARE] = [256, 0.25];

/**
 * Reads a text file, plain or, where its name ends in `.gz`, compressed. `expected` says what it should hold.
 * @throws UserError `lm.missing-file`, `lm.unreadable-data` or `lm.not-utf8`.
 */
export async function readDataFile(path: string, expected: string): Promise<DataFile> {
  const stored = await nodeFiles.read(path).catch((cause: unknown) => {
    if (errorCode(cause) === 'ENOENT') throw errors.missingPath(path, expected);
    throw errors.unreadableData(path, reasonOf(cause));
  });
  const sha256 = createHash('sha256').update(stored).digest('hex');
  const bytes = /\.gz$/i.test(path) ? unzip(stored, path) : stored;
  return { text: decodeText(bytes, path), fingerprint: { path, sha256 } };
}

function unzip(bytes: Uint8Array, path: string): Uint8Array {
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    throw errors.unreadableData(path, `its gzip compression is damaged (${reasonOf(cause)})`);
  }
}

/**
 * The text of bytes in UTF-8, without its byte order mark; a lenient decoder would replace others by question marks.
 * UTF-16 without a byte order mark can be valid UTF-8: every other character of it is then a zero.
 * @throws UserError `lm.not-utf8` with the first line at fault.
 */
export function decodeText(bytes: Uint8Array, path: string): string {
  const wide = looksLikeUtf16(bytes) ? ' but seems to be UTF-16' : '';
  if (wide !== '') throw errors.notUtf8(path, 1, wide);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    return decoder.decode(bytes);
  } catch {
    throw errors.notUtf8(path, firstBadLine(bytes), '');
  }
}

/** No byte of a longer UTF-8 sequence equals a line feed, so lines decode alone. */
function firstBadLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let [line, start] = [1, 0];
  for (;;) {
    const end = bytes.indexOf(0x0a, start);
    try {
      decoder.decode(bytes.subarray(start, end < 0 ? bytes.length : end));
    } catch {
      return line;
    }
    if (end < 0) return line;
    line++;
    start = end + 1;
  }
}

/** By its byte order mark, or by zeros: of Latin letters in UTF-16 one of two bytes is zero. */
function looksLikeUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  const start = bytes.subarray(0, LOOKED_AT);
  const zeros = start.filter((byte) => byte === 0).length;
  return start.length >= 2 && zeros >= ZERO_SHARE * start.length;
}
