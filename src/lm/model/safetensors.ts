import { nearNames } from '../../errors/wording/index.ts';
import { at } from '../../numeric/index.ts';
import * as errors from '../errors.ts';
import { type CheckpointFile, type CheckpointFiles, readBytes, readJsonObject } from './checkpointFiles.ts';
import { decodeBfloat, decodeHalf } from './halfPrecision.ts';
import { isJsonObject } from './json.ts';
import { readHeader, type TensorEntry } from './safetensorsHeader.ts';

/** The tensors of a checkpoint, read one at a time from files that stay open until `close`. */
export interface TensorStore {
  readonly folder: string;
  /** All names, sorted. */
  readonly names: readonly string[];
  has(name: string): boolean;
  /** @throws UserError `lm.missing-tensor`. */
  shape(name: string): readonly number[];
  /**
   * The numbers of one tensor in row-major order, as 32-bit floats (exact for every supported format).
   * @throws UserError `lm.missing-tensor`, `lm.non-finite-tensor` or `lm.damaged-tensors`; UnsupportedError
   *   `lm.unsupported-dtype`.
   */
  read(name: string): Promise<Float32Array>;
  /** Closes the files; nothing can be read afterwards. */
  close(): Promise<void>;
}

/** A tensor that a model needs. */
export interface WantedTensor {
  readonly name: string;
  readonly shape: readonly number[];
}

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

/** Bytes read at a time: bounds the memory beside the result, and is a whole number of every item size. */
const CHUNK_BYTES = 1 << 24;

/** Whether the first byte of a number is the least one in this machine. */
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

interface Location {
  readonly opened: CheckpointFile;
  /** Its path, for messages. */
  readonly file: string;
  readonly entry: TensorEntry;
}

/** How the bytes of a format become 32-bit floats; they are in the machine's own byte order by then. */
const DECODERS: ReadonlyMap<
  string,
  { readonly bytes: number; decode(bytes: Uint8Array<ArrayBuffer>, target: Float32Array): void }
> = new Map([
  ['F32', { bytes: 4, decode: (bytes, target) => target.set(new Float32Array(bytes.buffer)) }],
  ['F16', { bytes: 2, decode: (bytes, target) => decodeHalf(new Uint16Array(bytes.buffer), target) }],
  ['BF16', { bytes: 2, decode: (bytes, target) => decodeBfloat(new Uint16Array(bytes.buffer), target) }],
]);

/**
 * Opens a checkpoint's `model.safetensors`, or the shards that `model.safetensors.index.json` lists, and reads the headers.
 * @throws UserError `lm.missing-folder`, `lm.missing-file`, `lm.unconverted-weights`, `lm.bad-shard-index`,
 *   `lm.malformed-json` or `lm.damaged-tensors`.
 */
export async function openTensors(files: CheckpointFiles): Promise<TensorStore> {
  const shards = await listShards(files);
  const all: CheckpointFile[] = [];
  const close = async () => {
    await Promise.all(all.splice(0).map((opened) => opened.close()));
  };
  try {
    const locations = new Map<string, Location>();
    for (const [shard, names] of shards) {
      const file = files.path(shard);
      const opened = await files.open(shard);
      all.push(opened);
      for (const entry of await readHeader(opened, file)) {
        if (names === undefined || names.delete(entry.name)) locations.set(entry.name, { opened, file, entry });
      }
      const [absent] = names ?? [];
      if (absent !== undefined) {
        throw errors.badShardIndex(files.path(INDEX), `tensor '${absent}' is not in '${shard}'`);
      }
    }
    return createStore(files.folder, locations, close);
  } catch (cause) {
    await close();
    throw cause;
  }
}

/**
 * Checks that all wanted tensors are there with their shapes.
 * @throws UserError `lm.tensor-mismatch` that lists every missing and every mis-shaped tensor.
 */
