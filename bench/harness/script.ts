/** Scripts of the benches as processes, from this checkout or another one. */

import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import type { Command } from './side.ts';

/** The checkout that this file is of. */
export const HERE = resolve(import.meta.dirname, '../..');

/** The script `bench/PATH` of a checkout, with the library and the packages of that checkout. */
export function script(path: string, args: readonly string[], root: string = HERE): Command {
  // In its folder, so that the loader is found among its packages.
  return { file: process.execPath, args: ['--import', 'tsx', join(root, 'bench', path), ...args], cwd: root };
}

/** The same compiled to one file before it is started, as the command line is: the loader of TypeScript would take 60 MB of the process. */
export function compiledScript(path: string, args: readonly string[], root: string = HERE): Command {
  // Below the packages of that checkout, which it loads.
  const outfile = join(root, 'node_modules/.cache/nexort-bench', path.replace(/\.ts$/, '.mjs'));
  const options = { bundle: true, format: 'esm', platform: 'node', packages: 'external' } as const;
  const build = (): void => {
    buildSync({ ...options, entryPoints: [join(root, 'bench', path)], outfile, logLevel: 'error' });
  };
  return { file: process.execPath, args: [outfile, ...args], cwd: root, build };
}
