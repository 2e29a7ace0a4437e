/** The frame of a page: navigation, search, the page itself and its headings. */

import type { Heading } from './markdown.ts';
import { between } from './pages.ts';

export interface Link {
  readonly title: string;
  readonly path: string;
}

export interface Navigation {
  readonly title: string;
  readonly links: readonly Link[];
}

export interface Framed {
  readonly title: string;
  /** In the site. */
  readonly path: string;
  readonly html: string;
  readonly headings: readonly Heading[];
}

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A whole HTML file. */
export function framed({ title, path, html, headings }: Framed, navigation: readonly Navigation[]): string {
  const to = (other: string): string => escaped(between(path, other));
  const groups = navigation.map(({ title: name, links }) => {
    const items = links.map(
      (link) =>
        `<li><a href="${to(link.path)}"${link.path === path ? ' aria-current="page"' : ''}>${escaped(link.title)}</a></li>`,
    );
    return `<h2>${escaped(name)}</h2>\n<ul>\n${items.join('\n')}\n</ul>`;
  });
  const contents = headings.filter(({ level }) => level === 2);
  const onPage = contents.map(
    ({ text, anchor }) => `<li><a href="#${escaped(encodeURI(anchor))}">${escaped(text)}</a></li>`,
  );
  const aside =
    contents.length < 2
      ? ''
      : `<aside aria-label="On this page"><p>On this page</p><ul>\n${onPage.join('\n')}\n</ul></aside>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · nexort</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${to('assets/style.css')}">
<script type="module" src="${to('assets/search.js')}" data-root="${to('index.html').replace(/index\.html$/, '')}"></script>
</head>
<body>
<a class="skip" href="#content">Skip to the page</a>
<header>
<a class="name" href="${to('index.html')}">nexort</a>
<search><label for="query">Search</label><input id="query" type="search" autocomplete="off"><ol id="found" hidden></ol></search>
</header>
<div class="body">
<nav aria-label="Pages"><details open><summary>Pages</summary>
${groups.join('\n')}
</details></nav>
<main id="content">
${html}
</main>
${aside}
</div>
</body>
</html>
`;
}
