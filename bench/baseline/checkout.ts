/** Another checkout of nexort, whose benches' sides run beside ours. */

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { commitOf } from '../harness/machine.ts';

/** How to get a baseline. */
export const TO_GET_ONE = 'git worktree add FOLDER REVISION && (cd FOLDER && npm ci)';

const NAME = 'nexort';
/** What every process of the benches is loaded by. */
const LOADER = 'node_modules/tsx';

export interface Checkout {
  /** Absolute. */
  readonly root: string;
  readonly commit: string;
}

/** The checkout in a folder; throws an error that says what is missing there, and how to get it. */
export function findCheckout(folder: string, scripts: readonly string[]): Checkout {
  const root = resolve(folder);
  const missing = missingIn(root, scripts);
  if (missing !== undefined) throw new Error(`--against ${folder}: ${missing}. To get a baseline:\n  ${TO_GET_ONE}`);
  return { root, commit: commitOf(root) };
}

function missingIn(root: string, scripts: readonly string[]): string | undefined {
  if (nameIn(root) !== NAME) return `no checkout of ${NAME}, it has no package.json of that name`;
  const script = scripts.find((path) => !existsSync(join(root, 'bench', path)));
  if (script !== undefined) return `it has no bench/${script}, which is to run`;
  return existsSync(join(root, LOADER)) ? undefined : `it has no ${LOADER}, its packages are not installed`;
}

/** The name of the package in a folder, if it is one. */
function nameIn(root: string): unknown {
  const file = join(root, 'package.json');
  if (!existsSync(file)) return undefined;
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { readonly name?: unknown }).name; // any JSON but null, else caught
  } catch {
    return undefined;
  }
}
