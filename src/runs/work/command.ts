/** The command that a run's work belongs to: workers make the run's inputs from it, as the command itself does. */

import { join } from 'node:path';
import { writeAtomically } from '../atomicWrite.ts';
import * as errors from '../errors.ts';
import { type FileSystem, nodeFiles } from '../files.ts';
import { isJsonObject } from '../json.ts';
import { readIfThere } from '../readIfThere.ts';
import { CLAIMS, COMMAND, WORK, WORKERS } from './names.ts';

/** The command that a run's work belongs to. */
export interface WorkCommand {
  /** Words after the program's name. */
  readonly arguments: readonly string[];
  /** The current folder, which relative paths start from. */
  readonly folder: string;
  /** How many units its work has. */
  readonly units: number;
  /** Whether all workers have to be of the kind of the first; by default each may say so for itself. */
  readonly sameMachines?: boolean;
}

/** Opens a run to workers, or tells them of another command for it. Throws UserError `runs.write-failed`. */
export async function openWork(run: string, command: WorkCommand, files: FileSystem = nodeFiles): Promise<void> {
  const path = join(run, WORK, COMMAND);
  await writeAtomically(files, path, [new TextEncoder().encode(`${JSON.stringify(command, undefined, 2)}\n`)]);
  for (const name of [CLAIMS, WORKERS]) await files.makeFolder(join(run, WORK, name));
}

/** Undefined where a run is not open to workers. Throws UserError `runs.damaged-run`, `runs.read-failed`. */
export async function readCommand(run: string, files: FileSystem = nodeFiles): Promise<WorkCommand | undefined> {
  const path = join(run, WORK, COMMAND);
  const bytes = await readIfThere(files, path);
  if (bytes === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw errors.damagedRun(path, 'it is not valid JSON');
  }
  const { arguments: words, folder, units, sameMachines } = isJsonObject(value) ? value : {};
  const isList = Array.isArray(words) && words.every((word) => typeof word === 'string');
  if (!isList || typeof folder !== 'string' || typeof units !== 'number')
    throw errors.damagedRun(path, 'it names no command');
  return { arguments: words, folder, units, sameMachines: sameMachines === true };
}
