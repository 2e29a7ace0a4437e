/** Every message about the hub: what was asked of it, what came back, how to go on. Tokens stand in none of them. */

import { UnsupportedError, UserError } from '../../../errors/index.ts';
import { gigabytes } from '../../../errors/wording/index.ts';
import { bullets, list } from '../../wording.ts';

/** A model of the hub, as names are read. */
interface Named {
  readonly name: string;
  readonly revision: string;
}

/** A model as messages name it. */
const modelText = ({ name, revision }: Named): string => `'${name}'${revision === 'main' ? '' : ` at '${revision}'`}`;

const HERE = 'nor is there a folder of that name here';

export function twoRevisions(name: string, within: string, apart: string): UserError {
  return new UserError(
    'lm.hub-revision',
    `'${name}@${within}' and --revision ${apart} name two revisions; expected one. Leave one of them out.`,
    { name, within, apart },
  );
}

export function badRevision(name: string, revision: string): UserError {
  return new UserError(
    'lm.hub-revision',
    `'${revision}' is no revision of '${name}'; expected a branch, a tag or a commit, such as main, v1.0 or refs/pr/1.`,
    { name, revision },
  );
}

/** Nothing of the model is on this machine, or not enough, and the hub may not be asked. */
export function notCached(model: Named, cache: string, lacking: readonly string[]): UserError {
  const found = lacking.length === 0 ? 'is not in the cache' : `is in the cache without ${list(lacking)}`;
  return new UserError(
    'lm.hub-not-cached',
    `The model ${modelText(model)} ${found} ('${cache}'), ${HERE}, and the hub may not be asked (--offline, HF_HUB_OFFLINE). Leave offline mode once to download it, or give the folder of a checkpoint.`,
    { ...model, cache, lacking },
  );
}

/** No answer at all. */
export function unreachableHub(address: string, reason: string): UserError {
  return new UserError(
    'lm.hub-unreachable',
    `${address} does not answer: ${reason}. Check the connection (and HF_ENDPOINT, if it is set); with --offline, models that are in the cache are used.`,
    { address, reason },
  );
}

/** An answer that is none of the hub's. */
export function strangeAnswer(address: string, problem: string): UserError {
  return new UserError(
    'lm.hub-answer',
    `${address} answers with what is none of the hub's: ${problem}. Check HF_ENDPOINT, and whether a proxy or a login page stands between.`,
    { address, problem },
  );
}

/** A status that says that the hub itself fails. */
export function failingHub(address: string, status: number): UserError {
  return new UserError(
    'lm.hub-failed',
    `${address} answers with status ${status}, again after some tries. The hub has a fault: try again later; what has been downloaded is kept.`,
    { address, status },
  );
}

export function unknownHubModel({ name }: Named, endpoint: string, token: boolean): UserError {
  const secret = token
    ? 'or this token may not see it'
    : 'or it is private, and no token is given (HF_TOKEN, hf auth login)';
  return new UserError(
    'lm.hub-unknown-model',
    `There is no model '${name}' at ${endpoint}, ${secret}; ${HERE}. Check the spelling: a model is org/name, as its page has it.`,
    { name, endpoint },
  );
}

export function unknownHubRevision({ name, revision }: Named, endpoint: string): UserError {
  return new UserError(
    'lm.hub-unknown-revision',
    `The model '${name}' has no revision '${revision}'. Choose a branch, a tag or a commit of ${endpoint}/${name}/tree/main.`,
    { name, revision },
  );
}

/** The hub does not know the token. */
export function refusedToken(endpoint: string): UserError {
  return new UserError(
    'lm.hub-token',
    `${endpoint} does not accept the token that is given (HF_TOKEN, or the file that hf auth login writes): it is wrong or no longer valid. Make one at ${endpoint}/settings/tokens, or leave it out: public models need none.`,
    { endpoint },
  );
}

/** The authors let in who asks them. */
export function gatedModel({ name }: Named, endpoint: string, token: boolean): UserError {
  const then = token
    ? 'with the account whose token is given'
    : 'then give a token of that account (HF_TOKEN, or hf auth login)';
  return new UserError(
    'lm.hub-gated',
    `The model '${name}' is gated: its authors give it to those who accept their terms. Accept them at ${endpoint}/${name}, ${then}.`,
    { name, endpoint },
  );
}

