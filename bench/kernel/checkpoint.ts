/** The model and the inputs of the kernel bench, written to a folder that both sides read. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stream } from '../../src/numeric/index.ts';
import { type BertShape, bertConfig, encoderTensors, isGain } from '../bert/layout.ts';
import { writeSafetensors } from '../bert/safetensors.ts';

/** Sizes of the model and of the kernel. */
export interface Shape {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly feedForward: number;
  readonly examples: number;
  readonly tokens: number;
}

/** Rows of the embedding table, which no gradient reaches: enough for the random tokens. */
const VOCABULARY = 1000;
const SEED = 4;
/** Weights of rms 1/√384, and biases and gains that are not at their usual start, so that a slip in either shows. */
const SCALE = 0.05;

export const INPUTS = 'inputs.json';

/** Writes config.json and model.safetensors in the layout of Hugging Face's BERT. */
export async function writeCheckpoint(folder: string, shape: Shape): Promise<void> {
  const bert: BertShape = { ...shape, vocabulary: VOCABULARY, positions: Math.max(512, shape.tokens) };
  await writeFile(join(folder, 'config.json'), JSON.stringify(bertConfig(bert), undefined, 2));
  const weights = stream(SEED, 'weights');
  await writeSafetensors(join(folder, 'model.safetensors'), 'F32', encoderTensors(bert), (name, count) => {
    const center = isGain(name) ? 1 : 0;
    const values = Float32Array.from(weights.substream(name).normals(count), (value) => center + SCALE * value);
    return [new Uint8Array(values.buffer)];
  });
}

/** Random tokens and a fixed linear functional, as JSON. */
export async function writeInputs(folder: string, { examples, tokens, width }: Shape): Promise<void> {
  const draws = stream(SEED, 'tokens').uniforms(examples * tokens);
  const rows = Array.from({ length: examples }, (_, k) =>
    Array.from(draws.subarray(k * tokens, (k + 1) * tokens), (value) => Math.floor(VOCABULARY * value)),
  );
  const functional = Array.from(stream(SEED, 'functional').normals(width), (value) => Math.fround(SCALE * value));
  await writeFile(join(folder, INPUTS), JSON.stringify({ tokens: rows, functional }));
}
