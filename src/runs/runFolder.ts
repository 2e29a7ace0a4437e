import { join, resolve } from 'node:path';
import { isTemporary, writeAtomically } from './atomicWrite.ts';
import { checkFileName } from './blockNames.ts';
import { type BlockStore, createBlockStore, removeWithin, sweep } from './blockStore.ts';
import { digestOf } from './envelope.ts';
import * as errors from './errors.ts';
import { failureCode } from './failureCode.ts';
import { attempt, type FileSystem, type FolderEntry, nodeFiles } from './files.ts';
import { differences } from './identity.ts';
import { asStored } from './json.ts';
import type { Json, JsonObject } from './jsonTypes.ts';
import { LOCK, type Lock, takeLock } from './lock.ts';
import { MANIFEST, type Manifest, readManifest, writeManifest } from './manifest.ts';
import * as notices from './notices.ts';
import { machineOrigin, type Origin } from './origin.ts';
import { readIfThere } from './readIfThere.ts';
import { WORK } from './work/names.ts';

/** How often what workers shared is removed. */
const REMOVALS = 2;

/** What a run folder is opened with. */
export interface OpenOptions<Plan extends Json> {
  /** The path; made if it is absent. */
  readonly folder: string;
  /** What makes two runs the same: version of nexort, configuration, fingerprints of model and data. */
  readonly identity: JsonObject;
  /** Makes the plan, at the first start only: it is stored and used at every later one. */
  readonly plan: () => Plan | Promise<Plan>;
  /** What decides last bits besides the machine: the engine and its threads, where identity and plan do not say them. */
  readonly origin?: Pick<Origin, 'engine' | 'threads'>;
  readonly files?: FileSystem;
  /** Gets events that the user may want to know, such as a damaged block. */
  readonly onNotice?: (text: string) => void;
}

/** A run's folder, of which this process is the only user until it is closed. */
export interface RunFolder<Plan extends Json> extends BlockStore {
  /** The absolute path. */
  readonly folder: string;
  /** As it was made at the first start. */
  readonly plan: Plan;
  /** Whether the folder held this run already. */
  readonly resumed: boolean;
  /** What `finish` has stored, at this or an earlier start. */
  readonly result: Json | undefined;
  /**
   * Writes a file beside `run.json`, such as a report, whole or not at all.
   * @throws UserError `runs.write-failed`.
   */
  writeFile(name: string, content: string | Uint8Array): Promise<void>;
  /**
   * Whether a file lies beside `run.json` as `writeFile` wrote it before `finish`; one that has changed since is told of.
   * @throws UserError `runs.read-failed`.
   */
  hasFile(name: string): Promise<boolean>;
  /**
   * Marks the run as complete, takes away what its workers shared, and stores its result, in which what JSON cannot hold becomes null, as NaN does.
   * @throws UserError `runs.write-failed`.
   */
  finish(result: Json): Promise<void>;
  /**
   * Removes the run, whose results are elsewhere by now: blocks, `run.json`, and the folder if nothing else is in it; and
   * closes it.
   * @throws UserError `runs.remove-failed`.
   */
  discard(): Promise<void>;
  /** Gives the folder back. Nothing can be done with it afterwards; closing again is fine. */
  close(): Promise<void>;
}

/** What `run.json` says of a run. */
export interface StoredRun extends Manifest {
  /** The absolute path. */
  readonly folder: string;
}

/**
 * Begins a run in a new or empty folder, or continues the one that the folder holds.
 *
 * A folder that is refused is left as it is: one of anything else (`runs.foreign-folder`, `runs.not-a-folder`), of a
 * run of another command (`runs.other-job`) or with another identity (`runs.identity-mismatch`), or whose `run.json` is damaged (`runs.damaged-run`,
 * `runs.other-format`), and one that another process works on (`runs.locked`, `runs.unclear-lock`).
 * @throws UserError of these codes, `runs.write-failed` or `runs.read-failed`; what `plan` throws.
 *
 * ```ts
 * const run = await openRun({ folder, identity: { nexort: '0.1.0', task: 'afinn' }, plan: () => ({ blocks: 3 }) });
 * for (let block = 0; block < run.plan.blocks; block++) {
 *   if (!(await run.has(`square/${block}`))) await run.write(`square/${block}`, [Uint8Array.of(block ** 2)]);
 * }
 * await run.finish({ squares: run.plan.blocks });
 * await run.close();
 * ```
 */
export async function openRun<Plan extends Json>(options: OpenOptions<Plan>): Promise<RunFolder<Plan>> {
  const { files = nodeFiles, onNotice = () => {} } = options;
  const folder = resolve(options.folder);
  const identity = asStored(options.identity, 'identity');
  // Before anything is made, so that a folder that is refused stays as it is.
  const { exists, manifest: known } = await inspect(files, folder, identity);
  let lock: Lock | undefined;
  try {
    // So are plans that fail.
    const first = known === undefined ? asStored(await options.plan(), 'plan') : undefined;
    if (!exists) await makeRunFolder(files, folder);
    lock = await takeLock(files, folder, onNotice);
    const { manifest: stored } = await inspect(files, folder, identity);
    await sweep(files, folder);
    const manifest = stored ?? (await begin(files, folder, identity, first ?? asStored(await options.plan(), 'plan')));
    const resumed = stored !== undefined;
    return createRunFolder(
      { files, folder, resumed, lock, notify: onNotice, origin: machineOrigin(options.origin) },
      manifest,
    );
  } catch (cause) {
    await lock?.release();
    if (!exists) await attempt(files.removeFolder(folder));
    throw cause;
  }
}

