/** The site as Eleventy makes it: pages from the repository's Markdown, the reference, the search, the studio. */

import { existsSync, rmSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { type Collections, Eleventy, type PageData, type UserConfig } from '@11ty/eleventy';
import { build as buildStudio } from 'vite';
import { ROOT } from '../test/structure/publicEntries.ts';
import { type Graph, type GraphPage, graphOf, linkIn } from './graph.ts';
import { escaped, type Heading, render } from './markdown.ts';
import { between, GROUPS, pathOf } from './pages.ts';
import { type ReferencePage, referencePages } from './reference.ts';
import { searchIndex, writeSearchScript } from './search.ts';

/** The page that the studio stands in, and where the studio lies. */
const [STUDIO_PAGE, STUDIO] = ['docs/studio.md', 'studio/index.html'];
/** Where the site is written, unless told. */
const FOLDER = 'site/dist';

export interface SiteOptions {
  /** Pages of the reference; without them it is made from the package's declarations. */
  readonly reference?: readonly ReferencePage[];
  /** Whether the studio is built and stands in its page. */
  readonly studio?: boolean;
  /** The folder that the site is written into, which is emptied first. */
  readonly folder?: string;
}

/** What Eleventy is told. */
export function configure(
  config: UserConfig,
  { reference = referencePages(), studio = true, folder = FOLDER }: SiteOptions = {},
): void {
  let graph = graphOf();
  const pageOf = ({ page }: PageData): GraphPage | undefined => graph.pages.get(posix.normalize(page.inputPath));
  config.setInputDirectory('.');
  config.setIncludesDirectory('site/layouts');
  config.setOutputDirectory(folder);
  config.setTemplateFormats(['md', 'liquid']);
  config.setLiquidOptions({ outputEscape: 'escape', strictFilters: true });
  config.setLibrary('md', {
    render: (text, { page }) => {
      const source = posix.normalize(page.inputPath);
      const html = render(text, (target) => linkIn(source, target));
      return studio && source === STUDIO_PAGE ? withStudio(html) : html;
    },
  });

  config.addGlobalData('layout', 'page.liquid');
  config.addGlobalData('eleventyComputed.path', () => (data: PageData) => pageOf(data)?.path);
  // Markdown that nothing links is no page.
  config.addGlobalData('eleventyComputed.permalink', () => (data: PageData) => pageOf(data)?.path ?? false);
  config.addGlobalData('eleventyComputed.title', () => (data: PageData) => pageOf(data)?.title);
  config.addGlobalData('eleventyComputed.sections', () => (data: PageData) => sectionsOf(pageOf(data)));
  config.addGlobalData('reference', () => reference.map(({ specifier, path, html }) => ({ specifier, path, html })));
  config.addGlobalData('folders', () => graph.folders);
  config.addGlobalData('search', () => searchIndex(graph, reference));
  config.addCollection('navigation', navigation);
  config.addFilter('from', (to, path = '') => between(path, to));
  config.addFilter('encode', encodeURI);

  const copied = Object.fromEntries(graph.files.map((path) => [path, path]));
  config.addPassthroughCopy({ ...copied, 'site/style.css': 'assets/style.css' });
  config.on('eleventy.before', ({ directories, outputMode, runMode }) => {
    graph = graphOf();
    if (graph.problems.length > 0) throw new Error(graph.problems.join('\n'));
    if (outputMode === 'fs' && runMode === 'build') rmSync(directories.output, { recursive: true, force: true });
  });
  config.on('eleventy.after', async ({ directories, outputMode }) => {
    if (outputMode !== 'fs') return;
    await writeSearchScript(join(directories.output, 'assets/search.js'));
    const place = join(directories.output, STUDIO);
    if (studio && !existsSync(place)) await writeStudio(posix.dirname(place));
  });
}

const sectionsOf = (page: GraphPage | undefined): readonly Heading[] =>
  page?.headings.filter(({ level }) => level === 2) ?? [];

/** The studio below a page's title. */
function withStudio(html: string): string {
  const address = escaped(between(pathOf(STUDIO_PAGE), STUDIO));
  const frame = `<iframe class="studio" title="nexort studio" src="${address}" loading="lazy"></iframe>`;
  return html.replace('</h1>', `</h1>\n${frame}\n<p><a href="${address}">The studio on a page of its own</a></p>`);
}

/** The groups of pages and the reference, by title and path. */
function navigation(collections: Collections): readonly unknown[] {
  const pages = new Map(collections.getAll().map((page) => [posix.normalize(page.inputPath), page.data]));
  const reference = collections.getFilteredByTag('reference').map(({ data }) => data);
  const groups = GROUPS.map(({ title, sources }) => ({ title, links: sources.map((source) => pages.get(source)) }));
  return [...groups, { title: 'Reference', links: reference }].map(({ title, links }) => ({
    title,
    links: links.map((link) => ({ title: link?.title, path: link?.path })),
  }));
}

async function writeStudio(outDir: string): Promise<void> {
  await buildStudio({
    configFile: join(ROOT, 'studio/vite.config.ts'),
    // On a slow machine the bundler would warn of its own time.
    build: { outDir: resolve(outDir), emptyOutDir: true, rolldownOptions: { checks: { bundlerTimings: false } } },
    logLevel: 'warn',
  });
}

export interface Site {
  readonly graph: Graph;
  /** Pages by their path in the site. */
  readonly pages: ReadonlyMap<string, string>;
}

/** The site in memory. Throws where links lead nowhere. */
export async function siteOf(options: SiteOptions): Promise<Site> {
  const written = await generator(options).toJSON();
  const pages = written.flatMap(({ outputPath, content }) => {
    if (outputPath === false || !outputPath.endsWith('.html')) return [];
    return [[posix.relative(FOLDER, posix.normalize(outputPath)), content] as const];
  });
  return { graph: graphOf(), pages: new Map(pages) };
}

/** Writes the site. */
export async function writeSite(options: SiteOptions): Promise<void> {
  await generator(options).write();
}

const generator = (options: SiteOptions): Eleventy =>
  new Eleventy('.', options.folder ?? FOLDER, { quietMode: true, config: (config) => configure(config, options) });
