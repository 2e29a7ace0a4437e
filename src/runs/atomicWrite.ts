import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import * as errors from './errors.ts';
import { attempt, type FileSystem } from './files.ts';

/** Begins the name of everything that a killed process may leave half-made. */
const TEMPORARY_PREFIX = '.nexort-';

/** A name that nobody else uses, recognized by {@link isTemporary}. */
export function temporaryName(): string {
  return `${TEMPORARY_PREFIX}${randomUUID()}`;
}

export function isTemporary(name: string): boolean {
  return name.startsWith(TEMPORARY_PREFIX);
}

/** Bytes in parts, of a file that need not be in memory as a whole. */
export type Parts = readonly Uint8Array[] | AsyncIterable<Uint8Array>;

/**
 * Writes a file so that its name holds either what it held before or all of the new bytes, whenever the process or the
 * machine stops: a new file beside it, or in another folder of the same device, on the device before it takes the name.
 * @throws UserError `runs.write-failed`, with the new file removed; what making the parts throws.
 */
export async function writeAtomically(
  files: FileSystem,
  path: string,
  parts: Parts,
  within = dirname(path),
): Promise<void> {
  const folder = dirname(path);
  const temporary = join(within, temporaryName());
  try {
    await files.makeFolder(folder);
    await writeNew(files, temporary, parts);
    await files.rename(temporary, path);
    await files.syncFolder(folder);
  } catch (cause) {
    await attempt(files.removeFile(temporary));
    const bytes = isStream(parts) ? undefined : parts.reduce((sum, part) => sum + part.length, 0);
    throw errors.writeFailed(path, bytes, cause);
  }
}

/** `Array.isArray` narrows no readonly arrays. */
const isStream = (parts: Parts): parts is AsyncIterable<Uint8Array> => Symbol.asyncIterator in parts;

/** Creates a file with these bytes, which are on the device when the promise resolves. */
export async function writeNew(files: FileSystem, path: string, parts: Parts): Promise<void> {
  const file = await files.create(path);
  try {
    for await (const part of parts) await file.write(part);
    await file.sync();
  } catch (cause) {
    await attempt(file.close());
    throw cause;
  }
  await file.close();
}
