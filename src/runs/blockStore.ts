import { basename, join } from 'node:path';
import { isTemporary, writeAtomically } from './atomicWrite.ts';
import { BLOCKS, blockOf, blockPath } from './blockNames.ts';
import { seal, unseal } from './envelope.ts';
import * as errors from './errors.ts';
import { failureCode } from './failureCode.ts';
import { attempt, type FileSystem, type FolderEntry } from './files.ts';
import * as notices from './notices.ts';
import { type Origin, originDifferences } from './origin.ts';
import { WORK } from './work/names.ts';

/** Parts of a computation on disk, each of them whole or absent. */
export interface BlockStore {
  /** Whether a block is there and intact: reads and checks all of it. */
  has(block: string): Promise<boolean>;
  /**
   * A block's bytes, or undefined where it is absent or damaged; a damaged one is told of and removed. A block that was
   * there a moment ago may be damaged now: be ready to compute it again wherever it is read. The bytes begin at a
   * multiple of 32 in their buffer.
   * @throws UserError `runs.read-failed`.
   */
  read(block: string): Promise<Uint8Array | undefined>;
  /**
   * Stores a block, in place of any of its name: `read` gives the parts as one. They must not change before the promise
   * resolves.
   * @throws UserError `runs.write-failed`; any block of the name is then as it was, and writing can be tried again.
   */
  write(block: string, parts: readonly Uint8Array[]): Promise<void>;
  /** Removes a block; one that is absent is fine. */
  remove(block: string): Promise<void>;
  /** Names of the blocks that are there, unchecked, sorted; those that begin with `prefix` only. */
  list(prefix?: string): Promise<readonly string[]>;
}

export interface StoreOptions {
  readonly files: FileSystem;
  /** Holds the folder of blocks. */
  readonly run: string;
  readonly notify: (text: string) => void;
  /** What computes the blocks that are written; they say nothing of it if absent. */
  readonly origin?: Origin;
  /** Where files are written before they take their names; by default beside these. */
  readonly within?: string;
}

/** The blocks of a run folder. What was computed on another kind of processor is told of, once for each kind. */
export function createBlockStore({ files, run, notify, origin, within }: StoreOptions): BlockStore {
  const folder = join(run, BLOCKS);
  const own = origin === undefined ? '' : JSON.stringify(origin);
  const told = new Set<string>();
  const compare = (text: string | undefined): void => {
    if (origin === undefined || text === undefined || text === own || told.has(text)) return;
    told.add(text);
    const found = originDifferences(origin, JSON.parse(text) as Origin); // as `write` below made it
    if (found.length > 0) notify(notices.mixedOrigins(found));
  };

  async function read(block: string): Promise<Uint8Array | undefined> {
    const path = join(folder, blockPath(block));
    const found = await readFile(path);
    if (found === undefined) return undefined;
    const unsealed = found instanceof Uint8Array ? unseal(block, found) : found;
    if ('content' in unsealed) {
      compare(unsealed.origin);
      return unsealed.content;
    }
    notify(notices.blockDamaged(block, unsealed.damage));
    // If it cannot be removed, it is found damaged again or replaced.
    await attempt(files.removeFile(path));
    return undefined;
  }

  async function readFile(path: string): Promise<Uint8Array | { readonly damage: string } | undefined> {
    try {
      return await files.read(path);
    } catch (cause) {
      if (failureCode(cause) === 'ENOENT') return undefined;
      if (failureCode(cause) === 'EIO') return { damage: 'the device cannot read it' };
      throw errors.readFailed(path, cause);
    }
  }

  return {
    has: async (block) => (await read(block)) !== undefined,
    read,
    write: (block, parts) => writeAtomically(files, join(folder, blockPath(block)), seal(block, parts, own), within),
    remove: (block) => removeFile(files, join(folder, blockPath(block))),
    list: async (prefix = '') => {
      const blocks = (await walk(files, folder)).map(blockOf).filter((block) => block !== undefined);
      return blocks.filter((block) => block.startsWith(prefix)).sort();
    },
  };
}

/** Removes what killed writers and contenders for the lock have left; the lock must be held. What workers hold is theirs. */
export async function sweep(files: FileSystem, run: string): Promise<void> {
  // A leftover that stays is in nobody's way.
  for (const { name, isFolder } of await listIfThere(files, run)) {
    if (!isFolder || !isTemporary(name)) continue;
    for (const owner of await listIfThere(files, join(run, name))) {
      await attempt(files.removeFile(join(run, name, owner.name)));
    }
    await attempt(files.removeFolder(join(run, name)));
  }
  for (const path of await walk(files, run)) {
    if (!path.startsWith(`${WORK}/`) && isTemporary(basename(path))) await attempt(files.removeFile(join(run, path)));
  }
}

/** Removes a folder of a run with all that is in it, by default the one of its blocks. */
export async function removeWithin(files: FileSystem, run: string, within = BLOCKS): Promise<void> {
  const folder = join(run, within);
  for (const { name, isFolder } of await listIfThere(files, folder)) {
    if (isFolder) await removeWithin(files, run, `${within}/${name}`);
    else await removeFile(files, join(folder, name));
  }
  await attempt(files.removeFolder(folder));
}

async function removeFile(files: FileSystem, path: string): Promise<void> {
  try {
    await files.removeFile(path);
  } catch (cause) {
    if (failureCode(cause) !== 'ENOENT') throw errors.removeFailed(path, cause);
  }
}

/** Paths of the files below a folder, relative to it, with slashes. */
async function walk(files: FileSystem, folder: string, within = ''): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const { name, isFolder } of await listIfThere(files, join(folder, within))) {
    const path = within === '' ? name : `${within}/${name}`;
    if (isFolder) paths.push(...(await walk(files, folder, path)));
    else paths.push(path);
  }
  return paths;
}

/** What is in a folder; nothing where it is gone, as the candidates of other contenders may be by now. */
export async function listIfThere(files: FileSystem, folder: string): Promise<readonly FolderEntry[]> {
  try {
    return await files.list(folder);
  } catch (cause) {
    if (failureCode(cause) === 'ENOENT') return [];
    throw errors.readFailed(folder, cause);
  }
}
