/** What of built pages goes into one file; test/studio opens such files in Chromium. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onePage } from '../../../src/cli/studio/onePage.ts';

let folder = '';
const asset = (name: string, text: string): void => writeFileSync(join(folder, 'assets', name), text);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nexort-pages-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(
    join(folder, 'index.html'),
    `<!doctype html><html><head><meta charset="utf-8" />
<script type="module" crossorigin src="./assets/index-1.js"></script>
<link rel="modulepreload" crossorigin href="./assets/shared-1.js">
<link rel="stylesheet" crossorigin href="./assets/index-1.css">
<link rel="icon" href="./assets/icon-1.svg" /></head><body></body></html>`,
  );
  asset(
    'index-1.js',
    'import{a}from"./shared-1.js";new Worker(new URL(`train.worker-1.js`,import.meta.url));"./other.js"',
  );
  asset('shared-1.js', 'export const a="</script><!--";');
  asset('train.worker-1.js', 'postMessage(1)');
  asset('index-1.css', 'p{color:red}');
  asset('icon-1.svg', '<svg/>');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const scriptsOf = (page: string): Record<string, string> =>
  JSON.parse(/id="studio-files">(.*)<\/script>/.exec(page)?.[1] ?? '{}').scripts ?? {};

describe('one page', () => {
  it('holds scripts that name one another, styles and icon, and nothing that ends its own script', () => {
    const page = onePage(folder);
    expect(scriptsOf(page)).toEqual({
      'index-1.js':
        'import{a}from"studio/shared-1.js";new Worker(new URL(`train.worker-1.js`,"https://studio.invalid/assets/"));"./other.js"',
      'shared-1.js': 'export const a="</script><!--";',
      'train.worker-1.js': 'postMessage(1)',
    });
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    expect(page).toContain('<style>p{color:red}</style>');
    expect(page).toContain('href="data:image/svg+xml;base64,PHN2Zy8+"');
    expect(page).not.toContain('./assets/');
    expect(page).not.toContain('studio-link');
  });

  it('leaves out the engine of language models, and refuses what it does not know', () => {
    asset('ort-1.wasm', 'bytes');
    expect(Object.keys(scriptsOf(onePage(folder)))).toHaveLength(3);
    asset('font-1.woff2', 'bytes');
    expect(() => onePage(folder)).toThrow(
      "The pages of the studio have 'font-1.woff2', which --export cannot put into one file.",
    );
  });
});
