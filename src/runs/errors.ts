/** Every message of the room of run folders: where, what was given, what was expected, how to fix it. */

import { InvariantError, NexortError, UnsupportedError, UserError } from '../errors/index.ts';
import { gigabytes } from '../errors/wording/index.ts';
import { failureCode } from './failureCode.ts';
import type { Difference, Json } from './jsonTypes.ts';

const MAX_LISTED = 8;
const MAX_VALUE_LENGTH = 120;

const ANOTHER_FOLDER = 'give another folder (--out)';

/** By the system's code of a failure: what it means, and what to do before the command is started again. */
const FAILURES: Readonly<Record<string, { readonly reason: string; readonly fix: string }>> = {
  ENOSPC: { reason: 'the disk is full', fix: 'Free some space' },
  EDQUOT: { reason: 'your quota on this disk is used up', fix: 'Free some space' },
  EFBIG: { reason: 'it would be larger than files may be here', fix: 'Raise the limit (ulimit -f unlimited)' },
  EROFS: { reason: 'the file system is read-only', fix: 'Make it writable' },
  EACCES: { reason: 'permission is denied', fix: 'Change its permissions' },
  EPERM: { reason: 'permission is denied', fix: 'Change its permissions' },
  EMFILE: { reason: 'too many files are open in this process', fix: 'Raise the limit (ulimit -n)' },
  ENFILE: { reason: 'too many files are open on this machine', fix: 'Close some programs' },
  EIO: { reason: 'the device reports an input/output error', fix: 'Check the disk' },
  ENODEV: { reason: 'the device is gone', fix: 'Attach it again' },
  ENOENT: { reason: 'its folder has been removed', fix: 'Leave the run folder in place' },
  ENOTDIR: { reason: 'a part of its path is a file', fix: 'Give a path through folders' },
  EISDIR: { reason: 'it is a folder', fix: 'Give a file' },
  ENOTSUP: { reason: 'no folders can be made there', fix: 'Give a path on a disk' },
  ELOOP: { reason: 'a symbolic link in its path leads back to itself', fix: 'Give the path without it' },
  ESPIPE: { reason: 'it is a pipe or a device', fix: 'Save what it gives as a file' },
  ENAMETOOLONG: { reason: 'its path is too long', fix: 'Give a shorter path' },
};

function explain(cause: unknown): { readonly reason: string; readonly fix: string; readonly code: string | undefined } {
  const code = failureCode(cause);
  const known = FAILURES[code ?? ''] ?? { reason: String(cause), fix: 'Remove the cause' };
  return { reason: code === undefined ? known.reason : `${known.reason} (${code})`, fix: known.fix, code };
}

function valueText(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text;
}

// Folders

/** The path of a run folder is that of a file. */
export function notAFolder(folder: string): UserError {
  return new UserError(
    'runs.not-a-folder',
    `'${folder}' is a file or lies below one; expected a run folder, or a name at which to make one. Give another name (--out).`,
    { folder },
  );
}

/** The folder holds something that is not a run. */
export function foreignFolder(folder: string, found: readonly string[]): UserError {
  const rest = found.length - MAX_LISTED;
  const listed = found.slice(0, MAX_LISTED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
  return new UserError(
    'runs.foreign-folder',
    `Folder '${folder}' is not a run folder: it has no run.json and holds ${listed}; expected a run folder, an empty folder or none. Nothing in it was touched. To go on, ${ANOTHER_FOLDER} or empty this one.`,
    { folder, found },
  );
}

/** A folder was expected to hold a run. */
export function missingRun(folder: string): UserError {
  return new UserError(
    'runs.missing-run',
    `'${folder}' is not a run folder: it has no run.json. Check the path, or start a run with it as its folder (--out).`,
    { folder },
  );
}

/** `run.json` is not as it was written. */
export function damagedRun(file: string, problem: string): UserError {
  return new UserError(
    'runs.damaged-run',
    `${file} is damaged or not of nexort: ${problem}. Without it nobody can tell which run the folder is of. Put it back from a copy; or delete the folder to start from the beginning; or ${ANOTHER_FOLDER}.`,
    { file, problem },
  );
}

/** `run.json` is laid out as this version does not know. */
export function otherFormat(file: string, found: Json | undefined, expected: number): UserError {
  return new UserError(
    'runs.other-format',
    `${file} has run format ${valueText(found)}; this version of nexort reads format ${expected}. Use the version that began the run; or delete the folder to start from the beginning; or ${ANOTHER_FOLDER}.`,
    { file, found, expected },
  );
}

/** The folder is of a run with another configuration, model, data or version. */
export function identityMismatch(folder: string, found: readonly Difference[]): UserError {
  const lines = found.map(
    ({ entry, given, stored }) => `\n  - ${entry}: given ${valueText(given)}, stored ${valueText(stored)}`,
  );
  return new UserError(
    'runs.identity-mismatch',
    `Run folder '${folder}' holds another run; ${found.length === 1 ? '1 entry differs' : `${found.length} entries differ`}:${lines.join('')}\nRuns are not mixed. To keep both, ${ANOTHER_FOLDER}; to replace the stored one, delete the folder; to go on with it, give what is stored.`,
    { folder, differences: found },
  );
}

/** The folder is of another command. */
export function otherJob(folder: string, given: Json | undefined, stored: Json | undefined): UserError {
  return new UserError(
    'runs.other-job',
    `Run folder '${folder}' is one of nexort ${text(stored)}, and this is nexort ${text(given)}; runs are not mixed. Give another folder (--out).`,
    { folder, given, stored },
  );
}

/** Blocks of machines of several kinds are not wanted. */
export function otherMachine(folder: string, found: readonly string[]): UserError {
  return new UserError(
    'runs.other-machine',
    `Run folder '${folder}' was begun by workers on another kind of machine (${found.join('; ')}), and only machines of one kind were asked for (--same-machines). Work on such a machine, or leave the option out: last bits may differ then.`,
    { folder, differences: found },
  );
}

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : valueText(value));

