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

/**
 * Writes a file so that its name holds either what it held before or all of the new bytes, whenever the process or the
 * machine stops: a new file beside it, on the device before it takes the name.
 * @throws UserError `runs.write-failed`, with the new file removed.
 */
export async function writeAtomically(files: FileSystem, path: string, parts: readonly Uint8Array[]): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, temporaryName());
  try {
    await files.makeFolder(folder);
    await writeNew(files, temporary, parts);
    await files.rename(temporary, path);
    await files.syncFolder(folder);
  } catch (cause) {
    await attempt(files.removeFile(temporary));
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    throw errors.writeFailed(path, bytes, cause);
  }
}

/** Creates a file with these bytes, which are on the device when the promise resolves. */
export async function writeNew(files: FileSystem, path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await files.create(path);
  try {
    for (const part of parts) await file.write(part);
    await file.sync();
  } catch (cause) {
    await attempt(file.close());
    throw cause;
  }
  await file.close();
}
