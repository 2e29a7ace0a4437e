/** A page in Chromium that a server on this machine gives a script and files to. */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Page } from 'playwright-core';

/** No screen, no sandbox (tests run as root in containers), nothing that asks anything outside of this machine. */
export const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** What a page holds when all went well: its console must stay empty. */
export interface Opened {
  readonly page: Page;
  /** What was written to the console, and what went wrong. */
  readonly messages: readonly string[];
  close(): Promise<void>;
}

/** What the server gives besides the page. */
export interface Served {
  /** Files by their addresses. */
  readonly files: Readonly<Record<string, string>>;
  /** Whether the page may share memory between threads. */
  readonly isolated?: boolean;
}

/** Opens an empty page whose one script is given. */
export async function openPage(
  executablePath: string,
  script: Uint8Array,
  { files, isolated = false }: Served,
): Promise<Opened> {
  const html =
    '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>';
  const server = createServer(({ url = '' }, response) => {
    if (isolated) {
      response.setHeader('cross-origin-opener-policy', 'same-origin');
      response.setHeader('cross-origin-embedder-policy', 'require-corp');
    }
    const file = files[url];
    const type = url.endsWith('js') ? 'text/javascript' : url.endsWith('.wasm') ? 'application/wasm' : 'text/html';
    const body = url === '/' ? html : url === '/page.js' ? script : file === undefined ? undefined : readFileSync(file);
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type }).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo; // it listens on a port
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  // Plot moves lines by half a pixel where a pixel is one dot, and leaves them where it draws without a window.
  const page = await browser.newPage({ deviceScaleFactor: 2 });
  const messages: string[] = [];
  page.on('console', (message) => messages.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => messages.push(`error: ${error.message}`));
  await page.goto(`http://127.0.0.1:${port}/`, { waitUntil: 'load' });
  const close = async (): Promise<void> => {
    await browser.close();
    await new Promise((closed) => server.close(closed));
  };
  return { page, messages, close };
}
