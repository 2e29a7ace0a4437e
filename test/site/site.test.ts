/** The site: every page and every link of the documentation, in memory and without the reference. */

import { beforeAll, describe, expect, it } from 'vitest';
import { declarationsOf } from '../../site/declarations.ts';
import { graphOf } from '../../site/graph.ts';
import { anchors, mathOf, render, renderComment } from '../../site/markdown.ts';
import { targetOf } from '../../site/pages.ts';
import { referencePages } from '../../site/reference.ts';
import { type Site, siteOf } from '../../site/site.ts';

it('has no link that leads nowhere, and no page without a group', () => {
  const { problems, pages, files } = graphOf();
  expect(problems).toEqual([]);
  expect(pages.size).toBeGreaterThan(30);
  expect(files).toContain('examples/own-task/task.json');
});

describe('the site', () => {
  const entry = {
    specifier: 'nexort/own',
    about: 'What it is, see {@link f}.',
    values: [
      { specifier: 'nexort/own', name: 'f', file: '', declaration: '', comment: 'For <T>.', signature: 'f<T>()' },
    ],
    types: [],
  };
  let site: Site;
  beforeAll(async () => {
    site = await siteOf({ reference: referencePages([entry]), studio: false });
  });
  const page = (path: string): string => site.pages.get(path) ?? '';

  it('has a page for every page of the repository that is linked, for folders and for entries of the package', () => {
    const { pages, folders } = site.graph;
    const paths = [
      ...[...pages.values()].map(({ path }) => path),
      ...folders.map(({ path }) => `${path}/index.html`),
      'reference/own.html',
    ];
    expect([...site.pages.keys()].toSorted()).toEqual(paths.toSorted());
    expect(paths).toContain('examples/programs/index.html');
    expect(page('examples/programs/index.html')).toContain('<a href="w-and-transpose.nex">');
  });

  it('leads from every page to every other', () => {
    expect(page('docs/tutorials/write-a-program.html')).toContain('<a href="../../index.html">nexort</a>');
    expect(page('docs/limits.html')).toMatch(/<a href="limits.html" aria-current="page">[^<]+<\/a>/);
    expect(page('docs/limits.html')).toContain('<a href="../reference/own.html">nexort/own</a>');
    expect(page('docs/papers.html')).toContain('<aside aria-label="On this page">');
  });

  it('shows declarations with their comments', () => {
    expect(page('reference/own.html')).toContain('<p>What it is, see <a href="own.html#f"><code>f</code></a>.</p>');
    expect(page('reference/own.html')).toContain('<p>For &lt;T&gt;.</p>');
  });

  it('writes formulas as MathML, and none is left as TeX', () => {
    const papers = page('docs/papers.html');
    expect(papers.split('<math').length).toBeGreaterThan(40);
    expect(papers).not.toMatch(/\\(?:mathbb|langle|frac|theta)/);
  });
});

describe('pages', () => {
  it('have the anchors that GitHub gives headings', () => {
    const anchor = anchors();
    expect(['IVb 2.6.5', 'What is `a_b`, and why?', 'Twice', 'Twice', '1 Programs'].map(anchor)).toEqual([
      'ivb-265',
      'what-is-a_b-and-why',
      'twice',
      'twice-1',
      '1-programs',
    ]);
  });

  it('keep code and HTML of comments as it is', () => {
    const page = render('a `$x$` costs $5 and $6, $x^2$\n\n```ts\nlet a = "<b>";\n```\n', (target) => target);
    expect(page).toContain('<code>$x$</code> costs $5 and $6, <math>');
    expect(page).toContain('&lt;b&gt;');
    expect(renderComment('$x$ and <b>')).toBe('<p>$x$ and &lt;b&gt;</p>\n');
  });

  it('know what their links lead to', () => {
    expect(targetOf('docs/limits.md', 'language.md#derivatives')).toEqual({
      ...{ kind: 'page', source: 'docs/language.md', anchor: 'derivatives' },
    });
    expect(targetOf('README.md', 'examples')).toMatchObject({ kind: 'page', source: 'examples/README.md' });
    expect(targetOf('examples/README.md', 'programs')).toEqual({ kind: 'folder', path: 'examples/programs' });
    expect(targetOf('README.md', 'docs/absent.md')).toEqual({ kind: 'missing', path: 'docs/absent.md' });
    expect(targetOf('README.md', 'https://example.org')).toEqual({ kind: 'outside' });
  });

  it('refuse a formula that is none', () => {
    expect(mathOf('x^2')).toContain('<msup>');
    expect(() => mathOf('\\frac{')).toThrow();
  });
});

it('declarations are whole: overloads, members, types of several lines', () => {
  const text = [
    'export declare function f(a: {',
    '    readonly b: number;',
    '}): string;',
    'export declare function f(): void;',
    '/** About g. */',
    'export interface g {',
    "    /** A brace: { */ readonly x: '}';",
    '}',
    'export type h = {',
    '    a: 1;',
    '} | 2;',
    'declare const other = 1;',
  ].join('\n');
  expect(declarationsOf(text, 'f')).toBe('function f(a: {\n    readonly b: number;\n}): string;\nfunction f(): void;');
  expect(declarationsOf(text, 'g')).toBe("interface g {\n    /** A brace: { */ readonly x: '}';\n}");
  expect(declarationsOf(text, 'h')).toBe('type h = {\n    a: 1;\n} | 2;');
  expect(() => declarationsOf(text, 'absent')).toThrow('absent is not declared');
});
