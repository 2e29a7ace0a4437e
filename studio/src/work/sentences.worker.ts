import { webEngine } from 'nexort/finite/web';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import * as runtime from 'onnxruntime-web/wasm';
import { type Port, serve } from './channel.ts';
import { type SentencesJobs, sentencesKernel } from './sentences.ts';

runtime.env.wasm.wasmPaths = { wasm: new URL(wasm, import.meta.url).href };
// One thread: others would load a script of their own from what is bundled here.
const engine = webEngine(runtime);

// In a worker the global object is a port to its page.
serve<SentencesJobs>(globalThis as unknown as Port, { kernel: (job, part) => sentencesKernel(engine, job, part) });
