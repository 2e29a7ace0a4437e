/** Which files the embedded language model is, so that a page knows a run of it. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** SHA-256, in hexadecimal digits, of the files that numbers and tokens come from: as runs identify their models. */
export function embeddedModel(root: string): Readonly<Record<string, string>> {
  const folder = join(root, 'models/tiny-mlm');
  const names = readdirSync(folder).filter((name) => /\.(json|safetensors)$/.test(name));
  return Object.fromEntries(
    names.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );
}
