/** Programs at finite width: lowering to ONNX and running it. */

export { type Backend, type BackendSession, type Compiled, Engine, type RawTensor } from './engine.ts';
export { layOut } from './layout.ts';
export { lower } from './lower.ts';
export { type NodeOptions, nodeBackend, nodeEngine, nodeRuntime } from './node.ts';
