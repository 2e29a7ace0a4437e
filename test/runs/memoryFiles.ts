import { dirname } from 'node:path';
import type { FileSystem } from '../../src/runs/files.ts';

/** A failure as the system reports it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made by a test`), { code });
}

/**
 * A file system in memory, every operation of which first waits for `turn`: a test decides in which order those of
 * several users take place.
 */
export function memoryFiles(turn: (operation: string) => Promise<void>): FileSystem {
  const folders = new Set<string>(['/']);
  const contents = new Map<string, Uint8Array>();
  const within = (folder: string) =>
    [...folders, ...contents.keys()].filter((path) => path !== '/' && dirname(path) === folder);
  const expectFolder = (path: string) => {
    if (!folders.has(path)) throw systemError(contents.has(path) ? 'ENOTDIR' : 'ENOENT');
  };
  const removeFile = (path: string) => {
    if (!contents.delete(path)) throw systemError('ENOENT');
  };
  const removeFolder = (path: string) => {
    expectFolder(path);
    if (within(path).length > 0) throw systemError('ENOTEMPTY');
    folders.delete(path);
  };
  const move = (from: string, to: string) => {
    const content = contents.get(from);
    if (content !== undefined) {
      expectFolder(dirname(to));
      contents.delete(from);
      contents.set(to, content);
      return;
    }
    expectFolder(from);
    if (folders.has(to)) removeFolder(to);
    for (const path of within(from)) {
      contents.set(path.replace(from, to), contents.get(path) ?? new Uint8Array());
      contents.delete(path);
    }
    folders.delete(from);
    folders.add(to);
  };
  return {
    create: async (path) => {
      await turn('create');
      expectFolder(dirname(path));
      if (contents.has(path)) throw systemError('EEXIST');
      contents.set(path, new Uint8Array());
      return {
        // A file that was removed meanwhile can be written all the same.
        write: async (bytes) => {
          const before = contents.get(path);
          if (before !== undefined) contents.set(path, Buffer.concat([before, bytes]));
        },
        sync: async () => {},
        close: async () => {},
      };
    },
    read: async (path) => {
      await turn('read');
      const content = contents.get(path);
      if (content === undefined) throw systemError('ENOENT');
      return content;
    },
    list: async (folder) => {
      await turn('list');
      expectFolder(folder);
      return within(folder).map((path) => ({ name: path.slice(folder.length + 1), isFolder: folders.has(path) }));
    },
    makeFolder: async (path) => {
      await turn('makeFolder');
      for (let folder = path; folder !== '/'; folder = dirname(folder)) folders.add(folder);
    },
    makeNewFolder: async (path) => {
      await turn('makeNewFolder');
      expectFolder(dirname(path));
      if (folders.has(path) || contents.has(path)) throw systemError('EEXIST');
      folders.add(path);
    },
    rename: async (from, to) => {
      await turn('rename');
      move(from, to);
    },
    removeFile: async (path) => {
      await turn('removeFile');
      removeFile(path);
    },
    removeFolder: async (path) => {
      await turn('removeFolder');
      removeFolder(path);
    },
    syncFolder: async () => {},
    removeNow: () => {},
  };
}
