/** The finite engine on onnxruntime-node. */

export { type NodeOptions, nodeBackend, nodeEngine, nodeRuntime } from './backend.ts';
export { type NodeProduct, nodeProduct } from './product.ts';
