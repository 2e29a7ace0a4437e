import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { wideEncoding } from '../../../errors/wording/index.ts';
import { nodeFiles } from '../../../runs/index.ts';
import * as errors from '../../data/dataErrors.ts';
import type { Fingerprint } from '../../data/fingerprint.ts';
import { errorCode, reasonOf } from '../errorCode.ts';

/** A data file's text, without its byte order mark. */
export interface DataFile {
  readonly text: string;
  readonly fingerprint: Fingerprint;
}

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
 * @throws UserError `lm.not-utf8` with the first line at fault.
 */
export function decodeText(bytes: Uint8Array, path: string): string {
  const wide = wideEncoding(bytes);
  if (wide !== undefined) throw errors.notUtf8(path, 1, wide);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    return decoder.decode(bytes);
  } catch {
    throw errors.notUtf8(path, firstBadLine(bytes));
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
