/**
 * The file that all sides read: initial weights and batches, in the format of safetensors.
 *
 * | tensor                     | axes                                     |                                            |
 * | -------------------------- | ---------------------------------------- | ------------------------------------------ |
 * | parameter by its name      | as src/nets declares them, output first  | f32                                        |
 * | `batch.x`                  | [step, batch, input]                     | f32, standard normal                       |
 * | `batch.tokens`             | [step, batch, time]                      | i32, below `vocabulary`                    |
 * | `batch.target`             | [step, batch] or [step, batch, time]     | i32: the class, or the token that follows  |
 *
 * An encoder reads besides what is the same in all steps: `place` and `labels` of the workload, token types 0, no padding.
 *
 * Step k takes batch k mod {@link BATCHES}. The metadata `workload` and `adam` are sizes and settings as JSON.
 */

import { openSync, readSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { required } from '../../src/errors/index.ts';
import { drawInitial, type Stream, stream } from '../../src/numeric/index.ts';
import { entries, type Tensor, type Tensors } from '../../src/program/index.ts';
import { encodeTensors } from '../../src/runs/tensors/index.ts';
import { ADAM, BATCHES, type EncoderWorkload, lawsOf, netOf, sizesOf, stepOf, type Workload } from './workloads.ts';

const SEED = 6;
const PREFIX = 'batch.';
/** Of an encoder's weights. */
const DEVIATION = 0.02;

/** A token follows another by a fixed rule and one of so many offsets: something to learn. */
const OFFSETS = 8;
const FACTOR = 5;

type Stored = { readonly shape: readonly number[]; readonly data: Float32Array | Int32Array };

/** Draws weights and batches and writes them. */
export async function writeCase(file: string, given: Workload): Promise<void> {
  const drawn = drawInitial(lawsOf(given), sizesOf(given), SEED);
  const laws = new Map(netOf(given).parameters.map(({ name, law }) => [name, law.kind]));
  const weights = Object.entries(drawn).map(([name, { shape, data }]): [string, Stored] => {
    if (given.net !== 'encoder' || laws.get(name) === 'constant')
      return [name, { shape, data: Float32Array.from(data) }];
    // As BERT starts, for a tied decoder multiplies by the embeddings.
    const normals = stream(SEED, name).normals(data.length);
    return [name, { shape, data: Float32Array.from(normals, (z) => DEVIATION * z) }];
  });
  const metadata = { workload: JSON.stringify(given), adam: JSON.stringify(ADAM) };
  await writeFile(file, encodeTensors({ ...Object.fromEntries(weights), ...batches(given) }, metadata), { flag: 'wx' });
}

function batches(given: Workload): Readonly<Record<string, Stored>> {
  const source = stream(SEED, 'batches');
  const draw = (name: string, count: number, below: number): Int32Array =>
    Int32Array.from(source.substream(name).uniforms(count), (u) => Math.floor(below * u));
  const { batch } = given;
  switch (given.net) {
    case 'mlp': {
      const { input, classes } = given;
      const x = Float32Array.from(source.substream('x').normals(BATCHES * batch * input));
      const target = draw('target', BATCHES * batch, classes);
      return {
        [`${PREFIX}x`]: { shape: [BATCHES, batch, input], data: x },
        [`${PREFIX}target`]: { shape: [BATCHES, batch], data: target },
      };
    }
    case 'gpt': {
      const { context, vocabulary } = given;
      const shape = [BATCHES, batch, context];
      const text = sequences(source, BATCHES * batch, context + 1, vocabulary);
      const part = (from: number): Int32Array =>
        Int32Array.from({ length: entries(shape) }, (_, k) => {
          const place = Math.floor(k / context) * (context + 1) + (k % context) + from;
          return required(text[place], 'token');
        });
      return {
        [`${PREFIX}tokens`]: { shape, data: part(0) },
        [`${PREFIX}target`]: { shape, data: part(1) },
      };
    }
    case 'encoder': {
      const { context, vocabulary, labels } = given;
      return {
        [`${PREFIX}tokens`]: {
          shape: [BATCHES, batch, context],
          data: draw('tokens', BATCHES * batch * context, vocabulary),
        },
        [`${PREFIX}target`]: { shape: [BATCHES, batch], data: draw('target', BATCHES * batch, labels.length) },
      };
    }
  }
}

/** What an encoder reads in every step. */
function everyStep({ batch, context, place, labels }: EncoderWorkload): Tensors {
  const index = (axes: readonly string[], shape: readonly number[], data: ArrayLike<number>): Tensor => ({
    axes,
    shape,
    data: Int32Array.from(data),
  });
  return {
    kinds: index(['batch', 'time'], [batch, context], new Int32Array(batch * context)),
    positions: index(
      ['time'],
      [context],
      Array.from({ length: context }, (_, t) => t),
    ),
    padding: { axes: ['batch', "time'"], shape: [batch, context], data: new Float32Array(batch * context) },
    place: index(['batch'], [batch], new Int32Array(batch).fill(place)),
    labels: index(['class'], [labels.length], labels),
  };
}

/** Rows of tokens, each from a random one on. */
function sequences(source: Stream, rows: number, length: number, vocabulary: number): Int32Array {
  const draws = source.substream('tokens').uniforms(rows * length);
  const text = new Int32Array(rows * length);
  draws.forEach((u, k) => {
    const follows = (): number => FACTOR * required(text[k - 1], 'token before') + Math.floor(OFFSETS * u);
    text[k] = k % length === 0 ? Math.floor(vocabulary * u) : follows() % vocabulary;
  });
  return text;
}

/** What the file holds, with the axes of our programs. */
export interface Case {
  readonly workload: Workload;
  /** Numbers are read when they are asked for, into memory that all weights share: each set stands until the next is read. */
  readonly weights: Tensors;
  /** What step k sees is entry k mod their number. */
  readonly batches: readonly Tensors[];
}

/** Opens a file of {@link writeCase}, and keeps it open. */
export function openCase(file: string): Case {
  const { metadata, entries: all, read } = openTensors(file);
  const workload = JSON.parse(required(metadata.workload, 'workload of a case')) as Workload; // of writeCase
  const axes = new Map(
    stepOf(workload).nodes.flatMap(({ name, type, instruction }) =>
      instruction.op === 'input' ? [[name, type.axes] as const] : [],
    ),
  );
  const largest = Math.max(...all.map(({ bytes: [start, end] }) => end - start));
  const shared = new ArrayBuffer(largest);
  const weights: Record<string, Tensor> = {};
  const rows: Record<string, Tensor>[] = Array.from({ length: BATCHES }, () => ({}));
  for (const entry of all) {
    const { name: full, shape } = entry;
    const name = full.startsWith(PREFIX) ? full.slice(PREFIX.length) : full;
    const own = required(axes.get(name), `axes of "${name}"`);
    if (name === full) {
      weights[name] = {
        axes: own,
        shape,
        get data() {
          return read(entry, shared);
        },
      };
      continue;
    }
    const data = read(entry);
    const size = data.length / BATCHES;
    rows.forEach((row, k) => {
      row[name] = { axes: own, shape: shape.slice(1), data: data.subarray(k * size, (k + 1) * size) };
    });
  }
  const always = workload.net === 'encoder' ? everyStep(workload) : {};
  return { workload, weights, batches: rows.map((row) => Object.assign({}, row, always)) };
}

/** A tensor of a file: its type, and where it lies behind the header. */
interface Entry {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly bytes: readonly [start: number, end: number];
}

/** A file of tensors of which each is read by itself, so that nobody holds it whole. */
function openTensors(path: string) {
  const file = openSync(path, 'r');
  const size = Buffer.alloc(8);
  readSync(file, size, 0, 8, 0);
  const header = Buffer.alloc(Number(size.readBigUInt64LE()));
  readSync(file, header, 0, header.length, 8);
  const { __metadata__: metadata, ...tensors } = JSON.parse(header.toString()) as Header; // of writeCase
  return {
    metadata,
    entries: Object.entries(tensors).map(
      ([name, { dtype, shape, data_offsets: bytes }]): Entry => ({ name, type: dtype, shape, bytes }),
    ),
    read({ type, bytes: [start, end] }: Entry, into = new ArrayBuffer(end - start)): Float32Array | Int32Array {
      readSync(file, new Uint8Array(into), 0, end - start, 8 + header.length + start);
      const count = (end - start) / 4;
      return type === 'F32' ? new Float32Array(into, 0, count) : new Int32Array(into, 0, count);
    },
  };
}

type Header = { readonly __metadata__: Readonly<Record<string, string>> } & {
  readonly [name: string]: {
    readonly dtype: string;
    readonly shape: readonly number[];
    readonly data_offsets: readonly [number, number];
  };
};
