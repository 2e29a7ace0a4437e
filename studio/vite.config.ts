/** The studio as static files: one page, its workers, nothing from anywhere else. */

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';
import { publicEntries } from './entries.ts';
import { formulas } from './formulas.ts';
import { embeddedModel } from './model.ts';

const ROOT = resolve(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }; // our own file

/** Puts what is stored into the page, which so shows something before its script runs, and where none does. */
const stored: Plugin = {
  name: 'stored',
  transformIndexHtml: (html) =>
    html.replace('<!--stored-->', () => readFileSync(join(import.meta.dirname, 'stored/limit.html'), 'utf8')),
};

export default defineConfig({
  root: import.meta.dirname,
  // Below any path: the server's has a token, other hosts have their own.
  base: './',
  plugins: [stored, formulas],
  resolve: { alias: publicEntries(ROOT) },
  define: { __VERSION__: JSON.stringify(version), __MODEL__: JSON.stringify(embeddedModel(ROOT)) },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: {
    outDir: join(ROOT, 'dist/studio'),
    emptyOutDir: true,
    target: 'es2023',
    // Code from data: addresses would need a looser policy.
    assetsInlineLimit: 0,
    // Addresses beside a script's own are not there where it stands in one file with its page (`--export`).
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_, names, { hostType }) => (hostType === 'js' ? [] : names),
    },
    chunkSizeWarningLimit: 1000,
  },
});
