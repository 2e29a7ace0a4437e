/** Reports parsed, with the library that drew their figures. */

import { decode } from 'fast-png';
import { parseHTML } from 'linkedom';
import { expect } from 'vitest';

/** What tests read of an element. */
export interface PageElement {
  readonly tagName: string;
  readonly textContent: string;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  getAttribute(name: string): string | null;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
}

/** The document of a report. */
export function parsePage(text: string): PageElement {
  return parseHTML(text).document;
}

/** The only element that a selector finds. */
export function only(within: PageElement, selector: string): PageElement {
  const found = [...within.querySelectorAll(selector)];
  expect(found, selector).toHaveLength(1);
  return found[0] ?? expect.fail(selector);
}

/** Texts of the elements that a selector finds, white space collapsed. */
export function texts(within: PageElement, selector: string): string[] {
  return [...within.querySelectorAll(selector)].map(({ textContent }) => textContent.replace(/\s+/g, ' ').trim());
}

/** The table whose caption begins with some words, row by row with the names of rows; without its caption. */
export function tableOf(page: PageElement, caption: string): string[][] {
  const table = [...page.querySelectorAll('table')].find((one) => texts(one, 'caption')[0]?.startsWith(caption));
  if (table === undefined) return expect.fail(`no table "${caption}"`);
  return [...table.querySelectorAll('tr')].map((row) => texts(row, 'th, td'));
}

/** The section under a heading of the second level. */
export function sectionOf(page: PageElement, id: string): PageElement {
  return only(page, `section[aria-labelledby="${id}"]`);
}

/** Colors of a heat map's cells in a theme, as `r,g,b` by row. */
export function cellColors(map: PageElement, theme: 'light' | 'dark'): string[][] {
  const source = only(map, `.only-${theme} image`).getAttribute('href') ?? '';
  const {
    width,
    height,
    data,
    palette = [],
  } = decode(Buffer.from(source.replace('data:image/png;base64,', ''), 'base64'));
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) => (palette[data[y * width + x] ?? -1] ?? []).slice(0, 3).join()),
  );
}
