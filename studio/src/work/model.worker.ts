import { webEngine } from 'nexort/finite/web';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import * as runtime from 'onnxruntime-web/wasm';
import { type Port, serve } from './channel.ts';
import { openedAt } from './embedded.ts';
import { explainExample, forecastExplanation } from './explain.ts';
import type { ModelJobs } from './model.ts';
import { sentencesKernel } from './sentences.ts';

runtime.env.wasm.wasmPaths = { wasm: new URL(wasm, import.meta.url).href };
// One thread: others would load a script of their own from what is bundled here.
const engine = webEngine(runtime);

// In a worker the global object is a port to its page.
serve<ModelJobs>(globalThis as unknown as Port, {
  kernel: (job, part) => sentencesKernel(engine, job, part),
  forecast: async ({ folder, ...job }, part) => {
    const opened = await openedAt(folder, part);
    part({ words: 'Measuring how long it takes', share: 0 });
    return forecastExplanation(engine, opened, job);
  },
  explain: async ({ folder, ...job }, part) => explainExample(engine, await openedAt(folder, part), job, part),
});
