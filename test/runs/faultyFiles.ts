import type { FileSystem, NewFile } from '../../src/runs/files.ts';
import { systemError } from './memoryFiles.ts';

/** How operations fail: the code, from which one on (0 is the first), and how. */
export interface Fault {
  readonly code: string;
  readonly at: number;
  /** Only that one, or all from it on, as when a disk is gone. */
  readonly lasting: boolean;
  /** Whether the operation takes place all the same, as when a network fails on the way back. */
  readonly done: boolean;
}

/** A file system that fails, with a count of what it was asked to do. */
export interface FaultyFiles extends FileSystem {
  readonly operations: readonly string[];
  readonly failed: readonly string[];
}

/** Passes everything on to `files`, except for what the fault is. Nothing waits for the device. */
export function faultyFiles(files: FileSystem, fault?: Fault): FaultyFiles {
  const operations: string[] = [];
  const failed: string[] = [];
  /** `undo` takes back what must not remain of an operation that took place and still failed. */
  async function attempt<Result>(name: string, act: () => Promise<Result>, undo?: (result: Result) => Promise<void>) {
    const number = operations.push(name) - 1;
    const fails = fault !== undefined && (fault.lasting ? number >= fault.at : number === fault.at);
    if (!fails) return act();
    failed.push(name);
    if (fault.done) await undo?.(await act());
    throw systemError(fault.code);
  }
  const wrap = (file: NewFile): NewFile => ({
    write: (bytes) =>
      // A failing write may have written some of it.
      attempt('write', () => file.write(bytes)).catch(async (error: unknown) => {
        if (!fault?.done) await file.write(bytes.subarray(0, bytes.length >> 1));
        throw error;
      }),
    sync: () => attempt('sync', async () => {}),
    close: () => attempt('close', async () => {}).finally(() => file.close()),
  });
  return {
    operations,
    failed,
    create: async (path) =>
      wrap(
        await attempt(
          'create',
          () => files.create(path),
          (file) => file.close(),
        ),
      ),
    read: (path) => attempt('read', () => files.read(path)),
    list: (folder) => attempt('list', () => files.list(folder)),
    makeFolder: (path) => attempt('makeFolder', () => files.makeFolder(path)),
    makeNewFolder: (path) => attempt('makeNewFolder', () => files.makeNewFolder(path)),
    rename: (from, to) => attempt('rename', () => files.rename(from, to)),
    removeFile: (path) => attempt('removeFile', () => files.removeFile(path)),
    removeFolder: (path) => attempt('removeFolder', () => files.removeFolder(path)),
    syncFolder: () => attempt('syncFolder', async () => {}),
    removeNow: files.removeNow,
  };
}
