/** What the hub has of a model, by the hub library; only what a checkpoint is read from counts. */

import { CHAT_TEMPLATE_FILE } from '../../text/chatErrors.ts';
import { CONFIG, type HubPart, INDEX, TOKENIZER, WEIGHTS } from './hubCache.ts';
import type { HubFile } from './hubDownload.ts';
import * as errors from './hubErrors.ts';
import type { HubHttp } from './hubHttp.ts';
import { type HubName, isCommit } from './hubName.ts';

/** Files that are read where a model has them. */
const OPTIONAL: readonly string[] = ['tokenizer_config.json', 'special_tokens_map.json', CHAT_TEMPLATE_FILE];

const PICKLE = /\.(bin|pt|pth|ckpt|pkl|pickle)$/;

/** The files of a model at a commit. */
export interface HubListing {
  readonly commit: string;
  /** Those to download now: configuration, tokenizer, and the weights or their index. */
  readonly files: readonly HubFile[];
  /** A file beside an index. @throws UserError `lm.hub-incomplete-model`. */
  shard(name: string): HubFile;
}

/** The library is loaded where a model is asked for, not at every start. */
const hubLibrary = () => import('@huggingface/hub');

/**
 * The commit that a revision stands for. Throws the errors of {@link hubHttp}; {@link UserError} `lm.hub-answer`.
 */
export async function commitOf({ name, revision }: HubName, endpoint: string, http: HubHttp): Promise<string> {
  const { modelInfo } = await hubLibrary();
  const { sha } = await asked(endpoint, () =>
    modelInfo({ name, revision, additionalFields: ['sha'], hubUrl: endpoint, fetch: http.fetch }),
  );
  if (typeof sha !== 'string' || !isCommit(sha)) throw errors.strangeAnswer(endpoint, 'it names no commit');
  return sha;
}

/**
 * The files of a model at a commit. Throws the errors of {@link hubHttp}; {@link UserError} `lm.hub-answer`,
 * `lm.hub-suspicious-file`, `lm.hub-adapter`, `lm.hub-incomplete-model`; UnsupportedError `lm.hub-pickles`.
 */
export async function listHubFiles(
  model: HubName,
  commit: string,
  endpoint: string,
  http: HubHttp,
  what: HubPart = 'checkpoint',
): Promise<HubListing> {
  const { listFiles } = await hubLibrary();
  const { name } = model;
  const files = new Map<string, HubFile>();
  await asked(endpoint, async () => {
    // Folders below hold other forms of the model, such as onnx/.
    for await (const { type, path, size, oid, lfs } of listFiles({
      repo: { type: 'model', name },
      revision: commit,
      hubUrl: endpoint,
      fetch: http.fetch,
    })) {
      const checksum = lfs?.oid ?? oid ?? '';
      if (type !== 'file' || path.includes('/')) continue;
      files.set(path, { name: path, size, checksum, address: `${endpoint}/${name}/resolve/${commit}/${path}` });
    }
  });
  const found = [...files.keys()].sort();
  const wanted = (file: string): HubFile => {
    const listed = files.get(file);
    if (listed === undefined) throw errors.incompleteHubModel(model, [file], found);
    // It names a file in the cache.
    if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(listed.checksum)) {
      throw errors.suspiciousFile(model, `the checksum of ${file} is ${JSON.stringify(listed.checksum)}`);
    }
    if (!Number.isSafeInteger(listed.size) || listed.size < 0) {
      throw errors.suspiciousFile(model, `the size of ${file} is ${listed.size}`);
    }
    return listed;
  };
  const has = (file: string): boolean => files.has(file);
  if (has('adapter_config.json') && !has(CONFIG)) throw errors.hubAdapter(model, await baseOf(files, http));
  if (what === 'configuration') return { commit, files: [wanted(CONFIG)], shard: wanted };
  const weights = [WEIGHTS, INDEX].find(has);
  const pickles = found.filter((file) => PICKLE.test(file) && /model/.test(file));
  if (weights === undefined && has(CONFIG) && pickles.length > 0) throw errors.picklesOnly(model, pickles);
  const lacking = [CONFIG, TOKENIZER].filter((file) => !has(file));
  if (lacking.length > 0 || weights === undefined) {
    const more = weights === undefined ? [`${WEIGHTS} (or ${INDEX})`] : [];
    throw errors.incompleteHubModel(model, [...lacking, ...more], found);
  }
  const names = [CONFIG, ...OPTIONAL.filter(has), TOKENIZER, weights];
  return { commit, files: names.map(wanted), shard: wanted };
}

/** The model that an adapter belongs to, as its own file says. */
async function baseOf(files: ReadonlyMap<string, HubFile>, http: HubHttp): Promise<string | undefined> {
  const file = files.get('adapter_config.json');
  if (file === undefined) return undefined;
  const json: unknown = await http
    .fetch(file.address)
    .then((response) => response.json())
    .catch(() => undefined);
  const base = typeof json === 'object' && json !== null && 'base_model_name_or_path' in json ? json : undefined;
  return typeof base?.base_model_name_or_path === 'string' ? base.base_model_name_or_path : undefined;
}

/** Asks by the library; what it cannot read is no answer of the hub. */
async function asked<T>(endpoint: string, question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof TypeError)) throw cause;
    throw errors.strangeAnswer(endpoint, cause.message);
  }
}
