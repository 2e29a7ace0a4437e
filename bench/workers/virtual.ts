/** A clock that jumps to what comes next, and a file server in memory that takes its time by it and counts what it is asked for. */

import { basename, dirname } from 'node:path';
import { required } from '../../src/errors/index.ts';
import type { FileSystem, FolderEntry } from '../../src/runs/index.ts';

/** Time in milliseconds; it passes when nothing else is left to do. */
export class VirtualClock {
  #now = 0;
  /** What sleeps, by the millisecond in which it wakes. */
  readonly #sleepers = new Map<number, (() => void)[]>();
  /** These milliseconds as a heap: the first is the least. */
  readonly #times: number[] = [];

  readonly now = (): number => this.#now;

  readonly sleep = (milliseconds: number): Promise<void> => {
    const at = this.#now + Math.max(1, Math.round(milliseconds));
    return new Promise((wake) => {
      const known = this.#sleepers.get(at);
      if (known !== undefined) {
        known.push(wake);
        return;
      }
      this.#sleepers.set(at, [wake]);
      this.#push(at);
    });
  };

  /** Lets time pass until this is over. */
  async until<T>(work: Promise<T>): Promise<T> {
    let over = false;
    const end = (): void => {
      over = true;
    };
    work.then(end, end);
    for (;;) {
      // What was woken goes as far as it can.
      await new Promise((done) => setImmediate(done));
      if (over) return work;
      this.#now = required(this.#pop(), 'anything that sleeps');
      const woken = required(this.#sleepers.get(this.#now), 'sleepers of a moment');
      this.#sleepers.delete(this.#now);
      for (const wake of woken) wake();
    }
  }

  #push(time: number): void {
    const heap = this.#times;
    let k = heap.push(time) - 1;
    while (k > 0) {
      const above = (k - 1) >> 1;
      if (this.#at(above) <= time) break;
      heap[k] = this.#at(above);
      k = above;
    }
    heap[k] = time;
  }

  #pop(): number | undefined {
    const heap = this.#times;
    const [first] = heap;
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return first;
    let k = 0;
    for (;;) {
      let below = 2 * k + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && this.#at(below + 1) < this.#at(below)) below++;
      if (this.#at(below) >= last) break;
      heap[k] = this.#at(below);
      k = below;
    }
    heap[k] = last;
    return first;
  }

  #at(k: number): number {
    return required(this.#times[k], 'time in the heap');
  }
}

/** What a server was asked for in one second. */
export interface Second {
  operations: number;
  /** Names that were read in folders. */
  names: number;
}

/** Folders in memory, each with the names in it; a file is its bytes. */
export class VirtualServer {
  readonly seconds = new Map<number, Second>();
  readonly byKind = new Map<string, number>();
  lost = 0;
  readonly #clock: VirtualClock;
  readonly #latency: number;
  readonly #folders = new Map<string, Map<string, Uint8Array | 'folder'>>([['/', new Map()]]);
  readonly #listed = new Map<string, readonly FolderEntry[]>();

  /** `latency` is of each operation, in milliseconds. */
  constructor(clock: VirtualClock, latency: number) {
    this.#clock = clock;
    this.#latency = latency;
  }

  readonly files: FileSystem = {
    create: async (path) => {
      await this.#asked('create');
      this.#set(path, new Uint8Array());
      return {
        write: async (bytes) => this.#set(path, bytes),
        sync: () => this.#asked('sync'),
        close: async () => {},
      };
    },
    read: async (path) => {
      await this.#asked('read');
      const found = this.#folders.get(dirname(path))?.get(basename(path));
      if (found === undefined || found === 'folder') throw failure('ENOENT', path);
      return found;
    },
    list: async (folder) => {
      await this.#asked('list');
      const found = this.#folders.get(folder);
      if (found === undefined) throw failure('ENOENT', folder);
      const entries =
        this.#listed.get(folder) ?? [...found].map(([name, what]) => ({ name, isFolder: what === 'folder' }));
      this.#listed.set(folder, entries);
      this.#second().names += entries.length;
      return entries;
    },
    makeFolder: async (path) => {
      await this.#asked('makeFolder');
      for (let own = path; own !== '/'; own = dirname(own))
        if (!this.#folders.has(own)) this.#folders.set(own, new Map());
      for (let own = path; own !== '/'; own = dirname(own)) this.#set(own, 'folder');
    },
    makeNewFolder: async (path) => {
      await this.#asked('makeNewFolder');
      if (this.#folders.has(path)) {
        this.lost++;
        throw failure('EEXIST', path);
      }
      this.#folders.set(path, new Map());
      this.#set(path, 'folder');
    },
    rename: async (from, to) => {
      await this.#asked('rename');
      const moved = this.#folders.get(dirname(from))?.get(basename(from));
      if (moved === undefined || moved === 'folder') throw failure('ENOENT', from);
      this.#remove(from);
      this.#set(to, moved);
    },
    removeFile: async (path) => {
      await this.#asked('removeFile');
      this.#remove(path);
    },
    removeFolder: async () => this.#asked('removeFolder'),
    syncFolder: async () => this.#asked('syncFolder'),
    removeNow: () => {},
  };

  #set(path: string, what: Uint8Array | 'folder'): void {
    const folder = dirname(path);
    const names = this.#folders.get(folder);
    if (names === undefined) throw failure('ENOENT', path);
    names.set(basename(path), what);
    this.#listed.delete(folder);
  }

  #remove(path: string): void {
    this.#folders.get(dirname(path))?.delete(basename(path));
    this.#listed.delete(dirname(path));
  }

  async #asked(kind: string): Promise<void> {
    const known = this.byKind.get(kind);
    this.byKind.set(kind, known === undefined ? 1 : known + 1);
    this.#second().operations++;
    await this.#clock.sleep(this.#latency);
  }

  #second(): Second {
    const at = Math.floor(this.#clock.now() / 1000);
    const known = this.seconds.get(at);
    if (known !== undefined) return known;
    const second = { operations: 0, names: 0 };
    this.seconds.set(at, second);
    return second;
  }
}

const failure = (code: string, path: string): Error => Object.assign(new Error(`${code}: ${path}`), { code });
