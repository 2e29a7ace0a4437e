/** A model of the hub as a checkpoint folder: the snapshot in the cache, downloaded where it is not there. */

import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { NexortError, UserError } from '../../../errors/index.ts';
import { expectRoom, type Lock, nodeFiles, takeLock, writeAtomically } from '../../../runs/index.ts';
import { errorCode, reasonOf } from '../errorCode.ts';
import {
  cachedCommit,
  type HubPart,
  INDEX,
  lackingFiles,
  shardsOf,
  snapshotOf,
  storageOf,
  wholeFiles,
} from './hubCache.ts';
import { blobOf, downloadBlob, type HubFile, linkBlob } from './hubDownload.ts';
import * as errors from './hubErrors.ts';
import { type HubHttp, hubHttp } from './hubHttp.ts';
import { commitOf, type HubListing, listHubFiles } from './hubList.ts';
import { type HubName, isCommit } from './hubName.ts';
import type { HubPlaces } from './hubPlaces.ts';

/** How a model is got. */
export interface HubOptions {
  readonly places: HubPlaces;
  /** What is got: all that a checkpoint is read from, or its configuration alone. Default `checkpoint`. */
  readonly what?: HubPart;
  /** Told before a download: what it takes. */
  readonly onDownload?: (bytes: number) => void;
  /** The share of the download done, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
  readonly onNotice?: (text: string) => void;
  /** Waits between tries; the clock's own by default. */
  readonly wait?: (milliseconds: number) => Promise<void>;
}

/** A model in the cache, whole. */
export interface HubSnapshot {
  /** A checkpoint folder. */
  readonly folder: string;
  readonly commit: string;
}

/** Between looks whether another process has ended its download. */
const LOOK_AGAIN = 1000;

/**
 * Gets a model's checkpoint folder. A revision is asked for at the hub each time, but for a commit that the cache has; where
 * the hub does not answer, what the cache has is used and told. Nothing but configuration, tokenizer and safetensors is
 * downloaded; a snapshot gets its files when all have come, each with the hub's length and checksum.
 *
 * Throws {@link UserError} `lm.hub-…` (hubErrors.ts), `runs.no-room`.
 */
export async function hubModel(model: HubName, options: HubOptions): Promise<HubSnapshot> {
  const { places, what = 'checkpoint', onNotice = () => {}, wait } = options;
  const { cache, endpoint, offline } = places;
  const known = await cachedCommit(cache, model);
  const folder = known === undefined ? undefined : snapshotOf(cache, model.name, known);
  const lacking = folder === undefined ? [] : await lackingFiles(folder, what);
  const cached =
    known === undefined || folder === undefined || lacking.length > 0 ? undefined : { folder, commit: known };
  if (offline) {
    if (cached !== undefined) return cached;
    throw errors.notCached(model, cache, folder !== undefined && (await wholeFiles(folder)).size > 0 ? lacking : []);
  }
  if (cached !== undefined && isCommit(model.revision)) return cached;
  const http = hubHttp(model, places, onNotice, wait);
  let listing: HubListing;
  try {
    listing = await listHubFiles(model, await commitOf(model, endpoint, http), endpoint, http, what);
  } catch (cause) {
    if (cached === undefined || !passes(cause)) throw cause;
    onNotice(`${cause.message.split('. ')[0]}. The model is taken from the cache as it was (commit ${cached.commit}).`);
    return cached;
  }
  return download(model, listing, options, http);
}

/** Whether an error is of the hub at this time, and not of the model. */
const passes = (thrown: unknown): thrown is UserError =>
  thrown instanceof UserError && ['lm.hub-unreachable', 'lm.hub-failed', 'lm.hub-rate-limit'].includes(thrown.code);

/** Downloads what the snapshot lacks. */
async function download(
  model: HubName,
  listing: HubListing,
  { places: { cache }, what = 'checkpoint', onDownload, onProgress, onNotice = () => {} }: HubOptions,
  http: HubHttp,
): Promise<HubSnapshot> {
  const { commit } = listing;
  const { name, revision } = model;
  const [folder, storage] = [snapshotOf(cache, name, commit), storageOf(cache, name)];
  const snapshot = { folder, commit };
  const writesRef = !isCommit(revision) && (await cachedCommit(cache, model)) !== commit;
  const index = listing.files.find((file) => file.name === INDEX);
  if ((await lackingOf(folder, listing.files)).length === 0 && (await lackingFiles(folder, what)).length === 0) {
    // A cache that cannot be written is as good here.
    if (writesRef) await writeRevision(storage, revision, commit).catch(() => {});
    return snapshot;
  }
  let lock: Lock | undefined;
  try {
    lock = await onlyProcess(cache, storage, onNotice, http);
    if (index !== undefined) await downloadBlob(storage, index, http, () => {});
    const files = [...listing.files, ...(await shardFiles(model, listing, storage, index))];
    const lacking = await lackingOf(folder, files);
    const bytes = lacking.reduce((sum, { size }) => sum + size, 0);
    await expectRoom(storage, bytes).catch((cause: unknown) => {
      const free = cause instanceof UserError ? cause.data.free : undefined;
      throw typeof free === 'number' ? errors.noRoomInCache(model, cache, bytes, free) : cause;
    });
    onDownload?.(bytes);
    let received = 0;
    for (const file of lacking) {
      await downloadBlob(storage, file, http, (more) => {
        received += more;
        onProgress?.(bytes === 0 ? 1 : received / bytes);
      });
    }
    for (const file of lacking) await linkBlob(storage, file, folder);
    if (writesRef) await writeRevision(storage, revision, commit);
    return snapshot;
  } catch (cause) {
    if (cause instanceof NexortError || errorCode(cause) === undefined) throw cause;
    throw errors.unwritableCache(cache, reasonOf(cause));
  } finally {
    await lock?.release();
  }
}

/** The shards that an index names, as the hub lists them. */
async function shardFiles(
  model: HubName,
  listing: HubListing,
  storage: string,
  index: HubFile | undefined,
): Promise<readonly HubFile[]> {
  if (index === undefined) return [];
  const shards = shardsOf(await readFile(blobOf(storage, index), 'utf8'));
  if (shards === undefined) {
    throw errors.suspiciousFile(model, `${INDEX} does not name files of weights that lie beside it`);
  }
  return shards.map((shard) => listing.shard(shard));
}

/** Files that a snapshot does not have, or has with another length. */
async function lackingOf(folder: string, files: readonly HubFile[]): Promise<readonly HubFile[]> {
  const there = await wholeFiles(folder);
  return files.filter(({ name, size }) => there.get(name) !== size);
}

/** What a branch or tag stands for now. */
async function writeRevision(storage: string, revision: string, commit: string): Promise<void> {
  await writeAtomically(nodeFiles, join(storage, 'refs', revision), [new TextEncoder().encode(commit)]);
}

/** Waits until no other process downloads this model. */
async function onlyProcess(
  cache: string,
  storage: string,
  notify: (text: string) => void,
  { wait }: HubHttp,
): Promise<Lock> {
  const folder = join(cache, '.locks', basename(storage));
  await nodeFiles.makeFolder(folder);
  for (let told = false; ; told = true) {
    try {
      return await takeLock(nodeFiles, folder, () => {});
    } catch (cause) {
      if (!(cause instanceof UserError) || cause.code !== 'runs.locked') throw cause;
      if (!told) notify('another process downloads this model; waiting until it has ended');
      await wait(LOOK_AGAIN);
    }
  }
}
