/** Networks as programs. */

export { type CheckpointParameter, type EncoderHead, type EncoderNet, encoder } from './encoder.ts';
export type { EncoderConfig } from './encoderConfig.ts';
