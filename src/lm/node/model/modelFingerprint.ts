import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { openToRead } from '../../../runs/index.ts';
import { readJsonObject } from '../../model/checkpointFiles.ts';
import type { JsonObject } from '../../model/json.ts';
import { CHAT_TEMPLATE_FILE } from '../../text/chatErrors.ts';
import { tokensOfMapAlone } from '../../text/tokenizerSettings.ts';
import { checkpointFolder } from './checkpointFolder.ts';

/** The files of a checkpoint folder that its numbers and tokens come from. */
const RELEVANT = /^(config\.json|tokenizer\.json|tokenizer_config\.json|.*\.safetensors|.*\.safetensors\.index\.json)$/;

const SPECIAL_TOKENS = 'special_tokens_map.json';

/**
 * SHA-256, in hexadecimal digits, of each file of a checkpoint folder that bears on results: two folders with equal ones
 * are the same model, wherever they lie. Of `special_tokens_map.json` it is that of the tokens which that file alone names;
 * where there are none, it bears on nothing and is not there. A chat template's own file bears on results where prompts go
 * through it, `chat`.
 * @throws UserError `lm.missing-folder`, `lm.malformed-json`.
 */
export async function modelFingerprint(folder: string, chat = false): Promise<Readonly<Record<string, string>>> {
  const digests = await fileDigests(folder, (file) => RELEVANT.test(file) || (chat && file === CHAT_TEMPLATE_FILE));
  const tokens = await specialTokensOfMap(folder);
  if (Object.keys(tokens).length === 0) return digests;
  const digest = createHash('sha256').update(JSON.stringify(tokens)).digest('hex');
  return { ...digests, [SPECIAL_TOKENS]: digest };
}

async function specialTokensOfMap(folder: string): Promise<JsonObject> {
  const files = checkpointFolder(folder);
  const found = await files.list();
  const optional = async (name: string) => (found.includes(name) ? readJsonObject(files, name) : {});
  return tokensOfMapAlone(await optional('tokenizer_config.json'), await optional(SPECIAL_TOKENS));
}

/** SHA-256, in hexadecimal digits, of the files of a folder that are wanted. @throws UserError `lm.missing-folder`. */
export async function fileDigests(
  folder: string,
  wanted: (file: string) => boolean,
): Promise<Readonly<Record<string, string>>> {
  const found = await checkpointFolder(folder).list();
  const digests: Record<string, string> = {};
  for (const name of found.filter(wanted)) digests[name] = await fileDigest(join(folder, name));
  return digests;
}

/** SHA-256 of a file, in hexadecimal digits. */
export async function fileDigest(file: string): Promise<string> {
  const hash = createHash('sha256');
  const stream = (await openToRead(file)).createReadStream({ highWaterMark: 1 << 22 });
  for await (const part of stream) hash.update(part as Buffer); // no encoding is set
  return hash.digest('hex');
}
