/** Parametrizations by name or from JSON files. */

import { basename } from 'node:path';
import { type Named, named, parseParametrization } from '../parametrizations/index.ts';
import { locate, type Place } from '../program/index.ts';
import * as errors from './errors.ts';
import { readText } from './programFile.ts';

/**
 * The parametrization that an option names: a name, or a file where it ends in `.json` or has folders. Throws
 * {@link UserError} `parametrizations.unknown-parametrization`, `cli.unreadable-file`, `cli.malformed-json`,
 * `parametrizations.malformed`.
 */
export async function readParametrization(given: string): Promise<Named> {
  if (!/\.json$|[\\/]/i.test(given)) return named(given);
  const text = await readText(given, 'a parametrization (.json)');
  return { parametrization: parseParametrization(parseJson(text, given), basename(given).replace(/\.json$/i, '')) };
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw errors.malformedJson(locate(placeOf(text, message), path, plain(message)));
  }
}

/** Where a text stops being JSON, by the offset in the engine's message; its end where that has none. */
function placeOf(text: string, message: string): Place {
  const at = Number(/at position (\d+)/.exec(message)?.[1] ?? text.trimEnd().length);
  const before = text.slice(0, at).split('\n');
  const line = text.split('\n')[before.length - 1] ?? '';
  const column = (before.at(-1)?.length ?? 0) + 1;
  return { line: before.length, column, length: 1, text: line.replace(/\r$/, '') };
}

/** The engine's message without its own account of the place, and without the text that it repeats. */
function plain(message: string): string {
  const problem = message
    .replace(/ in JSON at position .*$/s, '')
    .replace(/, (\.\.\.)?".*"(\.\.\.)? is not valid JSON$/s, '');
  return `${problem.slice(0, 1).toLowerCase()}${problem.slice(1)}; expected JSON`;
}
