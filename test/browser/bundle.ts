/** Scripts of pages. */

import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '../..');

/** The WebAssembly of onnxruntime-web. */
export const WASM = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm');

/** One script for a browser; entries of the package are taken from its sources. */
export async function bundle(options: BuildOptions): Promise<Uint8Array> {
  const { outputFiles } = await build({
    ...{ bundle: true, write: false, logLevel: 'silent', platform: 'browser', format: 'esm', target: 'es2023' },
    plugins: [
      {
        name: 'sources',
        setup: ({ onResolve }) => {
          onResolve({ filter: /^nexort\// }, ({ path }) => ({
            path: join(ROOT, `src/${path.replace('nexort/', '')}/index.ts`),
          }));
        },
      },
    ],
    ...options,
    write: false,
  });
  const [script] = outputFiles;
  if (script === undefined) throw new Error('no bundle');
  return script.contents;
}
