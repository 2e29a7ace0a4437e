/** Programs from `.nex` files, with where in them things stand. */

import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { NexortError } from '../errors/index.ts';
import { nearNames, wideEncoding } from '../errors/wording/index.ts';
import { locate, type Place, type Program, parseWithPlaces } from '../program/index.ts';
import { nodeFiles } from '../runs/index.ts';
import * as errors from './errors.ts';
import { ToldError } from './toldError.ts';

/** A program that was read from a file. */
export interface ProgramFile {
  readonly path: string;
  /** As it was read. */
  readonly text: string;
  readonly program: Program;
  /** By value: where its formula or declaration stands. */
  readonly places: ReadonlyMap<string, Place>;
}

/**
 * Reads and parses a program. Throws {@link UserError} `cli.unreadable-file`, `cli.not-utf8`, and those of
 * `parseProgram` with file, line and column.
 */
export async function readProgramFile(path: string): Promise<ProgramFile> {
  const text = await readText(path, 'a program (.nex)');
  return { path, text, ...parseWithPlaces(text, path) };
}

/** A text file in UTF-8, without its byte order mark. `expected` says what it should hold. */
export async function readText(path: string, expected: string): Promise<string> {
  const bytes = await readBytes(path, expected);
  const wide = wideEncoding(bytes);
  if (wide !== undefined) throw errors.notUtf8(path, expected, wide);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw errors.notUtf8(path, expected);
  }
}

/** A file as it is. Throws {@link UserError} `cli.unreadable-file`. */
export function readBytes(path: string, expected: string): Promise<Uint8Array> {
  return nodeFiles.read(path).catch(async (cause: unknown) => {
    throw errors.unreadableFile(path, expected, cause, await neighbors(path));
  });
}

/** Files of like names in the same folder. */
async function neighbors(path: string): Promise<readonly string[]> {
  const names = await readdir(dirname(path)).catch(() => []);
  return nearNames(
    basename(path),
    names.filter((name) => name !== basename(path)),
  );
}

/** A problem with a value, shown at its place; the problem alone where the text does not name the value. */
export function placed({ path, places }: ProgramFile, node: string, problem: string, hint?: string): string {
  const place = places.get(node);
  if (place !== undefined) return locate(place, path, problem, hint);
  return [`${path}: ${problem}`, ...(hint === undefined ? [] : [hint])].join('\n');
}

/** An error about a value of the program (its data name the `node`), pointing at the value's place. */
export function located(error: unknown, file: ProgramFile): unknown {
  if (!(error instanceof NexortError) || error.kind === 'invariant') return error;
  const { node } = error.data;
  if (typeof node !== 'string' || !file.places.has(node)) return error;
  const { kind, code, data, message, stack } = error;
  return new ToldError({ kind, code, data, message: placed(file, node, message), stack });
}
