/** The finite engine on onnxruntime-node. */

export { type Device, type NodeOptions, nodeBackend, nodeEngine, nodeRuntime } from './backend.ts';
export { noAdapter } from './errors.ts';
export { type DeviceProbe, probeDevice, rightOnDevice } from './probe.ts';
export { type NodeProduct, nodeProduct } from './product.ts';
