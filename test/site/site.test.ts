/** The site: every page and every link of the documentation, in memory and without the reference. */

import { describe, expect, it } from 'vitest';
import { siteOf } from '../../site/build.ts';
import { declarationsOf } from '../../site/declarations.ts';
import { anchors, mathOf, render } from '../../site/markdown.ts';
import { targetOf } from '../../site/pages.ts';

describe('the site', () => {
  const site = siteOf([]);

  it('has a page for every page of the repository that is linked, and no link that leads nowhere', () => {
    expect(site.problems).toEqual([]);
    for (const path of ['index.html', 'docs/limits.html', 'docs/tutorials/write-a-program.html', 'examples/index.html'])
      expect(site.pages.has(path), path).toBe(true);
    expect(site.copied).toContain('examples/own-task/task.json');
  });

  it('writes formulas as MathML, and none is left as TeX', () => {
    const papers = site.pages.get('docs/papers.html') ?? '';
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
    expect(page.html).toContain('<code>$x$</code> costs $5 and $6, <math>');
    expect(page.html).toContain('&lt;b&gt;');
    expect(render('$x$ and <b>', (target) => target, { plain: true }).html).toBe('<p>$x$ and &lt;b&gt;</p>\n');
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
