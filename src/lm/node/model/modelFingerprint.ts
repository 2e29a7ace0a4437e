import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { openToRead } from '../../../runs/index.ts';
import { checkpointFolder } from './checkpointFolder.ts';

/** The files of a checkpoint folder that its numbers and tokens come from. */
const RELEVANT = /^(config\.json|tokenizer\.json|tokenizer_config\.json|.*\.safetensors|.*\.safetensors\.index\.json)$/;

/**
 * SHA-256, in hexadecimal digits, of each file of a checkpoint folder that bears on results: two folders with equal ones
 * are the same model, wherever they lie.
 * @throws UserError `lm.missing-folder`.
 */
export async function modelFingerprint(folder: string): Promise<Readonly<Record<string, string>>> {
  return fileDigests(folder, (file) => RELEVANT.test(file));
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
