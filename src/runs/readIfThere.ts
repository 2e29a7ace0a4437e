import * as errors from './errors.ts';
import { failureCode } from './failureCode.ts';
import type { FileSystem } from './files.ts';

/**
 * The bytes of a file; undefined where there is none.
 * @throws UserError `runs.read-failed`.
 */
export async function readIfThere(files: FileSystem, path: string): Promise<Uint8Array | undefined> {
  try {
    return await files.read(path);
  } catch (cause) {
    if (failureCode(cause) === 'ENOENT') return undefined;
    throw errors.readFailed(path, cause);
  }
}
