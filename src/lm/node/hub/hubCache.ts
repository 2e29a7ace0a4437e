/**
 * The cache that Hugging Face's tools share (huggingface_hub, "Understand caching"):
 *
 * ```
 * CACHE/models--ORG--NAME/refs/main                     the commit that a branch or tag stood for
 * CACHE/models--ORG--NAME/blobs/CHECKSUM                the files, by their checksums
 * CACHE/models--ORG--NAME/blobs/CHECKSUM.incomplete     what a broken download has
 * CACHE/models--ORG--NAME/snapshots/COMMIT/config.json  links to them
 * ```
 */

import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isJsonObject } from '../../model/json.ts';
import { type HubName, isCommit } from './hubName.ts';

/** Names of the files of a checkpoint. */
export const [CONFIG, TOKENIZER, WEIGHTS, INDEX] = [
  'config.json',
  'tokenizer.json',
  'model.safetensors',
  'model.safetensors.index.json',
] as const;

/** A model in the cache, at one commit. */
export interface CachedModel {
  readonly name: string;
  readonly commit: string;
  /** The branches and tags that stood for it when they were last asked for. */
  readonly revisions: readonly string[];
  /** Its snapshot. */
  readonly folder: string;
  /** Needed files that it lacks. */
  readonly lacking: readonly string[];
  /** Of its files, each counted once. */
  readonly bytes: number;
}

const PREFIX = 'models--';

/** The folder of all that the cache has of a model. */
export const storageOf = (cache: string, name: string): string => join(cache, `${PREFIX}${name.replaceAll('/', '--')}`);

/** The folder of a model's files at a commit. */
export const snapshotOf = (cache: string, name: string, commit: string): string =>
  join(storageOf(cache, name), 'snapshots', commit);

/** The commit that a revision stood for when it was last asked for; undefined for an unknown one. */
export async function cachedCommit(cache: string, { name, revision }: HubName): Promise<string | undefined> {
  if (isCommit(revision)) return revision;
  const text = await readFile(join(storageOf(cache, name), 'refs', revision), 'utf8').catch(() => '');
  return isCommit(text.trim()) ? text.trim() : undefined;
}

/** What is wanted of a model. */
export type HubPart = 'checkpoint' | 'configuration';

/** What a folder lacks of a checkpoint: configuration, tokenizer, weights with all of their shards. */
export async function lackingFiles(folder: string, what: HubPart = 'checkpoint'): Promise<readonly string[]> {
  const found = await wholeFiles(folder);
  const has = (name: string): boolean => found.has(name);
  if (what === 'configuration') return [CONFIG].filter((name) => !has(name));
  const lacking: string[] = [CONFIG, TOKENIZER].filter((name) => !has(name));
  if (has(WEIGHTS)) return lacking;
  if (!has(INDEX)) return [...lacking, WEIGHTS];
  const shards = shardsOf(await readFile(join(folder, INDEX), 'utf8').catch(() => ''));
  return shards === undefined ? [...lacking, `the shards of ${INDEX}`] : [...lacking, ...shards.filter((s) => !has(s))];
}

/** The files that an index names; undefined for what is no index, or names files elsewhere. */
export function shardsOf(index: string): readonly string[] | undefined {
  let json: unknown;
  try {
    json = JSON.parse(index.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
  const map = isJsonObject(json) ? json.weight_map : undefined;
  if (!isJsonObject(map)) return undefined;
  const shards = [...new Set(Object.values(map))];
  return shards.length > 0 && shards.every(isShardName) ? shards : undefined;
}

/** A file of weights beside its index. */
const isShardName = (name: unknown): name is string =>
  typeof name === 'string' && /^[A-Za-z0-9_][\w.-]*\.safetensors$/.test(name);

/** The models in a cache, by name; those that lack what a checkpoint needs as well. */
export async function cachedModels(cache: string): Promise<readonly CachedModel[]> {
  const found: CachedModel[] = [];
  for (const entry of (await namesIn(cache)).filter((name) => name.startsWith(PREFIX))) {
    const name = entry.slice(PREFIX.length).replaceAll('--', '/');
    const revisions = await cachedRevisions(join(cache, entry, 'refs'));
    for (const commit of (await namesIn(join(cache, entry, 'snapshots'))).filter(isCommit)) {
      const folder = snapshotOf(cache, name, commit);
      found.push({
        name,
        commit,
        revisions: revisions.filter((one) => one.commit === commit).map(({ revision }) => revision),
        folder,
        lacking: await lackingFiles(folder),
        bytes: [...(await wholeFiles(folder)).values()].reduce((sum, size) => sum + size, 0),
      });
    }
  }
  return found;
}

/** The model whose snapshot a folder is; undefined for any other folder. */
export function modelOfSnapshot(folder: string): { readonly name: string; readonly commit: string } | undefined {
  const [commit, storage] = [basename(folder), basename(dirname(dirname(folder)))];
  if (!isCommit(commit) || basename(dirname(folder)) !== 'snapshots' || !storage.startsWith(PREFIX)) return undefined;
  return { name: storage.slice(PREFIX.length).replaceAll('--', '/'), commit };
}

/** Sizes of the files of a folder by name, of links those of what they lead to; none of links that lead nowhere. */
export async function wholeFiles(folder: string): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  for (const name of await namesIn(folder)) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found?.isFile() === true) sizes.set(name, found.size);
  }
  return sizes;
}

/** Branches and tags with their commits; `refs/pr/1` lies deeper. */
async function cachedRevisions(
  refs: string,
  above = '',
): Promise<readonly { readonly revision: string; readonly commit: string }[]> {
  const found: { revision: string; commit: string }[] = [];
  for (const entry of await readdir(join(refs, above), { withFileTypes: true }).catch(() => [])) {
    const revision = above === '' ? entry.name : `${above}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await cachedRevisions(refs, revision)));
    else found.push({ revision, commit: (await readFile(join(refs, revision), 'utf8').catch(() => '')).trim() });
  }
  return found;
}

/** The names in a folder, sorted; none where there is no such folder. */
async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}