/**
 * Reads what a run folder says of its run, whether or not a process is at work on it; nothing is written.
 * @throws UserError `runs.missing-run`, `runs.damaged-run`, `runs.other-format` or `runs.read-failed`.
 */
export async function readRun(folder: string, files: FileSystem = nodeFiles): Promise<StoredRun> {
  const path = resolve(folder);
  const manifest = await readManifest(files, path);
  if (manifest === undefined) throw errors.missingRun(path);
  return { folder: path, ...manifest };
}

/** Whether the folder exists and which run it holds; throws for one that cannot become or go on with this run. */
async function inspect(
  files: FileSystem,
  folder: string,
  identity: JsonObject,
): Promise<{ readonly exists: boolean; readonly manifest: Manifest | undefined }> {
  let entries: readonly FolderEntry[];
  try {
    entries = await files.list(folder);
  } catch (cause) {
    if (failureCode(cause) === 'ENOENT') return { exists: false, manifest: undefined };
    if (failureCode(cause) === 'ENOTDIR') throw errors.notAFolder(folder);
    throw errors.readFailed(folder, cause);
  }
  const manifest = await readManifest(files, folder);
  if (manifest === undefined) {
    // A first start that was killed early leaves a lock and unfinished files.
    const foreign = entries.filter(({ name, isFolder }) => !isTemporary(name) && !(name === LOCK && isFolder));
    if (foreign.length > 0) throw errors.foreignFolder(folder, foreign.map(({ name }) => name).sort());
  } else {
    if (identity.job !== manifest.identity.job) throw errors.otherJob(folder, identity.job, manifest.identity.job);
    const found = differences(identity, manifest.identity);
    if (found.length > 0) throw errors.identityMismatch(folder, found);
  }
  return { exists: true, manifest };
}

async function makeRunFolder(files: FileSystem, folder: string): Promise<void> {
  try {
    await files.makeFolder(folder);
  } catch (cause) {
    throw errors.writeFailed(folder, undefined, cause);
  }
}

async function begin(files: FileSystem, folder: string, identity: JsonObject, plan: Json): Promise<Manifest> {
  const started = new Date().toISOString();
  const manifest: Manifest = { status: 'started', started, finished: null, identity, plan, files: {}, result: null };
  await writeManifest(files, folder, manifest);
  return manifest;
}

interface OpenedFolder {
  readonly files: FileSystem;
  readonly folder: string;
  readonly resumed: boolean;
  readonly lock: Lock;
  readonly notify: (text: string) => void;
  readonly origin: Origin;
}

function createRunFolder<Plan extends Json>(
  { files, folder, resumed, lock, notify, origin }: OpenedFolder,
  opened: Manifest,
): RunFolder<Plan> {
  const blocks = createBlockStore({ files, run: folder, notify, origin });
  let manifest = opened;
  /** SHA-256 of results by their names. */
  const written = new Map(Object.entries(opened.files ?? {}));
  let closed = false;
  const expectOpen = () => {
    if (closed) throw errors.closed(folder);
  };
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    if (!(await lock.release())) notify(notices.lockKept(folder));
  };
  return {
    folder,
    // What `plan` gave at the first start with the same identity, unchanged by the checksum of `run.json`.
    plan: opened.plan as Plan,
    resumed,
    get result() {
      return manifest.status === 'complete' ? manifest.result : undefined;
    },
    has: async (block) => {
      expectOpen();
      return blocks.has(block);
    },
    read: async (block) => {
      expectOpen();
      return blocks.read(block);
    },
    write: async (block, parts) => {
      expectOpen();
      return blocks.write(block, parts);
    },
    remove: async (block) => {
      expectOpen();
      return blocks.remove(block);
    },
    list: async (prefix) => {
      expectOpen();
      return blocks.list(prefix);
    },
    writeFile: async (name, content) => {
      expectOpen();
      checkFileName(name);
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      await writeAtomically(files, join(folder, name), [bytes]);
      written.set(name, digestOf([bytes]).toString('hex'));
    },
    hasFile: async (name) => {
      expectOpen();
      const bytes = await readIfThere(files, join(folder, name));
      if (bytes === undefined) return false;
      const intact = written.get(name) === digestOf([bytes]).toString('hex');
      if (!intact) notify(notices.fileDamaged(name));
      return intact;
    },
    finish: async (result) => {
      expectOpen();
      const stored: Json = JSON.parse(JSON.stringify(result));
      const finished: Manifest = {
        ...manifest,
        status: 'complete',
        finished: new Date().toISOString(),
        files: Object.fromEntries(written),
        result: stored,
      };
      await writeManifest(files, folder, finished);
      manifest = finished;
      // A worker's heartbeat may rename its file between the look and the removal; the next beat finds none.
      for (let k = 0; k < REMOVALS; k++) await attempt(removeWithin(files, folder, WORK));
    },
    discard: async () => {
      expectOpen();
      // In this order what is there at any moment is a run that can go on, or none.
      await removeWithin(files, folder);
      await attempt(files.removeFile(join(folder, MANIFEST)));
      await close();
      await attempt(files.removeFolder(folder));
    },
    close,
  };
}
