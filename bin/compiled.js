/** The command line of a clone, compiled once for each state of its sources. Only a clone has this file. */

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What was compiled so long ago is taken away when something new is: a command that is at work may still load from it. */
const KEPT_MS = 7 * 24 * 3600 * 1000;

/**
 * The compiled main module; compiles the sources where they are not those of last time. Where nothing can be written, they
 * are compiled as they are loaded, which takes a second at every start.
 *
 * @param {URL} root the clone
 * @returns {Promise<URL>}
 */
export async function compiled(root) {
  const source = new URL('src/cli/main.ts', root);
  const cache = fileURLToPath(new URL('node_modules/.cache/nexort/', root));
  const folder = join(cache, stateOf(fileURLToPath(new URL('src/', root))));
  const main = join(folder, 'main.js');
  if (!existsSync(main)) {
    const unfinished = `${folder}.${process.pid}`;
    try {
      await bundle(commandEntries(root), unfinished, true);
      removeOld(cache);
      renameSync(unfinished, folder);
    } catch {
      if (existsSync(unfinished)) rmSync(unfinished, { recursive: true });
      // Another start may have been faster; if none was, what is wrong with the sources is said where they are loaded.
      if (!existsSync(main)) return loadedFrom(source);
    }
  }
  if (process.env.NEXORT_DEBUG) process.setSourceMapsEnabled(true);
  return pathToFileURL(main);
}

/**
 * The modules that a command line is made of: its main one, and what threads load, beside the code that starts them.
 *
 * @param {URL} root the clone
 */
export function commandEntries(root) {
  const source = (path) => fileURLToPath(new URL(`src/${path}`, root));
  return { main: source('cli/main.ts'), scramblingThread: source('kets/node/scramblingThread.ts') };
}

/**
 * Writes modules as few files: one by one they take most of a start.
 *
 * @param {import('esbuild').BuildOptions['entryPoints']} entryPoints the modules that are loaded by name
 * @param {string} folder where to
 * @param {boolean} sourcemap whether stack traces can be led back to the sources
 */
export async function bundle(entryPoints, folder, sourcemap) {
  const { build } = await import('esbuild');
  await build({
    entryPoints,
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap,
    logLevel: 'silent',
  });
}

/** A name for the sources' places, sizes and times of change. */
function stateOf(sources) {
  const state = createHash('sha256');
  for (const path of readdirSync(sources, { recursive: true }).sort()) {
    const { size, mtimeMs } = statSync(join(sources, path));
    if (path.endsWith('.ts')) state.update(`${path}\n${size} ${mtimeMs}\n`);
  }
  return state.digest('hex').slice(0, 16);
}

function removeOld(cache) {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    if (Date.now() - statSync(path).mtimeMs > KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
}

async function loadedFrom(source) {
  const { register } = await import('tsx/esm/api');
  register();
  return source;
}
