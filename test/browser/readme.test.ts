/** The README's page runs as it stands. */

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { bundle, WASM } from './bundle.ts';
import { findChromium, openPage } from './chromium.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const browser = findChromium();

it.skipIf(browser === undefined)('the README runs in Chromium (skipped where none is on the PATH)', async () => {
  const [, contents = expect.fail('no script')] =
    /```js\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
  const script = await bundle({ stdin: { contents, resolveDir: ROOT } });
  const { messages, close } = await openPage(browser ?? '', script, { '/ort-wasm-simd-threaded.wasm': WASM });
  try {
    await expect.poll(() => messages, { timeout: 20_000 }).toHaveLength(1);
    const [value = ''] = messages;
    expect(value).toMatch(/^log: -0\.46211\d* 0\.76159\d*$/);
  } finally {
    await close();
  }
});
