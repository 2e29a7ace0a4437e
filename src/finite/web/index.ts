/** The finite engine on onnxruntime-web. */

export { type WebOptions, type WebRuntime, webBackend, webEngine } from './backend.ts';
