/** The studio as one file, opened from the disk in Chromium. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../../src/cli/doctor/extras.ts';
import { onePage } from '../../src/cli/studio/onePage.ts';
import { openStudio, type Studio } from './opened.ts';

const browser = findBrowser();
/** Small enough to train within a second or two. */
const LINK =
  '#limit?v=1&width=16&beside=16&depth=1&steps=2&seeds=1&samples=64&scramblings=2&points=-1:0.5;0.7:-0.3;0.1:0.9';

describe.skipIf(browser === undefined)(
  'the studio as one file (skipped where there is no Chromium on the PATH)',
  () => {
    let studio: Studio | undefined;
    let own = '';
    beforeAll(async () => {
      studio = await openStudio(browser ?? '');
      own = mkdtempSync(join(tmpdir(), 'nexort-page-'));
    });
    afterAll(async () => {
      await studio?.close();
      rmSync(own, { recursive: true, force: true });
    });

    /** A page at a file, with what it wrote to its console and every address that it asked. */
    async function opened(link?: string) {
      const { browser: running, folder } = studio ?? expect.fail('no studio');
      const file = join(own, 'page.html');
      writeFileSync(file, onePage(folder, link));
      const page = await (await running.newContext()).newPage();
      const [messages, asked]: [string[], string[]] = [[], []];
      page.on('console', (message) => messages.push(`${message.type()}: ${message.text()}`));
      page.on('pageerror', (error) => messages.push(`error: ${error.message}`));
      page.on('request', (request) => asked.push(request.url()));
      await page.goto(pathToFileURL(file).href);
      return { page, messages, asked, file };
    }

    it('begins at its link, trains, and asks nothing', async () => {
      const { page, messages, asked, file } = await opened(LINK);
      await page.locator('.status:has-text("Computed in this page")').waitFor({ timeout: 60_000 });
      expect(await page.locator('.sentence').first().innerText()).toMatch(
        /^µP, after 2 updates: at infinite width the loss goes from .* 1 network of width 16 has /,
      );
      expect(new URL(page.url()).hash).toBe(LINK);
      expect(asked.filter((address) => !/^(blob|data):/.test(address))).toEqual([pathToFileURL(file).href]);
      // Pages and workers that come later come out of the file too.
      await page.locator('nav a:has-text("Program")').click();
      await page.locator('.results h2:has-text("Kets")').waitFor({ timeout: 60_000 });
      await page.locator('.editor .cm-content').waitFor();
      await page.locator('nav a:has-text("Runs")').click();
      await page.locator('input#files').waitFor();
      // What it does not hold it says before anything is asked for.
      const sentences = page.locator('section:has(h2:has-text("Your own sentences"))');
      expect(await sentences.innerText()).toMatch(
        /one file, which holds no language model[\s\S]*nexort studio --link '#runs\?v=1'/,
      );
      expect(await sentences.locator('button, textarea').count()).toBe(0);
      expect(asked.filter((address) => !/^(blob|data):/.test(address))).toEqual([pathToFileURL(file).href]);
      expect(messages).toEqual([]);
      await page.context().close();
    });

    it('says where workers are refused, and shows what is stored', async () => {
      const { folder, browser: running } = studio ?? expect.fail('no studio');
      const file = join(own, 'refused.html');
      writeFileSync(file, onePage(folder));
      const page = await (await running.newContext()).newPage();
      await page.addInitScript(() => {
        globalThis.Worker = class {
          constructor() {
            throw new Error('not from a file');
          }
        } as unknown as typeof Worker; // refuses as some browsers do
      });
      await page.goto(pathToFileURL(file).href);
      await page.locator('.status .error').first().waitFor();
      expect(await page.locator('.status .error').first().innerText()).toBe(
        'mup: This browser starts no workers for a page from a file (not from a file); nexort studio serves the same.',
      );
      expect(await page.locator('.sentence').first().innerText()).toMatch(/^µP, after 12 updates: at infinite width/);
      await page.context().close();
    });

    it('has every script, and workers that need no other', () => {
      const { folder } = studio ?? expect.fail('no studio');
      const text = onePage(folder, '#limit?v=1&optimizer="<script>');
      const [, held = ''] = /id="studio-files">(.*)<\/script>/.exec(text) ?? [];
      const { first, scripts } = JSON.parse(held) as { first: string; scripts: Record<string, string> };
      const workers = Object.keys(scripts).filter((name) => name.includes('.worker-'));
      expect(Object.keys(scripts)).toContain(first);
      expect(workers.map((name) => name.split('.')[0])).toEqual(expect.arrayContaining(['program', 'train']));
      // They are no modules: what they imported would need an import map, which they have not.
      for (const name of workers) {
        const worker = scripts[name] ?? expect.fail(name);
        expect(() => new Script(worker), name).not.toThrow();
        expect(/studio\/[\w.-]+\.js/.test(worker), name).toBe(false);
      }
      expect(text).toContain('content="#limit?v=1&amp;optimizer=&quot;&lt;script>"');
      expect(text).not.toMatch(/(?:src|href)="(?!data:|#)/);
      expect(readFileSync(join(folder, 'index.html'), 'utf8')).toContain('src="./assets/');
    });
  },
);
