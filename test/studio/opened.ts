/** The studio in Chromium: built once, served as `nexort studio` serves it. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { serveStudio } from '../../src/cli/studio/server.ts';

export const ROOT = resolve(import.meta.dirname, '../..');

/** No screen, no sandbox (tests run as root in containers), nothing that asks anything outside of this machine. */
const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

export interface Studio {
  readonly address: string;
  readonly browser: Browser;
  /** Where the pages are. */
  readonly folder: string;
  /** A page of its own storage, and what it wrote to its console or asked of others. */
  open(link?: string, options?: BrowserContextOptions): Promise<Opened>;
  close(): Promise<void>;
}

export interface Opened {
  readonly page: Page;
  readonly messages: readonly string[];
}

let built: Promise<string> | undefined;

/** The pages, built once for all files of tests that a process runs, into a folder that goes with it. */
async function builtPages(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'nexort-studio-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await build({
    configFile: join(ROOT, 'studio/vite.config.ts'),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: false },
  });
  return folder;
}

/** Serves the pages as `nexort studio` does, and folders beside them. */
export async function openStudio(
  executablePath: string,
  beside: Parameters<typeof serveStudio>[2] = {},
): Promise<Studio> {
  built ??= builtPages();
  const folder = await built;
  const server = await serveStudio(folder, 0, beside);
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  return {
    address: server.address,
    browser,
    folder,
    open: async (link = '', options = {}) => {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 900 },
        reducedMotion: 'reduce',
        ...options,
      });
      const page = await context.newPage();
      const messages: string[] = [];
      page.on('console', (message) => messages.push(`${message.type()}: ${message.text()}`));
      page.on('pageerror', (error) => messages.push(`error: ${error.message}`));
      page.on('request', (request) => {
        const url = request.url();
        if (!url.startsWith(server.address) && !/^(data|blob):/.test(url)) messages.push(`asked: ${url}`);
      });
      await page.goto(`${server.address}${link}`, { waitUntil: 'load' });
      return { page, messages };
    },
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}
