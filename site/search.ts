/** The search: an index of sections and exported names, and the script that reads it in a page. */

import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import MiniSearch from 'minisearch';
import { ROOT } from '../test/structure/publicEntries.ts';
import type { Graph } from './graph.ts';
import type { ReferencePage } from './reference.ts';

/** Sections of pages by their headings, and exported names, as `search.js` reads them. */
export function searchIndex({ pages }: Graph, reference: readonly ReferencePage[]): string {
  const index = new MiniSearch({ fields: ['title', 'text'], storeFields: ['title', 'path', 'page'] });
  const sections = [...pages.values()].flatMap(({ text, path, title, headings }) => {
    const parts = text
      .replaceAll(/^```[\s\S]*?^```$/gm, (block) => block.replaceAll(/^#/gm, ' '))
      .split(/^#{1,6} .*$/m)
      .slice(1);
    return headings.map((heading, k) => ({
      title: heading.text,
      text: parts[k] ?? '',
      path: `${path}#${encodeURI(heading.anchor)}`,
      page: title,
    }));
  });
  const names = reference.flatMap(({ specifier, path, names: own }) =>
    own.map(({ name, about }) => ({ title: name, text: about, path: `${path}#${name}`, page: specifier })),
  );
  index.addAll([...sections, ...names].map((one, id) => ({ id, ...one })));
  return JSON.stringify(index);
}

/** Writes the script of the search, with what it imports in it. */
export async function writeSearchScript(file: string): Promise<void> {
  const inputs = { entryPoints: [join(ROOT, 'site/search.js')], outfile: file };
  await bundle({ ...inputs, bundle: true, minify: true, format: 'esm', target: 'es2023', logLevel: 'warning' });
}
