/** How names of blocks and results become paths. */

import * as errors from './errors.ts';
import { LOCK } from './lock.ts';
import { MANIFEST } from './manifest.ts';
import { WORK } from './work/names.ts';

/** The folder of the blocks in a run folder. */
export const BLOCKS = 'blocks';

/** Ends every block's file, so that block `a` and block `a/b` can both be there. */
const SUFFIX = '.block';

/** Characters that every file system takes as they are; no leading dot, which temporary files have. */
const SEGMENT = /^[A-Za-z0-9_+=@-][A-Za-z0-9._+=@-]*$/;

/**
 * A block's path relative to the folder of blocks.
 * @throws InvariantError `runs.bad-name`.
 */
export function blockPath(block: string): string {
  if (!block.split('/').every((segment) => SEGMENT.test(segment))) {
    throw errors.badName('block', block, 'letters, digits and ._+=@- in parts separated by slashes, no leading dots');
  }
  return `${block}${SUFFIX}`;
}

/** The block of a path relative to the folder of blocks; undefined for other files. */
export function blockOf(path: string): string | undefined {
  if (!path.endsWith(SUFFIX)) return undefined;
  const block = path.slice(0, -SUFFIX.length);
  return block.split('/').every((segment) => SEGMENT.test(segment)) ? block : undefined;
}

/**
 * Checks the name of a file beside `run.json`.
 * @throws InvariantError `runs.bad-name`.
 */
export function checkFileName(name: string): void {
  if (!SEGMENT.test(name) || [MANIFEST, LOCK, BLOCKS, WORK].includes(name)) {
    throw errors.badName(
      'file',
      name,
      `letters, digits and ._+=@-, and not ${MANIFEST}, ${LOCK}, ${BLOCKS} or ${WORK}`,
    );
  }
}
