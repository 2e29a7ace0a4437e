/** The site as `npm run docs` writes it, and in Chromium: links, widths, search, and what axe finds. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, posix } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { referencePages } from '../../site/reference.ts';
import { type Site, siteOf, writeSite } from '../../site/site.ts';
import { findBrowser } from '../../src/cli/doctor/extras.ts';
import { seriousFindings } from '../support/axe.ts';

const browserPath = findBrowser();
const TYPES: Readonly<Record<string, string>> = {
  ...{ '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' },
  ...{ '.svg': 'image/svg+xml', '.png': 'image/png', '.json': 'application/json' },
};

let folder = '';
let site: Site | undefined;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nexort-site-'));
  const reference = referencePages();
  site = await siteOf({ reference });
  await writeSite({ reference, folder });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('has a page for each entry of the package', () => {
  expect(readFileSync(join(folder, 'reference/program.html'), 'utf8')).toContain('id="parseProgram"');
});

it('links only what is there, to the anchor', () => {
  const pages = site?.pages ?? new Map<string, string>();
  const known = new Set([
    ...pages.keys(),
    ...(site?.graph.files ?? []),
    'assets/style.css',
    'assets/search.js',
    'studio/index.html',
  ]);
  const broken: string[] = [];
  for (const [path, html] of pages) {
    for (const [, link = ''] of html.matchAll(/ (?:href|src)="([^"]*)"/g)) {
      if (/^(?:[a-z]+:)/.test(link)) continue;
      const [file = '', anchor] = decodeURI(link).split('#');
      const to = file === '' ? path : posix.join(posix.dirname(path), file);
      const found = pages.get(to)?.includes(`id="${anchor}"`);
      if (!known.has(to) || (anchor !== undefined && anchor !== '' && found !== true)) broken.push(`${path}: ${link}`);
    }
  }
  expect(broken).toEqual([]);
});

describe.skipIf(browserPath === undefined)('in Chromium (skipped where none is on the PATH)', () => {
  let browser: Browser;
  let server: Server;
  let origin = '';
  beforeAll(async () => {
    server = createServer(({ url = '' }, response) => {
      const path = decodeURI(url.split(/[?#]/)[0] ?? '').replace(/\/$/, '/index.html');
      try {
        const body = readFileSync(join(folder, path));
        response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'text/plain' }).end(body);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`; // it listens on a port
    browser = await chromium.launch({ executablePath: browserPath ?? '', args: ['--headless', '--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
    await new Promise((closed) => server.close(closed));
  });

  it.each([
    [390, 'light'],
    [1920, 'dark'],
  ] as const)('no page is broken at a width of %i, and axe finds nothing serious, %s', async (width, colorScheme) => {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const messages: string[] = [];
    page.on('console', (message) => messages.push(`${page.url()}: ${message.text()}`));
    page.on('pageerror', (error) => messages.push(`${page.url()}: ${error.message}`));
    page.on('response', (response) => {
      if (response.status() >= 400) messages.push(`${response.url()}: ${response.status()}`);
    });
    const wide: string[] = [];
    const serious: unknown[] = [];
    for (const path of site?.pages.keys() ?? []) {
      await page.goto(origin + path, { waitUntil: 'load' });
      const beyond = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      if (beyond > 0) wide.push(`${path}: ${beyond}`);
      // The studio has tests of its own.
      for (const found of await seriousFindings(page, { exclude: ['iframe'] })) serious.push([path, ...found]);
    }
    await page.close();
    expect(messages).toEqual([]);
    expect(wide).toEqual([]);
    expect(serious).toEqual([]);
  });

  it('shows README within two screens', async () => {
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
    await page.goto(`${origin}index.html`, { waitUntil: 'load' });
    const height = await page.evaluate<number>("document.querySelector('main').getBoundingClientRect().height");
    await page.close();
    expect(height).toBeLessThanOrEqual(2 * 1080);
  });

  it('has the studio in it, which trains there', async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`${origin}docs/studio.html`, { waitUntil: 'load' });
    const studio = page.frameLocator('iframe.studio');
    await studio.locator('h1', { hasText: 'See a network become its limit' }).waitFor();
    await studio.getByText('Computed in this page').waitFor({ timeout: 120_000 });
    await page.close();
    expect(errors).toEqual([]);
  });

  it('finds a page, a section and a name', async () => {
    const page = await browser.newPage();
    await page.goto(`${origin}docs/limits.html`, { waitUntil: 'load' });
    for (const [words, href] of [
      ['lazy Gaussian', 'docs/limits.html'],
      ['parseProgram', 'reference/program.html#parseProgram'],
      ['IVb 2.8.25', 'docs/papers.html#ivb-2825'],
    ] as const) {
      await page.fill('#query', words);
      await page.waitForSelector(`#found a[href*="${href}"]`);
    }
    await page.close();
  });
});
