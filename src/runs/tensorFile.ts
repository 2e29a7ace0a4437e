/** One safetensors file that is replaced as a whole and checked when it is read: the checkpoint of a training. */

import { createHash } from 'node:crypto';
import { writeAtomically } from './atomicWrite.ts';
import * as errors from './errors.ts';
import { type FileSystem, nodeFiles } from './files.ts';
import { readIfThere } from './readIfThere.ts';
import { decodeMetadata, decodeTensors, encodeTensors, type Tensor } from './tensors/index.ts';

/** Tensors and texts by name. */
export interface StoredTensors {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A safetensors file that is replaced as a whole, and checked when it is read. */
export interface TensorFile {
  /** The path. */
  readonly name: string;
  /**
   * Undefined where there is no file.
   * @throws UserError `runs.damaged-tensors`, `runs.read-failed`.
   */
  read(): Promise<StoredTensors | undefined>;
  /**
   * Replaces the file: whenever the process or the machine stops, it is the one before or this one.
   * @throws UserError `runs.write-failed`.
   */
  write(stored: StoredTensors): Promise<void>;
}

const CHECKSUM = 'sha256';

/**
 * The file at a path, which need not be there yet. Its checksum is among its texts, as `sha256`. Its `read` throws
 * {@link UserError} `runs.damaged-tensors`.
 */
export function tensorFile(path: string, files: FileSystem = nodeFiles): TensorFile {
  return {
    name: path,
    read: async () => {
      const bytes = await readIfThere(files, path);
      if (bytes === undefined) return undefined;
      const where = `'${path}'`;
      const tensors = decodeTensors(bytes, where);
      const { [CHECKSUM]: checksum, ...metadata } = decodeMetadata(bytes, where);
      if (checksum === undefined) throw errors.damagedTensors(where, 'it has no checksum');
      if (checksum !== tensorsChecksum({ tensors, metadata })) {
        throw errors.damagedTensors(where, 'its checksum does not match');
      }
      return { tensors, metadata };
    },
    write: (stored) => {
      const metadata = { ...stored.metadata, [CHECKSUM]: tensorsChecksum(stored) };
      return writeAtomically(files, path, encodeTensors(stored.tensors, metadata));
    },
  };
}

/** Of the file as it would be without the checksum, its metadata in the order of their names. */
function tensorsChecksum({ tensors, metadata }: StoredTensors): string {
  const ordered = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash('sha256');
  for (const part of encodeTensors(tensors, Object.fromEntries(ordered))) hash.update(part);
  return hash.digest('hex');
}
