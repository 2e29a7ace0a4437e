/** The run folder that a person wants to see. */

import { realpathSync, statSync } from 'node:fs';
import { noRunFolder } from './errors.ts';
import { type Beside, filesIn, runFiles } from './request.ts';

/** Throws {@link UserError} `cli.studio-run` where there is nothing to show. */
export function runFolder(given: string): Beside {
  const found = statSync(given, { throwIfNoEntry: false });
  if (found === undefined) throw noRunFolder(given, 'there is nothing of this name');
  if (!found.isDirectory()) throw noRunFolder(given, 'it is a file; its page opens files too');
  const files = runFiles(realpathSync(given));
  if (filesIn(files).length === 0) throw noRunFolder(given, 'it has no .json, .safetensors or .npz file');
  return files;
}
