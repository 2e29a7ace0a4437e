/**
 * One file of the hub, into the cache. The hub library downloads into a cache too, but it begins a broken download anew,
 * looks at no length and no checksum of what came, and tells no progress; here a download goes on where it broke off, and
 * a file gets its name when all of its bytes are the right ones.
 */

import { createHash } from 'node:crypto';
import { copyFile, type FileHandle, mkdir, open, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileDigest } from '../model/modelFingerprint.ts';
import * as errors from './hubErrors.ts';
import { type HubHttp, PATIENCE, reasonOfFailure, TRIES, waitBefore } from './hubHttp.ts';

/** A file as the hub lists it. */
export interface HubFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Names it in the cache: SHA-256 of its bytes, or Git's checksum, in hexadecimal digits. */
  readonly checksum: string;
  readonly address: string;
}

/** Bytes that came, more or (where a piece is thrown away) fewer than before. */
type OnBytes = (bytes: number) => void;

/** Where a file with this checksum lies. */
export const blobOf = (storage: string, { checksum }: HubFile): string => join(storage, 'blobs', checksum);

/**
 * Downloads a file to its blob, unless it is there. Throws the errors of {@link hubHttp}; {@link UserError}
 * `lm.hub-wrong-length`, `lm.hub-wrong-checksum`, `lm.hub-broken-download`.
 */
export async function downloadBlob(storage: string, file: HubFile, http: HubHttp, onBytes: OnBytes): Promise<void> {
  const blob = blobOf(storage, file);
  if ((await sizeOnDisk(blob)) === file.size) return onBytes(file.size);
  await mkdir(dirname(blob), { recursive: true });
  const partial = `${blob}.incomplete`;
  // What an earlier process has left may be of other bytes; it is worth one more download.
  const continued = (await sizeOnDisk(partial)) ?? 0;
  await receiveWhole(partial, file, http, onBytes);
  if ((await checksumOf(partial, file)) !== file.checksum && continued > 0) {
    onBytes(-file.size);
    await rm(partial);
    await receiveWhole(partial, file, http, onBytes);
  }
  const found = await checksumOf(partial, file);
  if (found !== file.checksum) {
    await rm(partial);
    throw errors.wrongChecksum(file.address, found, file.checksum);
  }
  await rename(partial, blob);
}

/** Gives a blob its name in a snapshot: by a link, or, where the system makes none, by moving it there. */
export async function linkBlob(storage: string, file: HubFile, snapshot: string): Promise<void> {
  const [blob, path] = [blobOf(storage, file), join(snapshot, file.name)];
  await mkdir(snapshot, { recursive: true });
  await rm(path, { force: true });
  try {
    await symlink(relative(dirname(path), blob), path);
  } catch {
    // Another snapshot may have the blob too.
    await copyFile(blob, path);
  }
}

/** Receives until all bytes are there; a connection that breaks is made again. */
async function receiveWhole(partial: string, file: HubFile, http: HubHttp, onBytes: OnBytes): Promise<void> {
  const before = (await sizeOnDisk(partial)) ?? 0;
  if (before > file.size) await rm(partial);
  else onBytes(before);
  for (let failures = 0; ; failures++) {
    const there = (await sizeOnDisk(partial)) ?? 0;
    if (there === file.size && there > 0) return;
    try {
      await receive(partial, there, file, http, onBytes);
      return;
    } catch (cause) {
      if (!(cause instanceof Interrupted)) throw cause;
      const now = (await sizeOnDisk(partial)) ?? 0;
      if (now > there) failures = 0;
      if (failures + 1 >= TRIES) throw errors.brokenDownload(file.address, now, file.size, cause.message);
      await http.wait(waitBefore(failures));
    }
  }
}

/** A transfer that ended before its end. */
class Interrupted extends Error {}

/** Appends what comes; `there` bytes are there already. */
async function receive(partial: string, there: number, file: HubFile, http: HubHttp, onBytes: OnBytes): Promise<void> {
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(), PATIENCE);
  let handle: FileHandle | undefined;
  try {
    const range = there > 0 ? { headers: { range: `bytes=${there}-` } } : {};
    const response = await http.fetch(file.address, { ...range, signal: stalled.signal });
    timer.refresh();
    // Who does not go on sends everything.
    const from = response.status === 206 && goesOnAt(response, there) ? there : 0;
    const announced = response.headers.get('content-length');
    if (announced !== null && from + Number(announced) !== file.size) {
      await response.body?.cancel();
      await rm(partial, { force: true });
      throw errors.wrongLength(file.address, from + Number(announced), file.size);
    }
    if (from < there) onBytes(-there);
    handle = await open(partial, from > 0 ? 'r+' : 'w');
    let position = from;
    for await (const part of response.body ?? []) {
      timer.refresh();
      if (position + part.length > file.size) {
        await handle.truncate(0);
        throw errors.wrongLength(file.address, position + part.length, file.size);
      }
      for (let done = 0; done < part.length; ) {
        done += (await handle.write(part, done, part.length - done, position + done)).bytesWritten;
      }
      position += part.length;
      onBytes(part.length);
    }
    await handle.sync();
    if (position < file.size) throw new Interrupted('the connection was closed');
  } catch (cause) {
    if (isOfConnection(cause)) throw new Interrupted(reasonOfFailure(cause));
    throw cause;
  } finally {
    clearTimeout(timer);
    await handle?.close();
  }
}

/** Whether the connection failed, and not the disk or what came. */
const isOfConnection = (thrown: unknown): boolean =>
  thrown instanceof Error &&
  (thrown.name === 'AbortError' || (thrown instanceof TypeError && thrown.cause !== undefined));

function goesOnAt({ headers }: Response, position: number): boolean {
  return headers.get('content-range')?.startsWith(`bytes ${position}-`) === true;
}

async function checksumOf(path: string, { checksum, size }: HubFile): Promise<string> {
  if (checksum.length === 64) return fileDigest(path);
  const handle = await open(path);
  try {
    // Git's name of a file.
    const hash = createHash('sha1').update(`blob ${size}\0`);
    for await (const part of handle.createReadStream({ autoClose: false })) hash.update(part as Buffer); // no encoding is set
    return hash.digest('hex');
  } finally {
    await handle.close();
  }
}

/** Bytes of a file; undefined where there is none. */
async function sizeOnDisk(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true ? found.size : undefined;
}
