/** Networks as programs. */

export { type AttentionOptions, type AttentionScaling, type SelfAttentionOptions, selfAttention } from './attention.ts';
export { type CnnOptions, cnn, type Pooling } from './cnn.ts';
export { type CheckpointParameter, type EncoderHead, type EncoderNet, encoder } from './encoder.ts';
export type { EncoderConfig } from './encoderConfig.ts';
export { type MlpOptions, mlp } from './mlp.ts';
export type { Layer, Net } from './net.ts';
export { type RecurrentOptions, recurrent } from './recurrent.ts';
export { type ResidualMlpOptions, residualMlp } from './residualMlp.ts';
export { type TransformerOptions, transformer } from './transformer.ts';
