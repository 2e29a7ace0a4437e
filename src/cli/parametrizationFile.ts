/** Parametrizations by name or from JSON files. */

import { basename } from 'node:path';
import { type Named, named, parseParametrization, type UpdateRule } from '../parametrizations/index.ts';
import { parseJson } from './jsonText.ts';
import { readText } from './programFile.ts';

/**
 * The parametrization that an option names: a name, for updates by a rule where there is one, or a file where it ends in `.json` or has
 * folders, which is taken as it is. Throws
 * {@link UserError} `parametrizations.unknown-parametrization`, `cli.unreadable-file`, `cli.malformed-json`,
 * `parametrizations.malformed`.
 */
export async function readParametrization(given: string, rule?: UpdateRule): Promise<Named> {
  if (!/\.json$|[\\/]/i.test(given)) return named(given, rule);
  const text = await readText(given, 'a parametrization (.json)');
  return { parametrization: parseParametrization(parseJson(text, given), basename(given).replace(/\.json$/i, '')) };
}
