/** A Llama of any size as a checkpoint in shards, most of whose bytes are holes in the file: it takes little of the disk. */

import { constants } from 'node:fs';
import { copyFile, type FileHandle, mkdir, open, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Stream, stream } from '../../src/numeric/index.ts';

/** Sizes, which are those of Llama 2 7B by default. */
export interface LlamaShape {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly feedForward: number;
  readonly vocabulary: number;
}

export const SEVEN_BILLION: LlamaShape = { layers: 32, width: 4096, heads: 32, feedForward: 11008, vocabulary: 32000 };

/** That of Llama's own initialization. */
const DEVIATION = 0.02;
/** A run of random numbers at the beginning of each piece; the rest of it is zero, and a hole in the file. */
const [RUN, PIECE] = [4096, 65536];
/** Tensors that are random all over. */
const TABLES: readonly string[] = ['model.embed_tokens.weight', 'lm_head.weight'];
/** Layers of a shard. */
const PER_SHARD = 4;
const BYTES = 2;

const TOKENIZER = resolve(import.meta.dirname, '../../models/tiny-mlm/tokenizer.json');

/** Numbers that runs are taken from. */
interface Drawn {
  readonly dense: Uint16Array;
  readonly sparse: Uint16Array;
}

type Tensors = readonly (readonly [name: string, sizes: readonly number[]])[];

/**
 * Writes config.json, tokenizer.json (that of the embedded model, whose ids are the first of the vocabulary), an index, and
 * shards in BF16; gives the number of parameters. Gains of norms are 1; rows of embeddings and head are normal, with Llama's
 * own deviation; of every other tensor each 65,536 numbers in a row begin with 4096 that are normal, with four times that, so
 * that the deviation of all is the same.
 */
export async function writeLlama(folder: string, shape: LlamaShape, seed: number): Promise<number> {
  const { layers, width, heads, feedForward, vocabulary } = shape;
  await mkdir(folder, { recursive: true });
  const config = {
    model_type: 'llama',
    architectures: ['LlamaForCausalLM'],
    vocab_size: vocabulary,
    hidden_size: width,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: heads,
    intermediate_size: feedForward,
    hidden_act: 'silu',
    max_position_embeddings: 4096,
    rms_norm_eps: 1e-5,
    rope_theta: 10000,
    tie_word_embeddings: false,
    torch_dtype: 'bfloat16',
  };
  await writeFile(join(folder, 'config.json'), `${JSON.stringify(config, undefined, 2)}\n`, { flag: 'wx' });
  await copyFile(TOKENIZER, join(folder, 'tokenizer.json'), constants.COPYFILE_EXCL);
  const ends: Tensors[] = [
    [['model.embed_tokens.weight', [vocabulary, width]]],
    [
      ['model.norm.weight', [width]],
      ['lm_head.weight', [vocabulary, width]],
    ],
  ];
  const blocks = Array.from({ length: Math.ceil(layers / PER_SHARD) }, (_, k) =>
    Array.from({ length: Math.min(PER_SHARD, layers - k * PER_SHARD) }, (__, j) =>
      blockTensors(k * PER_SHARD + j, shape),
    ).flat(),
  );
  const shards = [...ends.slice(0, 1), ...blocks, ...ends.slice(1)];
  const normals = stream(seed, 'llama').normals(4 * RUN);
  const drawn: Drawn = {
    dense: Uint16Array.from(normals, (value) => bfloatBits(DEVIATION * value)),
    sparse: Uint16Array.from(normals, (value) => bfloatBits((PIECE / RUN) ** 0.5 * DEVIATION * value)),
  };
  const map: Record<string, string> = {};
  for (const [k, tensors] of shards.entries()) {
    const file = `model-${k + 1}-of-${shards.length}.safetensors`;
    await writeShard(join(folder, file), tensors, drawn, stream(seed, file));
    for (const [name] of tensors) map[name] = file;
  }
  await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify({ metadata: {}, weight_map: map }));
  return shards.flat().reduce((sum, [, sizes]) => sum + countOf(sizes), 0);
}

function blockTensors(layer: number, { width, feedForward }: LlamaShape): Tensors {
  const square = ['q_proj', 'k_proj', 'v_proj', 'o_proj'].map((name) => [`self_attn.${name}`, [width, width]] as const);
  const tensors: Tensors = [
    ['input_layernorm', [width]],
    ...square,
    ['post_attention_layernorm', [width]],
    ['mlp.gate_proj', [feedForward, width]],
    ['mlp.up_proj', [feedForward, width]],
    ['mlp.down_proj', [width, feedForward]],
  ];
  return tensors.map(([name, sizes]) => [`model.layers.${layer}.${name}.weight`, sizes] as const);
}

const countOf = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

/** The header, and the runs of random numbers where they belong; the file system keeps the rest as holes. */
async function writeShard(path: string, tensors: Tensors, drawn: Drawn, places: Stream): Promise<void> {
  let end = 0;
  const entries = tensors.map(([name, shape]) => {
    const start = end;
    end += BYTES * countOf(shape);
    return [name, { dtype: 'BF16', shape, data_offsets: [start, end] as const }] as const;
  });
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const header = Buffer.alloc(8 + 8 * Math.ceil(json.length / 8), ' ');
  header.writeBigUInt64LE(BigInt(header.length - 8));
  json.copy(header, 8);
  const file = await open(path, 'wx');
  try {
    await file.write(header, 0, header.length, 0);
    await file.truncate(header.length + end);
    for (const [name, { shape, data_offsets }] of entries) {
      const count = countOf(shape);
      const start = header.length + data_offsets[0];
      if (shape.length === 1) await writeNumbers(file, new Uint16Array(count).fill(bfloatBits(1)), start);
      // A token's row, and a word's, would be holes otherwise.
      else if (TABLES.includes(name))
        await writeRuns(file, drawn.dense, places.substream(name), { count, start, piece: RUN });
      else await writeRuns(file, drawn.sparse, places.substream(name), { count, start, piece: PIECE });
    }
  } finally {
    await file.close();
  }
}

async function writeRuns(
  file: FileHandle,
  drawn: Uint16Array,
  places: Stream,
  { count, start, piece }: { readonly count: number; readonly start: number; readonly piece: number },
): Promise<void> {
  const uniforms = places.uniforms(Math.ceil(count / piece));
  for (const [k, uniform] of uniforms.entries()) {
    const length = Math.min(RUN, count - k * piece);
    const from = Math.floor(uniform * (drawn.length - length + 1));
    await writeNumbers(file, drawn.subarray(from, from + length), start + BYTES * k * piece);
  }
}

async function writeNumbers(file: FileHandle, numbers: Uint16Array, position: number): Promise<void> {
  await file.write(
    new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength),
    0,
    numbers.byteLength,
    position,
  );
}

/** The upper half of a number of 32 bits, rounded to the nearest. */
function bfloatBits(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  const bits = view.getUint32(0);
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}
