import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import * as errors from '../errors.ts';

/** A JSON object of unknown content: what a checkpoint's files hold before they are checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The names in a folder, sorted. `holding` says what the folder should hold, for the message.
 * @throws UserError `lm.missing-folder` when there is no such folder.
 */
export async function listFolder(folder: string, holding: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (cause) {
    throw errors.missingFolder(folder, holding, errorCode(cause) === 'ENOTDIR');
  }
}

/**
 * Reads a file that must hold one JSON object.
 * @throws UserError `lm.missing-file` or `lm.malformed-json`.
 */
export async function readJsonObject(file: string): Promise<JsonObject> {
  const text = await readFile(file, 'utf8').catch(async (cause: unknown) => {
    const folder = dirname(file);
    throw errorCode(cause) === 'ENOENT'
      ? errors.missingFile(folder, basename(file), await listFolder(folder, 'a model'))
      : cause;
  });
  return parseJsonObject(text, file);
}

/**
 * Parses text that must be one JSON object; `where` names its place in messages.
 * @throws UserError `lm.malformed-json`.
 */
export function parseJsonObject(text: string, where: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw errors.malformedJson(where, cause instanceof Error ? cause.message : String(cause));
  }
  if (!isJsonObject(value)) throw errors.malformedJson(where, `expected an object {...}, found ${describe(value)}`);
  return value;
}

/** Whether a parsed JSON value is an object, neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}

/** The system's code of a failed file operation (`ENOENT`, ...), if it has one. */
export function errorCode(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}
