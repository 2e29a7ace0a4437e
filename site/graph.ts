/** Which pages there are, and what they link: from the groups of `pages.ts` along every link. */

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../test/structure/publicEntries.ts';
import { type Outline, outlineOf } from './markdown.ts';
import { between, GROUPS, type Page, pageAt, pathOf, type Target, targetOf, ungrouped } from './pages.ts';

export interface GraphPage extends Page, Outline {
  /** The text of its first heading. */
  readonly title: string;
}

export interface Folder {
  /** In the repository and in the site. */
  readonly path: string;
  readonly names: readonly string[];
}

export interface Graph {
  /** By their files in the repository. */
  readonly pages: ReadonlyMap<string, GraphPage>;
  /** Folders that pages link, whose files are listed. */
  readonly folders: readonly Folder[];
  /** Files of the repository that pages link, by their path in both. */
  readonly files: readonly string[];
  /** Links that lead nowhere, pages without a group: nothing where all is well. */
  readonly problems: readonly string[];
}

/** Reads all pages. */
export function graphOf(): Graph {
  const pages = new Map<string, GraphPage>();
  const targets: { readonly from: string; readonly to: Target }[] = [];
  const waiting = GROUPS.flatMap(({ sources }) => sources);
  for (let source = waiting.shift(); source !== undefined; source = waiting.shift()) {
    if (pages.has(source)) continue;
    const page = pageAt(source);
    const outline = outlineOf(page.text);
    pages.set(source, { ...page, ...outline, title: outline.headings[0]?.text ?? source });
    for (const target of outline.targets) {
      const to = targetOf(source, target);
      targets.push({ from: source, to });
      if (to.kind === 'page') waiting.push(to.source);
    }
  }
  const pathsOf = (kind: 'file' | 'folder'): string[] => [
    ...new Set(targets.flatMap(({ to }) => (to.kind === kind ? [to.path] : []))),
  ];
  const folders = pathsOf('folder').map((path) => ({ path, names: filesIn(path) }));
  const listed = folders.flatMap(({ path, names }) => names.map((name) => `${path}/${name}`));
  return {
    pages,
    folders,
    files: [...new Set([...pathsOf('file'), ...listed])].toSorted(),
    problems: [
      ...ungrouped().map((source) => `${source} is in no group of site/pages.ts`),
      ...targets.flatMap(({ from, to }) => problemOf(pages, from, to)),
    ],
  };
}

const filesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder)).filter((name) => statSync(join(ROOT, folder, name)).isFile());

function problemOf(pages: Graph['pages'], from: string, to: Target): string[] {
  if (to.kind === 'missing') return [`${from} links ${to.path}, which is not there`];
  if (to.kind !== 'page' || to.anchor === '') return [];
  const found = pages.get(to.source)?.headings.some(({ anchor }) => anchor === to.anchor);
  return found === true ? [] : [`${from} links ${to.source}#${to.anchor}, no heading there`];
}

/** A link of a page as it is in the site. */
export function linkIn(source: string, target: string): string {
  const to = targetOf(source, target);
  const path = pathOf(source);
  if (to.kind === 'outside') return target;
  if (to.kind === 'missing') return '#';
  if (to.kind === 'file') return between(path, to.path);
  if (to.kind === 'folder') return between(path, `${to.path}/index.html`);
  const anchor = to.anchor === '' ? '' : `#${encodeURI(to.anchor)}`;
  return `${to.source === source && anchor !== '' ? '' : between(path, pathOf(to.source))}${anchor}`;
}
