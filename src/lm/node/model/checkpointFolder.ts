import { type FileHandle, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openToRead } from '../../../runs/index.ts';
import * as errors from '../../errors.ts';
import { CHECKPOINT, type CheckpointFile, type CheckpointFiles } from '../../model/checkpointFiles.ts';
import { errorCode } from '../errorCode.ts';

/**
 * A checkpoint in a folder of the disk, as Hugging Face's libraries save it; nothing is read before it is asked for.
 * `expected` says what such a folder holds, where it is no model. A list of its files throws {@link UserError}
 * `lm.missing-folder`, opening one the errors of `openToRead`.
 */
export function checkpointFolder(folder: string, expected = CHECKPOINT): CheckpointFiles {
  return {
    folder,
    path: (name) => join(folder, name),
    list: async () => {
      try {
        return (await readdir(folder)).sort();
      } catch (cause) {
        throw errors.missingFolder(folder, expected, errorCode(cause) === 'ENOTDIR');
      }
    },
    open: async (name) => openFile(await openToRead(join(folder, name))),
  };
}

/** A file of the disk by its path. Throws the errors of opening files. */
export async function openPath(path: string): Promise<CheckpointFile> {
  return openFile(await openToRead(path));
}

async function openFile(handle: FileHandle): Promise<CheckpointFile> {
  return {
    bytes: (await handle.stat()).size,
    read: async (position, length) => {
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length; ) {
        const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
        if (bytesRead === 0) return bytes.slice(0, done);
        done += bytesRead;
      }
      return bytes;
    },
    close: () => handle.close(),
  };
}
