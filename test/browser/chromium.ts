/** A page in Chromium that a server on this machine gives a script and files to. */

import { accessSync, constants, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** No screen, no sandbox (tests run as root in containers), nothing that asks anything outside of this machine. */
const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** A Chromium on the PATH, if there is one. */
export function findChromium(path = process.env.PATH ?? ''): string | undefined {
  return path
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What a page holds when all went well: its console must stay empty. */
export interface Opened {
  readonly page: Page;
  /** What was written to the console, and what went wrong. */
  readonly messages: readonly string[];
  close(): Promise<void>;
}

/** Opens an empty page whose one script is given; `files` are served beside it, by their paths. */
export async function openPage(
  executablePath: string,
  script: Uint8Array,
  files: Readonly<Record<string, string>>,
): Promise<Opened> {
  const html =
    '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>';
  const server = createServer(({ url = '' }, response) => {
    const file = files[url];
    if (url === '/') response.setHeader('content-type', 'text/html').end(html);
    else if (url === '/page.js') response.setHeader('content-type', 'text/javascript').end(script);
    else if (file !== undefined) response.setHeader('content-type', 'application/wasm').end(readFileSync(file));
    else response.writeHead(404).end();
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
