/** The studio's pages as one file: scripts, workers and styles stand in it, and it asks nothing of anywhere. */

import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { unknownPart } from './errors.ts';

/** Before the names of scripts, which in one file are modules of an import map. */
const PREFIX = 'studio/';
/** Names of workers end so before their hash. They are no modules here, which browsers refuse of a file. */
const WORKER = /\.worker-[\w-]+\.js$/;
/** What one file holds. */
const HELD: readonly string[] = ['.js', '.css', '.svg'];
/** What language models are run with, their worker and its runtime: the models are in no file either, and it is larger than all else. */
const OF_LANGUAGE_MODELS = /^model\.worker-|\.wasm$/;
/** Stands for where scripts lie, which names of workers are joined to; nothing is there. */
const PLACE = 'https://studio.invalid/assets/';

/**
 * Nothing but what stands in the file runs or is read: scripts become modules and workers at addresses of their bytes
 * (`blob:`), and no address of another place is ever asked.
 */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' blob:; worker-src blob:; style-src 'unsafe-inline'; " +
  "img-src data: blob:; base-uri 'none'; form-action 'none'";

/** Gives scripts addresses, names them to one another and workers to the page, and starts the page. */
const START = `{
const files = JSON.parse(document.getElementById('studio-files').textContent);
const imports = {};
const workers = {};
for (const [name, text] of Object.entries(files.scripts)) {
  const isWorker = ${WORKER}.test(name);
  const parts = isWorker ? ['"use strict";(() => {', text, '\\n})();'] : [text];
  const address = URL.createObjectURL(new Blob(parts, { type: 'text/javascript' }));
  if (isWorker) workers[name] = address;
  else imports['${PREFIX}' + name] = address;
}
const { Worker } = globalThis;
globalThis.Worker = class {
  constructor(address) {
    const held = workers[new URL(address).pathname.split('/').at(-1)];
    if (held === undefined) throw new Error('A page of one file holds no language model; nexort studio serves one.');
    try {
      return new Worker(held);
    } catch (error) {
      throw new Error('This browser starts no workers for a page from a file (' + error.message + '); nexort studio serves the same.');
    }
  }
};
const add = (type, text) => {
  const script = document.createElement('script');
  script.type = type;
  script.textContent = text;
  document.body.append(script);
};
add('importmap', JSON.stringify({ imports }));
add('module', 'import ' + JSON.stringify('${PREFIX}' + files.first) + ';');
}`;

/**
 * The page in `folder` with all that it loads, beginning at `link` where one is given. Throws an invariant error
 * `cli.studio-part` where the folder has what one file cannot hold.
 */
export function onePage(folder: string, link?: string): string {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const names = readdirSync(join(folder, 'assets'))
    .filter((name) => !OF_LANGUAGE_MODELS.test(name))
    .sort();
  const text = (name: string): string => readFileSync(join(folder, 'assets', name), 'utf8');
  const scripts = names.filter((name) => extname(name) === '.js');
  const first = scripts.find((name) => page.includes(`src="./assets/${name}"`));
  const other = names.find((name) => !HELD.includes(extname(name)));
  if (other !== undefined || first === undefined) throw unknownPart(other ?? 'index.html');
  const files = { first, scripts: Object.fromEntries(scripts.map((name) => [name, renamed(text(name), scripts)])) };
  const begun = link === undefined ? '' : `<meta name="studio-link" content="${attribute(link)}" />\n    `;
  const filled = page
    .replace(/\s*<script type="module"[^>]*><\/script>/, '')
    .replaceAll(/\s*<link rel="modulepreload"[^>]*>/g, '')
    .replaceAll(
      /<link rel="stylesheet"[^>]*href="\.\/assets\/([^"]+)"[^>]*>/g,
      (_, name: string) => `<style>${text(name).replaceAll('</', '<\\/')}</style>`,
    )
    .replaceAll(
      /href="\.\/assets\/([^"]+\.svg)"/g,
      (_, name: string) => `href="data:image/svg+xml;base64,${Buffer.from(text(name)).toString('base64')}"`,
    )
    .replace(
      '<meta charset="utf-8" />',
      () =>
        `<meta charset="utf-8" />\n    <meta http-equiv="Content-Security-Policy" content="${POLICY}" />\n    ${begun}`,
    )
    .replace(
      '</body>',
      () =>
        `<script type="application/json" id="studio-files">${JSON.stringify(files).replaceAll('<', '\\u003c')}</script>\n<script>${START}</script>\n</body>`,
    );
  const [left] = /(?:src|href)="\.\/[^"]*"/.exec(filled) ?? [];
  if (left !== undefined) throw unknownPart(left);
  return filled;
}

/** Scripts import one another as `./name`, and join names to their own address: neither has a meaning from bytes. */
const renamed = (text: string, names: readonly string[]): string =>
  text
    .replaceAll(/(["'`])\.\/([\w.-]+\.js)\1/g, (whole, quote: string, name: string) =>
      names.includes(name) ? `${quote}${PREFIX}${name}${quote}` : whole,
    )
    .replaceAll('import.meta.url', JSON.stringify(PLACE));

const attribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
