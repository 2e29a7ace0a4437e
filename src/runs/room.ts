import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import * as errors from './errors.ts';
import { failureCode } from './failureCode.ts';

/**
 * Looks whether a disk has room for what will be written into a folder, which need not be there yet. Systems that do not
 * say how much is free are believed to have it.
 * @throws UserError `runs.no-room`.
 */
export async function expectRoom(folder: string, bytes: number): Promise<void> {
  const free = await freeBytes(resolve(folder));
  if (free !== undefined && free < bytes) throw errors.noRoom(folder, bytes, free);
}

async function freeBytes(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize, blocks } = await statfs(folder);
    // Without blocks it is no disk, and does not count.
    return blocks === 0 ? undefined : bavail * bsize;
  } catch (cause) {
    const above = dirname(folder);
    return failureCode(cause) === 'ENOENT' && above !== folder ? freeBytes(above) : undefined;
  }
}
