/** `run.json`: what a run folder is the folder of, how far it has got, and its result. */

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { NexortError } from '../errors/index.ts';
import { nestingProblem } from '../errors/wording/index.ts';
import { writeAtomically } from './atomicWrite.ts';
import * as errors from './errors.ts';
import type { FileSystem } from './files.ts';
import { isJsonObject } from './json.ts';
import type { Json, JsonObject } from './jsonTypes.ts';
import { readIfThere } from './readIfThere.ts';

export interface Manifest {
  readonly status: 'started' | 'complete';
  /** Times as in ISO 8601. */
  readonly started: string;
  readonly finished: string | null;
  readonly identity: JsonObject;
  readonly plan: Json;
  /** SHA-256 of the files beside `run.json` that were written before `finish`, by their names. */
  readonly files?: Readonly<Record<string, string>>;
  /** Null until the run is complete. */
  readonly result: Json;
}

/** The name of the file in a run folder. */
export const MANIFEST = 'run.json';

const KIND = 'nexort-run';
const FORMAT = 1;

/**
 * Reads a folder's `run.json`; undefined where there is none.
 * @throws UserError `runs.damaged-run`, `runs.other-format` or `runs.read-failed`.
 */
export async function readManifest(files: FileSystem, folder: string): Promise<Manifest | undefined> {
  const path = join(folder, MANIFEST);
  const bytes = await readIfThere(files, path);
  return bytes === undefined ? undefined : parse(path, bytes);
}

/** @throws UserError `runs.write-failed`. */
export async function writeManifest(files: FileSystem, folder: string, manifest: Manifest): Promise<void> {
  const body = { kind: KIND, format: FORMAT, ...manifest };
  const text = JSON.stringify({ ...body, checksum: checksumOf(body) }, undefined, 2);
  await writeAtomically(files, join(folder, MANIFEST), [new TextEncoder().encode(`${text}\n`)]);
}

function parse(path: string, bytes: Uint8Array): Manifest {
  let value: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const problem = nestingProblem(text);
    if (problem !== undefined) throw errors.damagedRun(path, problem);
    value = JSON.parse(text);
  } catch (cause) {
    if (cause instanceof NexortError) throw cause;
    throw errors.damagedRun(path, `it is not valid JSON (${cause instanceof Error ? cause.message : cause})`);
  }
  if (!isJsonObject(value) || value.kind !== KIND) throw errors.damagedRun(path, `it has no "kind": "${KIND}"`);
  if (value.format !== FORMAT) throw errors.otherFormat(path, value.format, FORMAT);
  const { checksum, ...body } = value;
  if (checksum !== checksumOf(body)) throw errors.damagedRun(path, 'its checksum does not match');
  // Written by `writeManifest` and unchanged since, by its checksum.
  return body as unknown as Manifest;
}

/** Of the values, not of the layout: reading JSON and writing it keeps the order of keys. */
function checksumOf(body: JsonObject | (Manifest & { readonly kind: string })): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('hex');
}
