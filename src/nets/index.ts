/** Networks as programs. */

export { type CheckpointParameter, type EncoderHead, type EncoderNet, encoder } from './encoder.ts';
export type { EncoderConfig } from './encoderConfig.ts';
export { type MlpOptions, mlp } from './mlp.ts';
export type { Layer, Net } from './net.ts';
