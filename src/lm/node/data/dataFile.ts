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

/**
 * Reads a text file, plain or, where its name ends in `.gz`, compressed. `expected` says what it should hold.
 * @throws UserError `lm.missing-file`, `lm.unreadable-data` or `lm.not-utf8`.
 */
export async function readDataFile(path: string, expected: string): Promise<DataFile> {
  const stored = await storedBytes(path).catch((cause: unknown) => {
    if (errorCode(cause) === 'ENOENT') throw errors.missingPath(path, expected);
    throw errors.unreadableData(path, reasonOf(cause));
  });
  const sha256 = createHash('sha256').update(stored).digest('hex');
  return { text: decode(path.endsWith('.gz') ? unzip(stored, path) : stored, path), fingerprint: { path, sha256 } };
}

async function storedBytes(path: string): Promise<Buffer> {
  const { buffer, byteOffset, byteLength } = await nodeFiles.read(path);
  return Buffer.from(buffer, byteOffset, byteLength);
}

function unzip(bytes: Buffer, path: string): Buffer {
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    throw errors.unreadableData(path, `its gzip compression is damaged (${reasonOf(cause)})`);
  }
}

/** Refuses bytes that are not UTF-8, which a lenient decoder would replace by question marks. */
function decode(bytes: Buffer, path: string): string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    return decoder.decode(bytes);
  } catch {
    throw errors.notUtf8(path, firstBadLine(bytes), looksLikeUtf16(bytes) ? ' but seems to be UTF-16' : '');
  }
}

/** No byte of a longer UTF-8 sequence equals a line feed, so lines decode alone. */
function firstBadLine(bytes: Buffer): number {
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

function looksLikeUtf16([first, second]: Buffer): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}
