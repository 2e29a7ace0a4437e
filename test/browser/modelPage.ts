/** A page that fetches a model and reads it. */

import * as runtime from 'onnxruntime-web/wasm';
import { webEngine } from '../../src/finite/web/index.ts';
import { checkpointInMemory } from '../../src/lm/index.ts';
import { MODEL, MODEL_FILES, readModel } from './languageModel.ts';

Object.assign(globalThis, {
  compute: async () => {
    runtime.env.wasm.wasmPaths = { wasm: '/ort.wasm' };
    const fetched = MODEL_FILES.map(async (name) => {
      const response = await fetch(`${MODEL}/${name}`);
      return [name, new Uint8Array(await response.arrayBuffer())] as const;
    });
    return readModel(checkpointInMemory(Object.fromEntries(await Promise.all(fetched)), MODEL), webEngine(runtime));
  },
});
