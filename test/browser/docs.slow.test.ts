/** The pages that docs/browser.md shows run as they stand. */

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { findBrowser } from '../../src/cli/doctor/extras.ts';
import { bundle, WASM } from './bundle.ts';
import { openPage, type Served } from './chromium.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const browser = findBrowser();

const [snippet = expect.fail('no script'), checkpoint = expect.fail('no second script')] = [
  ...readFileSync(join(ROOT, 'docs/browser.md'), 'utf8').matchAll(/```js\n([\s\S]*?)```/g),
].map(([, code = '']) => code);

/** What the page writes to its console, which is one line. */
async function written(contents: string, options: BuildOptions, served: Partial<Served>): Promise<string | undefined> {
  const script = await bundle({ stdin: { contents, resolveDir: ROOT }, ...options });
  const files = { '/ort-wasm-simd-threaded.wasm': WASM, ...served.files };
  const { messages, close } = await openPage(browser ?? '', script, { ...served, files });
  try {
    await expect.poll(() => messages, { timeout: 20_000 }).toHaveLength(1);
    return messages[0];
  } finally {
    await close();
  }
}

describe.skipIf(browser === undefined)('docs/browser.md in Chromium (skipped where none is on the PATH)', () => {
  const RESULT = /^log: -0\.46211\d* 0\.76159\d*$/;
  const threaded = snippet.replace('webEngine(runtime)', 'webEngine(runtime, { threads: 2 })');

  it('runs as it stands', async () => {
    expect(await written(snippet, {}, {})).toMatch(RESULT);
  });

  it('reads a checkpoint', async () => {
    const names = ['config.json', 'model.safetensors', 'tokenizer.json'].map((name) => `/models/tiny-mlm/${name}`);
    const files = Object.fromEntries(names.map((name) => [name, join(ROOT, name)]));
    expect(await written(checkpoint, {}, { files })).toMatch(/^log: 10500224 numbers \[43, 4520, 125, 1540, 18\]$/);
  });

  it('runs on threads where the page is isolated, and refuses them where it is not', async () => {
    expect(threaded).not.toBe(snippet);
    const mjs = '/ort-wasm-simd-threaded.mjs';
    const withModule = threaded.replace('wasmPaths = { wasm:', `wasmPaths = { mjs: '${mjs}', wasm:`);
    const conditions = ['onnxruntime-web-use-extern-wasm'];
    const files = { [mjs]: WASM.replace('.wasm', '.mjs') };
    expect(await written(withModule, { conditions }, { files, isolated: true })).toMatch(RESULT);
    expect(await written(threaded, {}, {})).toBe(
      'error: 2 threads were asked for in a page that may not share memory. Serve it with the headers ' +
        '"Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp", or take 1 thread.',
    );
  });
});
