/** Scripts of the benches as processes, from this checkout or another one. */

import { join, resolve } from 'node:path';
import type { Command } from './side.ts';

/** The checkout that this file is of. */
export const HERE = resolve(import.meta.dirname, '../..');

/** The script `bench/PATH` of a checkout, with the library and the packages of that checkout. */
export function script(path: string, args: readonly string[], root: string = HERE): Command {
  // In its folder, so that the loader is found among its packages.
  return { file: process.execPath, args: ['--import', 'tsx', join(root, 'bench', path), ...args], cwd: root };
}
