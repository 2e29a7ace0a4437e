/** The reference: a page for each entry of the package, from its declarations and their comments. */

import { type Declared, declaredEntries, type Entry } from './declarations.ts';
import { escaped, renderComment } from './markdown.ts';
import { between } from './pages.ts';

/** `reference/program.html` of `nexort/program`. */
export const referencePath = (specifier: string): string =>
  `reference/${specifier.replace(/^nexort\//, '').replaceAll('/', '-')}.html`;

export interface ReferencePage {
  readonly specifier: string;
  /** In the site. */
  readonly path: string;
  readonly html: string;
  /** Names with the first paragraphs of their comments, for the search. */
  readonly names: readonly { readonly name: string; readonly about: string }[];
}

export function referencePages(entries: readonly Entry[] = declaredEntries()): ReferencePage[] {
  const places = new Map<string, string>();
  for (const { specifier, values, types } of entries) {
    for (const { name } of [...values, ...types]) {
      if (!places.has(name)) places.set(name, `${referencePath(specifier)}#${name}`);
    }
  }
  return entries.map((entry) => page(entry, places));
}

function page({ specifier, about, values, types }: Entry, places: ReadonlyMap<string, string>): ReferencePage {
  const path = referencePath(specifier);
  const own = new Set([...values, ...types].map(({ name }) => name));
  /** `{@link name}` as a link where the name is exported, as code elsewhere. */
  const linked = (text: string): string =>
    text.replaceAll(/\{@link ([\w.$]+)\}/g, (_, name: string) => {
      const place = own.has(name) ? `${path}#${name}` : places.get(name);
      return place === undefined ? `\`${name}\`` : `[\`${name}\`](${between(path, place)})`;
    });
  const prose = (text: string): string => renderComment(linked(text));
  const shown = ({ name, comment = '', signature }: Declared): string =>
    `<section><h3 id="${escaped(name)}"><code>${escaped(name)}</code></h3>\n${prose(comment)}<pre tabindex="0" data-kind="ts"><code>${escaped(linkless(signature))}</code></pre></section>`;
  const part = (title: string, names: readonly Declared[]): string =>
    names.length === 0 ? '' : `<h2 id="${title.toLowerCase()}">${title}</h2>\n${names.map(shown).join('\n')}\n`;
  return {
    specifier,
    path,
    html: `<h1>${escaped(specifier)}</h1>\n${prose(about)}${part('Values', values)}${part('Types', types)}`,
    names: [...values, ...types].map(({ name, comment = '' }) => ({ name, about: comment.split('\n\n')[0] ?? '' })),
  };
}

/** Within code links are names. */
const linkless = (text: string): string => text.replaceAll(/\{@link ([\w.$]+)\}/g, '$1');
