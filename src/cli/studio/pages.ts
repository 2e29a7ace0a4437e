/** Where the studio's pages are: the published package has them built, a clone builds them where its sources are newer. */

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PACKAGE_ROOT } from '../packageRoot.ts';
import { notBuilt } from './errors.ts';

/** Of which sources pages were built. Names that begin with a dot are not served. */
const STATE = '.sources';

/** The folder of the pages. Throws {@link UnsupportedError} `cli.studio-not-built`. */
export async function studioPages(say: (text: string) => void, root = fileURLToPath(PACKAGE_ROOT)): Promise<string> {
  const folder = join(root, 'dist/studio');
  const isThere = existsSync(join(folder, 'index.html'));
  // Only a clone has the sources.
  if (!existsSync(join(root, 'studio/vite.config.ts'))) {
    if (!isThere) throw notBuilt(folder, 'there are no sources either');
    return folder;
  }
  const state = stateOf(root);
  const file = join(folder, STATE);
  if (isThere && existsSync(file) && readFileSync(file, 'utf8') === state) return folder;
  say('building the studio, once for these sources');
  try {
    const { build } = await import('vite');
    await build({ configFile: join(root, 'studio/vite.config.ts'), logLevel: 'error' });
    writeFileSync(file, state);
  } catch (reason) {
    throw notBuilt(folder, reason instanceof Error ? reason.message : String(reason));
  }
  return folder;
}

/** A name for the places, sizes and times of change of what pages are built from. */
function stateOf(root: string): string {
  const state = createHash('sha256');
  for (const part of ['src', 'studio']) {
    for (const path of readdirSync(join(root, part), { recursive: true, encoding: 'utf8' }).sort()) {
      const found = statSync(join(root, part, path));
      if (found.isFile()) state.update(`${part}/${path}\n${found.size} ${found.mtimeMs}\n`);
    }
  }
  return state.digest('hex');
}