// The lock

/** Another process works on the folder; `host` is given when it cannot be looked at from here. */
export function locked(folder: string, pid: number, since: string, host: string | undefined): UserError {
  const who = pid === process.pid && host === undefined ? `${pid} (this one)` : pid;
  const elsewhere =
    host === undefined
      ? ''
      : ` That process is on '${host}', on another machine or in another container: if you know that it is gone, delete '${folder}/lock'.`;
  return new UserError(
    'runs.locked',
    `Run folder '${folder}' is in use by process ${who} since ${since}; expected to be the only one. Wait until it has ended, or ${ANOTHER_FOLDER}.${elsewhere}`,
    { folder, pid, since, host: host ?? null },
  );
}

/** The lock does not tell who holds it. */
export function unclearLock(folder: string, problem: string): UserError {
  return new UserError(
    'runs.unclear-lock',
    `The lock of run folder '${folder}' does not tell who holds it: ${problem}. If no nexort is at work on this folder, delete '${folder}/lock'.`,
    { folder, problem },
  );
}

// Files

/** The system refused to write; `cause` is passed on if it is not the system's. */
export function writeFailed(file: string, bytes: number | undefined, cause: unknown): unknown {
  if (cause instanceof NexortError || failureCode(cause) === undefined) return cause;
  const { reason, fix, code } = explain(cause);
  const size = bytes === undefined ? '' : ` (${bytes} bytes)`;
  return new UserError(
    'runs.write-failed',
    `'${file}'${size} could not be written: ${reason}. ${fix}, then start the same command again: it continues from what is complete.`,
    { file, bytes: bytes ?? null, cause: code },
  );
}

/** The disk is too small for what will be written. */
export function noRoom(folder: string, bytes: number, free: number): UserError {
  return new UserError(
    'runs.no-room',
    `the run needs at least ${gigabytes(bytes)} in '${folder}', and ${gigabytes(free)} are free there. Free some space, or ${ANOTHER_FOLDER}.`,
    { folder, bytes, free },
  );
}

/** The system refused to read; `cause` is passed on if it is not the system's. */
export function readFailed(file: string, cause: unknown): unknown {
  if (cause instanceof NexortError || failureCode(cause) === undefined) return cause;
  const { reason, fix, code } = explain(cause);
  return new UserError(
    'runs.read-failed',
    `'${file}' could not be read: ${reason}. ${fix}, then start the same command again.`,
    { file, cause: code },
  );
}

/** The system refused to remove a file; `cause` is passed on if it is not the system's. */
export function removeFailed(file: string, cause: unknown): unknown {
  if (cause instanceof NexortError || failureCode(cause) === undefined) return cause;
  const { reason, fix, code } = explain(cause);
  return new UserError(
    'runs.remove-failed',
    `'${file}' could not be removed: ${reason}. ${fix}, then start the same command again.`,
    { file, cause: code },
  );
}

/** Bytes that should be tensors are not. */
export function damagedTensors(where: string, problem: string): UserError {
  return new UserError(
    'runs.damaged-tensors',
    `${where} is not a complete safetensors file of nexort: ${problem}. Delete it and compute it again.`,
    { where, problem },
  );
}

/** A file that is no array as numpy saves it, or one of another kind. */
export function badNpy(where: string, problem: string): UserError {
  return new UserError('runs.bad-npy', `${where} is no .npy file of real numbers in rows: ${problem}.`, {
    where,
    problem,
  });
}

/** The arrays are larger than an .npz file can hold. */
export function npzTooLarge(bytes: number, most: number): UnsupportedError {
  return new UnsupportedError(
    'runs.npz-too-large',
    `The arrays take ${bytes} bytes; an .npz file of nexort holds at most ${most}. Write them as safetensors, or in several files.`,
    { bytes, most },
  );
}

// Our own mistakes

/** A value that JSON does not give back. */
export function notJson(where: string, value: string): InvariantError {
  return new InvariantError('runs.not-json', `${where} is ${value}, which JSON cannot hold.`, { where, value });
}

/** A name that is not safe as a path on every system. */
export function badName(what: string, name: string, expected: string): InvariantError {
  return new InvariantError('runs.bad-name', `The ${what} name '${name}' is not usable; expected ${expected}.`, {
    what,
    name,
  });
}

/** A tensor whose numbers do not fill its shape. */
export function tensorShape(name: string, shape: readonly number[], length: number): InvariantError {
  return new InvariantError(
    'runs.tensor-shape',
    `Tensor '${name}' of shape [${shape.join(', ')}] is given with ${length} numbers.`,
    { name, shape, length },
  );
}

/** A run folder used after it was given back. */
export function closed(folder: string): InvariantError {
  return new InvariantError('runs.closed', `Run folder '${folder}' was used after it was closed.`, { folder });
}
