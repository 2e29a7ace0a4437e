/** The doc comments of what the package exports, found where each name is declared. */

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PublicEntry } from './publicEntries.ts';

export interface PublicName {
  /** `nexort/program`. */
  readonly specifier: string;
  readonly name: string;
  /** The file that declares it, and its text there: `export function …` up to the first line's end. */
  readonly file: string;
  readonly declaration: string;
  /** Without stars and slashes; `undefined` where no comment stands above the declaration. */
  readonly comment: string | undefined;
}

/** Every exported name of an entry, types and values, with the comment above its declaration. */
export function publicNames({ specifier, source, types, values }: PublicEntry): PublicName[] {
  return [...values, ...types].map((name) => ({ specifier, name, ...declared(source, name) }));
}

const LIST = /^export (?:type )?\{([^}]*)\}(?: from '([^']+)')?/gm;
const IMPORT = /^import (?:type )?\{([^}]*)\} from '([^']+)'/gm;

/** Follows re-exports to the file that declares a name. */
function declared(file: string, name: string): Pick<PublicName, 'file' | 'declaration' | 'comment'> {
  const text = readFileSync(file, 'utf8');
  const own = declarationIn(text, name);
  if (own !== undefined) return { file, ...own };
  for (const pattern of [LIST, IMPORT]) {
    for (const [, list = '', from] of text.matchAll(pattern)) {
      if (from === undefined) continue;
      for (const item of list.split(',')) {
        const [inner = '', outer = inner] = item
          .trim()
          .replace(/^type /, '')
          .split(' as ');
        if (outer === name) return declared(join(dirname(file), from), inner);
      }
    }
  }
  throw new Error(`${file} exports ${name}, and where it is declared is not found`);
}

/** `export function name`, `function name` and the like; overloads count from the first. */
function declarationIn(text: string, name: string): Pick<PublicName, 'declaration' | 'comment'> | undefined {
  const lines = text.split('\n');
  const kinds = 'function\\*?|class|const|let|type|interface|namespace';
  const pattern = new RegExp(`^(?:export )?(?:declare |abstract |async )*(?:${kinds}) ${name}(?![\\w$])`);
  const at = lines.findIndex((line) => pattern.test(line));
  if (at < 0) return undefined;
  return { declaration: lines[at] ?? '', comment: commentAbove(lines, at) };
}

/** The text of the doc comment that ends on the line above, without comments for tools between. */
function commentAbove(lines: readonly string[], at: number): string | undefined {
  let last = at - 1;
  while (/^\/\/ biome-ignore/.test(lines[last] ?? '')) last--;
  if (!/\*\/$/.test(lines[last] ?? '')) return undefined;
  let first = last;
  while (first > 0 && !/^\/\*\*/.test(lines[first] ?? '')) first--;
  if (!/^\/\*\*/.test(lines[first] ?? '')) return undefined;
  return lines
    .slice(first, last + 1)
    .map((line) => line.replace(/^\/\*\*\s?|\s*\*\/$|^ \* ?/g, ''))
    .join('\n')
    .trim();
}
