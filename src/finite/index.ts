/** Programs at finite width: lowering to ONNX and running it. */

export type { Backend, BackendSession, RawTensor } from './backend.ts';
export { type Compiled, Engine } from './engine.ts';
export { layOut } from './layout.ts';
export { lower } from './lower.ts';
export { type NodeOptions, nodeBackend, nodeEngine, nodeRuntime } from './node.ts';
export type { StepperStart } from './states.ts';
