/** What the package hands out: its entries, and the names that each exports. */

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

export interface PublicEntry {
  /** As users import it, `nexort/program`. */
  readonly specifier: string;
  /** The file of `src` that it is compiled from. */
  readonly source: string;
  readonly types: readonly string[];
  readonly values: readonly string[];
}

/** The entries of package.json, with the names that their files list. */
export function publicEntries(): PublicEntry[] {
  const { name, exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as PackageFile; // our own file
  return Object.entries(exports).map(([path, { default: file }]) => {
    const source = join(ROOT, file.replace('./dist/', 'src/').replace(/\.js$/, '.ts'));
    return { specifier: path.replace('.', name), source, ...exportedNames(readFileSync(source, 'utf8')) };
  });
}

interface PackageFile {
  readonly name: string;
  readonly exports: Readonly<Record<string, { readonly default: string }>>;
}

/** `export { a, type B, c as d } from …`, `export type { … } from …`. */
const LIST = /^export (type )?\{([^}]*)\}/gm;
/** `export function a`, `export abstract class B`, `export const C`, `export type D`. */
const DECLARED = /^export (?:abstract |async |declare )*(function\*?|class|const|let|type|interface) (\w+)/gm;

/** Names that a file exports one by one, sorted. */
export function exportedNames(text: string): Pick<PublicEntry, 'types' | 'values'> {
  if (/^export (\*|default)/m.test(text)) throw new Error('an entry lists what it exports, by name');
  const [types, values]: [string[], string[]] = [[], []];
  for (const [, all, list = ''] of text.matchAll(LIST)) {
    for (const item of list.split(',').map((one) => one.trim())) {
      if (item === '') continue;
      const isType = all !== undefined || item.startsWith('type ');
      (isType ? types : values).push(item.replace(/^type /, '').replace(/^.* as /, ''));
    }
  }
  for (const [, kind, name = ''] of text.matchAll(DECLARED)) {
    (kind === 'type' || kind === 'interface' ? types : values).push(name);
  }
  return { types: types.sort(), values: values.sort() };
}