/** Any other refusal. */
export function refusedByHub(address: string, status: number, reason: string): UserError {
  return new UserError(
    'lm.hub-refused',
    `${address} is refused with status ${status}${reason === '' ? '' : `: ${reason}`}. Look at it in a browser, or give the folder of a checkpoint.`,
    { address, status },
  );
}

/** The hub lets no one ask so often. */
export function rateLimit(endpoint: string, seconds: number | undefined, token: boolean): UserError {
  const when = seconds === undefined ? 'some minutes' : `${Math.ceil(seconds)} s`;
  const more = token ? '' : ' With a token (HF_TOKEN) the limit is higher.';
  return new UserError(
    'lm.hub-rate-limit',
    `${endpoint} lets no more be asked for now (status 429). Try again in ${when}; what has been downloaded is kept.${more}`,
    { endpoint, seconds: seconds ?? null },
  );
}

/** A transfer that ends too early, again and again. */
export function brokenDownload(file: string, found: number, expected: number, reason: string): UserError {
  return new UserError(
    'lm.hub-broken-download',
    `The download of ${file} broke off at ${found} of ${expected} bytes, again after some tries: ${reason}. Start the same command again: it goes on there.`,
    { file, found, expected, reason },
  );
}

/** A file of another length than the hub's list says. */
export function wrongLength(file: string, found: number, expected: number): UserError {
  return new UserError(
    'lm.hub-wrong-length',
    `${file} is sent with ${found} bytes, and the hub's list of files has ${expected}. Nothing of it is kept. Try again; if it stays so, look whether a proxy stands between.`,
    { file, found, expected },
  );
}

/** A file with other bytes than the hub's list says. */
export function wrongChecksum(file: string, found: string, expected: string): UserError {
  return new UserError(
    'lm.hub-wrong-checksum',
    `${file} came with other bytes than the hub's list of files says: its checksum is ${found}, expected ${expected}. Nothing of it is kept. Try again; if it stays so, look whether a proxy stands between.`,
    { file, found, expected },
  );
}

/** The hub's answer has a name or a checksum that is none. */
export function suspiciousFile(model: Named, problem: string): UserError {
  return new UserError(
    'lm.hub-suspicious-file',
    `The hub's list of files of ${modelText(model)} is not used: ${problem}. Look at the model's page, or choose another one.`,
    { ...model, problem },
  );
}

/** A model whose weights are pickles only: reading these runs what is in them. */
export function picklesOnly(model: Named, pickles: readonly string[]): UnsupportedError {
  return new UnsupportedError(
    'lm.hub-pickles',
    `The model ${modelText(model)} has no safetensors, only ${list(pickles)}; pickles can run code, and are never downloaded or read. Look on its page for a revision with safetensors (often refs/pr/1, for --revision), or convert it once with Python: AutoModel.from_pretrained('${model.name}').save_pretrained('FOLDER').`,
    { ...model, pickles },
  );
}

/** A model of which needed files are not there. */
export function incompleteHubModel(model: Named, lacking: readonly string[], found: readonly string[]): UserError {
  return new UserError(
    'lm.hub-incomplete-model',
    `The model ${modelText(model)} has not all that is needed:${bullets(lacking)}\nIts files are ${list(found)}. Choose a checkpoint of a language model that transformers has saved.`,
    { ...model, lacking, found },
  );
}

/** An adapter in place of a model. */
export function hubAdapter({ name }: Named, base: string | undefined): UserError {
  const of = base === undefined ? 'its base model' : `'${base}'`;
  return new UserError(
    'lm.hub-adapter',
    `'${name}' is an adapter of LoRA, not a model; expected the model that it belongs to, ${of}. Download the adapter into a folder, and give --model ${base ?? 'ORG/NAME'} --params lora --adapter FOLDER.`,
    { name, base: base ?? null },
  );
}

/** The model is larger than what is free. */
export function noRoomInCache(model: Named, cache: string, bytes: number, free: number): UserError {
  return new UserError(
    'lm.hub-no-room',
    `The model ${modelText(model)} takes ${gigabytes(bytes)} in the cache '${cache}', and ${gigabytes(free)} are free there. Free some space, or give a cache elsewhere by HF_HUB_CACHE.`,
    { ...model, cache, bytes, free },
  );
}

/** The cache cannot be written. */
export function unwritableCache(cache: string, reason: string): UserError {
  return new UserError(
    'lm.hub-cache',
    `The cache '${cache}' cannot be written: ${reason}. Give another folder by HF_HUB_CACHE, or the folder of a checkpoint by --model.`,
    { cache, reason },
  );
}
