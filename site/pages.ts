/** The pages of the site: the repository's Markdown, at the paths that it has there, so that links work in both. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ROOT } from '../test/structure/publicEntries.ts';

export interface Page {
  /** In the repository, `docs/limits.md`. */
  readonly source: string;
  /** In the site, `docs/limits.html`. */
  readonly path: string;
  readonly text: string;
}

export interface Group {
  readonly title: string;
  readonly sources: readonly string[];
}

/** Pages by who looks for them. What no group names, and is linked, is a page all the same. */
export const GROUPS: readonly Group[] = [
  {
    title: 'Start',
    sources: [
      'README.md',
      ...markdownIn('docs/tutorials'),
      'docs/tour.md',
      'docs/studio.md',
      'examples/README.md',
      'docs/browser.md',
    ],
  },
  {
    title: 'Infinite width',
    sources: pages(
      'language',
      'limits',
      'infinite-training',
      'parametrizations',
      'optimizers',
      'recipes',
      'training',
      'kernels',
    ),
  },
  {
    title: 'Language models',
    sources: pages(
      ...[
        'data',
        'checkpoints',
        'hub',
        'settings',
        'solvers',
        'runs',
        'clusters',
        'gpu',
        'lora',
        'finetuning',
        'regime',
        'explaining',
        'results/kernels',
        'results/finetuning',
      ],
    ),
  },
  {
    title: 'Behind it',
    sources: [
      ...pages('papers', 'architecture', 'testing', 'robustness', 'dependencies'),
      'bench/README.md',
      'CHANGELOG.md',
    ],
  },
];

function pages(...names: readonly string[]): string[] {
  return names.map((name) => `docs/${name}.md`);
}

function markdownIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);
}

/** Pages of docs/ that no group has: a new one belongs into one. */
export function ungrouped(): string[] {
  const grouped = new Set(GROUPS.flatMap(({ sources }) => sources));
  return markdownIn('docs').filter((source) => !grouped.has(source));
}

/** Where a page of the repository lies in the site. */
export const pathOf = (source: string): string =>
  source.replace(/(^|\/)README\.md$/, '$1index.html').replace(/\.md$/, '.html');

export function pageAt(source: string): Page {
  return { source, path: pathOf(source), text: readFileSync(join(ROOT, source), 'utf8') };
}

/** What a link of a page leads to. */
export type Target =
  | { readonly kind: 'outside' }
  | { readonly kind: 'page'; readonly source: string; readonly anchor: string }
  /** A file that is no page. */
  | { readonly kind: 'file'; readonly path: string }
  /** A folder without a page of its own, whose files are listed. */
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'missing'; readonly path: string };

export function targetOf(from: string, target: string): Target {
  if (/^[a-z]+:/.test(target)) return { kind: 'outside' };
  const [path = '', anchor = ''] = target.split('#');
  const source = path === '' ? from : posix.normalize(posix.join(posix.dirname(from), path)).replace(/\/$/, '');
  if (!existsSync(join(ROOT, source))) return { kind: 'missing', path: source };
  if (!statSync(join(ROOT, source)).isDirectory())
    return source.endsWith('.md') ? { kind: 'page', source, anchor } : { kind: 'file', path: source };
  const readme = `${source}/README.md`;
  return existsSync(join(ROOT, readme)) ? { kind: 'page', source: readme, anchor } : { kind: 'folder', path: source };
}

/** A link from one place of the site to another. */
export const between = (from: string, to: string): string =>
  posix.relative(posix.dirname(from), to) || posix.basename(to);
