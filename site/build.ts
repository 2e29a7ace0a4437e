/** Builds the site from the repository's pages and the package's declarations: `npm run docs`. */

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';
import MiniSearch from 'minisearch';
import { build as buildPages } from 'vite';
import { ROOT } from '../test/structure/publicEntries.ts';
import { escaped, type Framed, framed, type Link, type Navigation } from './layout.ts';
import { type Rendered, render } from './markdown.ts';
import { between, GROUPS, type Page, pageAt, pathOf, targetOf, ungrouped } from './pages.ts';
import { type ReferencePage, referencePages } from './reference.ts';

export interface Site {
  /** Files by their path in the site. */
  readonly pages: ReadonlyMap<string, string>;
  /** Files of the repository that pages link, by their path in both. */
  readonly copied: readonly string[];
  /** Links that lead nowhere, pages without a group: nothing where all is well. */
  readonly problems: readonly string[];
  /** The index that the search reads. */
  readonly search: string;
}

/** The page that the studio stands in, and where the studio lies. */
const [STUDIO_PAGE, STUDIO] = ['docs/studio.md', 'studio/index.html'];

/** All pages in memory; with `studio` that page has the studio in it, which {@link writeStudio} writes. */
export function siteOf(
  reference: readonly ReferencePage[] = referencePages(),
  { studio = false }: { readonly studio?: boolean } = {},
): Site {
  const found = new Map<string, { readonly page: Page; readonly rendered: Rendered }>();
  const folders = new Set<string>();
  const copied = new Set<string>();
  const problems = ungrouped().map((source) => `${source} is in no group of site/pages.ts`);
  const anchored: { readonly from: string; readonly source: string; readonly anchor: string }[] = [];
  const waiting = GROUPS.flatMap(({ sources }) => sources);
  for (let source = waiting.shift(); source !== undefined; source = waiting.shift()) {
    if (found.has(source)) continue;
    const page = pageAt(source);
    found.set(source, { page, rendered: render(page.text, (target) => linkOf(page, target)) });
  }

  function linkOf(page: Page, target: string): string {
    const to = targetOf(page.source, target);
    if (to.kind === 'outside') return target;
    if (to.kind === 'missing') {
      problems.push(`${page.source} links ${to.path}, which is not there`);
      return '#';
    }
    if (to.kind === 'page') {
      waiting.push(to.source);
      if (to.anchor !== '') anchored.push({ from: page.source, source: to.source, anchor: to.anchor });
      const anchor = to.anchor === '' ? '' : `#${encodeURI(to.anchor)}`;
      return `${to.source === page.source && anchor !== '' ? '' : between(page.path, pathOf(to.source))}${anchor}`;
    }
    if (to.kind === 'folder') folders.add(to.path);
    else copied.add(to.path);
    return between(page.path, to.kind === 'folder' ? `${to.path}/index.html` : to.path);
  }

  for (const { from, source, anchor } of anchored) {
    const headings = found.get(source)?.rendered.headings ?? [];
    if (!headings.some((heading) => heading.anchor === anchor))
      problems.push(`${from} links ${source}#${anchor}, no heading there`);
  }

  const lists = [...folders].map((folder): Framed => {
    const files = readdirSync(join(ROOT, folder)).filter((name) => statSync(join(ROOT, folder, name)).isFile());
    for (const name of files) copied.add(`${folder}/${name}`);
    const items = files.map((name) => `<li><a href="${escaped(name)}">${escaped(name)}</a></li>`);
    return {
      title: folder,
      path: `${folder}/index.html`,
      html: `<h1>${escaped(folder)}</h1><ul>${items.join('')}</ul>`,
      headings: [],
    };
  });
  const titleOf = ({ headings }: Rendered, source: string): string => headings[0]?.text ?? source;
  const articles = [...found.values()].map(
    ({ page, rendered }): Framed => ({
      title: titleOf(rendered, page.source),
      path: page.path,
      html: studio && page.source === STUDIO_PAGE ? withStudio(rendered.html, page) : rendered.html,
      headings: rendered.headings,
    }),
  );
  const link = (source: string): Link => {
    const one = found.get(source);
    return { title: one === undefined ? source : titleOf(one.rendered, source), path: pathOf(source) };
  };
  const navigation: Navigation[] = [
    ...GROUPS.map(({ title, sources }) => ({ title, links: sources.map(link) })),
    { title: 'Reference', links: reference.map(({ specifier, path }) => ({ title: specifier, path })) },
  ];
  const all = [...articles, ...lists, ...reference];
  return {
    pages: new Map(all.map((one) => [one.path, framed(one, navigation)])),
    copied: [...copied].toSorted(),
    problems,
    search: searchIndex([...found.values()], reference),
  };
}

/** The studio below a page's title. */
function withStudio(html: string, { path }: Page): string {
  const address = escaped(between(path, STUDIO));
  const frame = `<iframe class="studio" title="nexort studio" src="${address}" loading="lazy"></iframe>`;
  return html.replace('</h1>', `</h1>\n${frame}\n<p><a href="${address}">The studio on a page of its own</a></p>`);
}

/** Sections of pages by their headings, and exported names. */
function searchIndex(
  pages: readonly { readonly page: Page; readonly rendered: Rendered }[],
  reference: readonly ReferencePage[],
): string {
  const index = new MiniSearch({ fields: ['title', 'text'], storeFields: ['title', 'path', 'page'] });
  const sections = pages.flatMap(({ page, rendered: { headings } }) => {
    const parts = page.text
      .replaceAll(/^```[\s\S]*?^```$/gm, (block) => block.replaceAll(/^#/gm, ' '))
      .split(/^#{1,6} .*$/m)
      .slice(1);
    return headings.map(({ text, anchor }, k) => ({
      title: text,
      text: parts[k] ?? '',
      path: `${page.path}#${encodeURI(anchor)}`,
      page: headings[0]?.text ?? page.source,
    }));
  });
  const names = reference.flatMap(({ specifier, path, names: own }) =>
    own.map(({ name, about }) => ({ title: name, text: about, path: `${path}#${name}`, page: specifier })),
  );
  index.addAll([...sections, ...names].map((one, id) => ({ id, ...one })));
  return JSON.stringify(index);
}

/** Writes the site into a folder, which is emptied first. */
export async function writeSite(site: Site, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [path, text] of site.pages) write(path, text);
  for (const path of site.copied) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  write('assets/style.css', readFileSync(join(ROOT, 'site/style.css'), 'utf8'));
  write('assets/search.json', site.search);
  await bundle({
    ...{ entryPoints: [join(ROOT, 'site/search.js')], outfile: join(folder, 'assets/search.js') },
    ...{ bundle: true, minify: true, format: 'esm', target: 'es2023', logLevel: 'warning' },
  });
}

/** Builds the studio into the folder of a site that is written. */
export async function writeStudio(folder: string): Promise<void> {
  const outDir = join(folder, dirname(STUDIO));
  await buildPages({ configFile: join(ROOT, 'studio/vite.config.ts'), build: { outDir }, logLevel: 'warn' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = resolve(process.argv[2] ?? join(ROOT, 'site/dist'));
  const site = siteOf(referencePages(), { studio: true });
  await writeSite(site, folder);
  await writeStudio(folder);
  for (const problem of site.problems) process.stderr.write(`warning: ${problem}\n`);
  process.stdout.write(`${site.pages.size} pages in ${folder}\n`);
  if (site.problems.length > 0) process.exitCode = 1;
}
