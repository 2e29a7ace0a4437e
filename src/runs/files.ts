/** The narrow interface through which run folders touch the disk, and its real implementation. */

import { constants, rmdirSync, unlinkSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { failureCode } from './failureCode.ts';

/** A file being written. */
export interface NewFile {
  /** Appends all of the bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** Waits until the device has what was written. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** A name in a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** What run folders need of a file system. Failures carry the system's `code`, such as `ENOENT`. */
export interface FileSystem {
  /** Creates a file; fails with `EEXIST` when there is one. */
  create(path: string): Promise<NewFile>;
  /** The bytes of a file; fails with `ESPIPE` for a pipe or a device, whose end may never come. */
  read(path: string): Promise<Uint8Array>;
  list(folder: string): Promise<readonly FolderEntry[]>;
  /** Makes a folder and those above it; one that is there already is fine. */
  makeFolder(path: string): Promise<void>;
  /** Makes a folder in one that is there; fails with `EEXIST` where its name is taken, so that of several makers one succeeds. */
  makeNewFolder(path: string): Promise<void>;
  /** Moves a file over any file, or a folder over an empty one or none, in one indivisible step. */
  rename(from: string, to: string): Promise<void>;
  removeFile(path: string): Promise<void>;
  /** Removes a folder; fails with `ENOTEMPTY` unless it is empty. */
  removeFolder(path: string): Promise<void>;
  /** Waits until the device has the folder's names. */
  syncFolder(path: string): Promise<void>;
  /** Removes a file, and a folder if it is empty then, at once: for the end of the process. Never throws. */
  removeNow(file: string, folder: string): void;
}

/** One system call moves at most 2³¹ − 1 bytes. */
const MAX_CALL_BYTES = 1 << 30;

/** The file system of this machine. */
export const nodeFiles: FileSystem = {
  create: async (path) => newFile(await open(path, 'wx')),
  read: readWhole,
  list: async (folder) =>
    (await readdir(folder, { withFileTypes: true })).map((entry) => ({
      name: entry.name,
      isFolder: entry.isDirectory(),
    })),
  makeFolder,
  makeNewFolder: (path) => mkdir(path),
  rename,
  removeFile: unlink,
  removeFolder: rmdir,
  syncFolder,
  removeNow: (file, folder) => {
    // Each for itself: one may be gone already. Whatever stays behind is found to be of a dead process at the next start.
    for (const remove of [() => unlinkSync(file), () => rmdirSync(folder)]) {
      try {
        remove();
      } catch {}
    }
  },
};

/** Waits for an operation that may fail in the given ways; other failures are thrown. */
export async function tolerate(codes: readonly string[], operation: Promise<void>): Promise<void> {
  try {
    await operation;
  } catch (cause) {
    if (!codes.includes(failureCode(cause) ?? '')) throw cause;
  }
}

/** Waits for an operation whose failure changes nothing. */
export async function attempt(operation: Promise<void>): Promise<boolean> {
  return operation.then(
    () => true,
    () => false,
  );
}

function newFile(handle: FileHandle): NewFile {
  return {
    write: async (bytes) => {
      // The system may take fewer bytes than offered, as it does just before a disk is full.
      for (let done = 0; done < bytes.length; ) {
        done += (await handle.write(bytes, done, Math.min(MAX_CALL_BYTES, bytes.length - done))).bytesWritten;
      }
    },
    sync: () => handle.sync(),
    close: () => handle.close(),
  };
}

/**
 * Makes a folder from the top down. Node's own `recursive` looks for ever where folders cannot be made (`/proc/x`), and
 * says of a read-only file system that something is not there.
 */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (cause) {
    const code = failureCode(cause);
    const above = dirname(path);
    if (code === 'ENOENT' && above !== path) {
      if (!(await isFolder(above))) await makeFolder(above);
      // Also where another process has made the folder above meanwhile.
      await tolerate(['EEXIST'], mkdir(path)).catch((again: unknown) => {
        if (failureCode(again) !== 'ENOENT') throw again;
        throw Object.assign(new Error('no folders can be made there'), { code: 'ENOTSUP' });
      });
    } else if (!(await isFolder(path))) {
      throw cause;
    }
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** Opening a pipe waits for its writer, without a thread that could be interrupted, but for this. Windows has none. */
const READ_AT_ONCE = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a file to read it. Fails as the system does, with `EISDIR` for a folder, and with `ESPIPE` for a pipe or a device,
 * whose end may never come.
 */
export async function openToRead(path: string): Promise<FileHandle> {
  const handle = await open(path, READ_AT_ONCE);
  const found = await handle.stat();
  if (found.isFile()) return handle;
  await handle.close();
  throw found.isDirectory()
    ? Object.assign(new Error('it is a folder'), { code: 'EISDIR' })
    : Object.assign(new Error('it is a pipe or a device'), { code: 'ESPIPE' });
}

/** Reads a file of any size; `fs.readFile` ends at 2 GiB. */
async function readWhole(path: string): Promise<Uint8Array> {
  const handle = await openToRead(path);
  try {
    const bytes = new Uint8Array((await handle.stat()).size);
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await handle.read(bytes, done, Math.min(MAX_CALL_BYTES, bytes.length - done), done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  } finally {
    await handle.close();
  }
}

/** Some systems cannot open folders; a name lost there with the power is a block computed again, not a wrong one. */
async function syncFolder(path: string): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (cause) {
    if (['EISDIR', 'EPERM', 'EACCES'].includes(failureCode(cause) ?? '')) return;
    throw cause;
  }
  try {
    await tolerate(['EINVAL', 'EPERM', 'EBADF', 'ENOTSUP'], handle.sync());
  } finally {
    await handle.close();
  }
}