export function expectShapes(store: TensorStore, wanted: readonly WantedTensor[]): void {
  const missing = wanted
    .filter(({ name }) => !store.has(name))
    .map((tensor) => ({ ...tensor, near: nearNames(tensor.name, store.names) }));
  const misshaped = wanted
    .filter(({ name }) => store.has(name))
    .map(({ name, shape }) => ({ name, expected: shape, found: store.shape(name) }))
    .filter(({ expected, found }) => expected.length !== found.length || expected.some((n, axis) => n !== found[axis]));
  if (missing.length + misshaped.length > 0) throw errors.tensorMismatches(store.folder, missing, misshaped);
}

function createStore(
  folder: string,
  locations: ReadonlyMap<string, Location>,
  close: () => Promise<void>,
): TensorStore {
  const names = [...locations.keys()].sort();
  const locate = (name: string): Location => {
    const location = locations.get(name);
    if (location === undefined) throw errors.missingTensor(folder, name, nearNames(name, names), names.length);
    return location;
  };
  return {
    folder,
    names,
    has: (name) => locations.has(name),
    shape: (name) => locate(name).entry.shape,
    read: async (name) => readTensor(locate(name)),
    close,
  };
}

/** The files to open and the names to take from each; `undefined` means all of them. */
async function listShards(files: CheckpointFiles): Promise<ReadonlyMap<string, Set<string> | undefined>> {
  const { folder } = files;
  const found = await files.list();
  if (found.includes(SINGLE)) return new Map([[SINGLE, undefined]]);
  if (!found.includes(INDEX)) {
    const pickled = found.find((name) => /^pytorch_model.*\.bin$/.test(name));
    throw pickled === undefined
      ? errors.missingFile(folder, `${SINGLE} and no ${INDEX}`, found)
      : errors.unconvertedWeights(folder, pickled);
  }
  const index = files.path(INDEX);
  const { weight_map: map } = await readJsonObject(files, INDEX);
  if (!isJsonObject(map) || Object.keys(map).length === 0) {
    throw errors.badShardIndex(index, 'it has no "weight_map" from tensor names to files');
  }
  const shards = new Map<string, Set<string>>();
  for (const [name, shard] of Object.entries(map)) {
    if (typeof shard !== 'string') throw errors.badShardIndex(index, `tensor '${name}' has no file name`);
    // Also keeps an index from reaching files outside its folder.
    if (!found.includes(shard)) throw errors.missingShard(folder, shard, INDEX, found);
    shards.set(shard, (shards.get(shard) ?? new Set<string>()).add(name));
  }
  return shards;
}

async function readTensor({ opened, file, entry }: Location): Promise<Float32Array> {
  const decoder = DECODERS.get(entry.dtype);
  if (decoder === undefined) throw errors.unsupportedDtype(file, entry.name, entry.dtype, [...DECODERS.keys()]);
  const values = new Float32Array((entry.end - entry.start) / decoder.bytes);
  for (let start = entry.start; start < entry.end; start += CHUNK_BYTES) {
    const bytes = await readBytes(opened, start, Math.min(CHUNK_BYTES, entry.end - start), file);
    if (!LITTLE_ENDIAN) reverseItems(bytes, decoder.bytes);
    const first = (start - entry.start) / decoder.bytes;
    const part = values.subarray(first, first + bytes.length / decoder.bytes);
    decoder.decode(bytes, part);
    // x − x is 0 for finite x only.
    const bad = part.findIndex((value) => value - value !== 0);
    if (bad >= 0) throw errors.nonFiniteTensor(file, entry.name, unravel(first + bad, entry.shape), at(part, bad));
  }
  return values;
}

/** safetensors are little-endian; typed arrays use the machine's order. */
function reverseItems(bytes: Uint8Array, itemBytes: number): void {
  for (let i = 0; i < bytes.length; i += itemBytes) bytes.subarray(i, i + itemBytes).reverse();
}

/** The row-major position of a flat index. */
function unravel(index: number, shape: readonly number[]): readonly number[] {
  let rest = index;
  return shape
    .toReversed()
    .map((size) => {
      const position = rest % size;
      rest = (rest - position) / size;
      return position;
    })
    .reverse();
}
