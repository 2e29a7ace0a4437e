/** The files of a checkpoint, wherever they are: a folder on the disk (`lm/node`), or bytes that a page has fetched. */

import * as errors from '../errors.ts';
import { type JsonObject, parseJsonObject } from './json.ts';

/** A checkpoint's files by name: `config.json`, `model.safetensors`, `tokenizer.json` and so on. */
export interface CheckpointFiles {
  /** The folder's path or address; names the checkpoint in messages. */
  readonly folder: string;
  /** The path or address of one of its files, for messages. */
  path(name: string): string;
  /** The names of all files, sorted. @throws UserError `lm.missing-folder`. */
  list(): Promise<readonly string[]>;
  /** Opens a file that is listed; it stays open until it is closed. */
  open(name: string): Promise<CheckpointFile>;
}

/** An open file. */
export interface CheckpointFile {
  /** Its size in bytes. */
  readonly bytes: number;
  /** So many bytes from a position on, in a buffer of their own; fewer only where the file ends before. */
  read(position: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

/** What a checkpoint's folder should hold, for messages. */
export const CHECKPOINT = 'a model (config.json, model.safetensors, tokenizer.json)';

/**
 * A checkpoint whose files are in memory, by their names. `folder` names it in messages: the address it comes from.
 * Reading what is not there throws {@link UserError} `lm.missing-file`.
 */
export function checkpointInMemory(files: Readonly<Record<string, Uint8Array>>, folder = 'in memory'): CheckpointFiles {
  return {
    folder,
    path: (name) => `${folder}/${name}`,
    list: async () => Object.keys(files).sort(),
    open: async (name) => {
      const bytes = Object.hasOwn(files, name) ? files[name] : undefined;
      if (bytes === undefined) throw errors.missingFile(folder, name, Object.keys(files).sort());
      return {
        bytes: bytes.length,
        // A copy even of what Node's buffers, whose slices are views, hold.
        read: async (position, length) => new Uint8Array(bytes.subarray(position, position + length)),
        close: async () => {},
      };
    },
  };
}

/**
 * Reads a file that must hold one JSON object.
 * @throws UserError `lm.missing-folder`, `lm.missing-file` or `lm.malformed-json`.
 */
export async function readJsonObject(files: CheckpointFiles, name: string): Promise<JsonObject> {
  return parseJsonObject(await readText(files, name), files.path(name));
}

/**
 * Reads a file of text in UTF-8.
 * @throws UserError `lm.missing-folder` or `lm.missing-file`.
 */
export async function readText(files: CheckpointFiles, name: string): Promise<string> {
  const found = await files.list();
  if (!found.includes(name)) throw errors.missingFile(files.folder, name, found);
  const file = await files.open(name);
  try {
    return new TextDecoder().decode(await file.read(0, file.bytes));
  } finally {
    await file.close();
  }
}

/**
 * Reads exactly `length` bytes at `position` into a buffer of its own; `path` names the file in messages.
 * @throws UserError `lm.damaged-tensors` when the file ends before.
 */
export async function readBytes(
  file: CheckpointFile,
  position: number,
  length: number,
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await file.read(position, length);
  if (bytes.length === length) return bytes;
  throw errors.damagedTensors(path, 'it ended while being read', {
    expected: position + length,
    found: position + bytes.length,
  });
}
