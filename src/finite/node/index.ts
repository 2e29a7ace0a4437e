/** The finite engine on onnxruntime-node. */

export { type NodeOptions, nodeBackend, nodeEngine, nodeRuntime } from './backend.ts';
export { nodeProduct } from './product.ts';
