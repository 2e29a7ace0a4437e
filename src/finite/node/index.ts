/** The finite engine on onnxruntime-node. */

export { type Device, type NodeOptions, nodeBackend, nodeEngine, nodeRuntime } from './backend.ts';
export { type DeviceProbe, probeDevice } from './probe.ts';
export { type NodeProduct, nodeProduct } from './product.ts';
