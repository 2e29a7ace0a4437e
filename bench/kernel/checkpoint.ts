/** The model and the inputs of the kernel bench, written to a folder that both sides read. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stream } from '../../src/numeric/index.ts';

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
  await writeFile(join(folder, 'config.json'), JSON.stringify(config(shape), undefined, 2));
  const weights = stream(SEED, 'weights');
  const tensors = Object.entries(shapes(shape)).map(([name, sizes]) => {
    const values = weights.substream(name).normals(sizes.reduce((a, b) => a * b, 1));
    const center = /LayerNorm\.weight$/.test(name) ? 1 : 0;
    return { name, sizes, bytes: new Uint8Array(Float32Array.from(values, (value) => center + SCALE * value).buffer) };
  });
  await writeFile(join(folder, 'model.safetensors'), safetensors(tensors));
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

function config({ layers, width, heads, feedForward, tokens }: Shape): object {
  return {
    model_type: 'bert',
    vocab_size: VOCABULARY,
    max_position_embeddings: Math.max(512, tokens),
    type_vocab_size: 2,
    hidden_size: width,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    intermediate_size: feedForward,
    hidden_act: 'gelu',
    layer_norm_eps: 1e-12,
  };
}

/** Tensors by name. */
function shapes({ layers, width, feedForward, tokens }: Shape): Record<string, readonly number[]> {
  const norm = (name: string) => ({ [`${name}.weight`]: [width], [`${name}.bias`]: [width] });
  const dense = (name: string, from: number, to: number) => ({
    [`${name}.weight`]: [to, from],
    [`${name}.bias`]: [to],
  });
  const blocks = Array.from({ length: layers }, (_, layer) => {
    const name = `bert.encoder.layer.${layer}`;
    return {
      ...dense(`${name}.attention.self.query`, width, width),
      ...dense(`${name}.attention.self.key`, width, width),
      ...dense(`${name}.attention.self.value`, width, width),
      ...dense(`${name}.attention.output.dense`, width, width),
      ...norm(`${name}.attention.output.LayerNorm`),
      ...dense(`${name}.intermediate.dense`, width, feedForward),
      ...dense(`${name}.output.dense`, feedForward, width),
      ...norm(`${name}.output.LayerNorm`),
    };
  });
  return Object.assign(
    {
      'bert.embeddings.word_embeddings.weight': [VOCABULARY, width],
      'bert.embeddings.position_embeddings.weight': [Math.max(512, tokens), width],
      'bert.embeddings.token_type_embeddings.weight': [2, width],
      ...norm('bert.embeddings.LayerNorm'),
    },
    ...blocks,
  );
}

interface NamedTensor {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly bytes: Uint8Array;
}

/** Length of the header, header, numbers; all little-endian, as is every machine that this bench runs on. */
function safetensors(tensors: readonly NamedTensor[]): Uint8Array {
  let position = 0;
  const entries = tensors.map(({ name, sizes, bytes }) => {
    const start = position;
    position += bytes.length;
    return [name, { dtype: 'F32', shape: sizes, data_offsets: [start, position] }] as const;
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, ...tensors.map(({ bytes }) => bytes)]);
}
