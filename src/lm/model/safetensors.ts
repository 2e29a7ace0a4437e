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
  /** Tensors in shards that the index does not list there, which are not read. */
  readonly unlisted: readonly string[];
  has(name: string): boolean;
  /** @throws UserError `lm.missing-tensor`. */
  shape(name: string): readonly number[];
  /** Its number format, such as F16. @throws UserError `lm.missing-tensor`. */
  dtype(name: string): string;
  /**
   * Whether two tensors hold the same numbers on the same shape; they are read piece by piece.
   * @throws UserError `lm.missing-tensor` or `lm.damaged-tensors`; UnsupportedError `lm.unsupported-dtype`.
   */
  equal(name: string, other: string): Promise<boolean>;
  /**
   * The numbers of one tensor, row-major on the axes of {@link shape}, as 32-bit floats (exact for every supported
   * format but F64).
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

/** Numbers read at a time: bounds the memory beside the result. */
const CHUNK = 1 << 22;

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
  ['F64', { bytes: 8, decode: (bytes, target) => target.set(new Float64Array(bytes.buffer)) }],
]);

/**
 * Opens a checkpoint's `model.safetensors`, or the shards that `model.safetensors.index.json` lists, or one file that is
 * named, and reads the headers.
 * @throws UserError `lm.missing-folder`, `lm.missing-file`, `lm.unconverted-weights`, `lm.bad-shard-index`,
 *   `lm.malformed-json` or `lm.damaged-tensors`.
 */
export async function openTensors(files: CheckpointFiles, named?: string): Promise<TensorStore> {
  const shards = named === undefined ? await listShards(files) : new Map([[named, undefined]]);
  const all: CheckpointFile[] = [];
  const close = async () => {
    await Promise.all(all.splice(0).map((opened) => opened.close()));
  };
  try {
    const locations = new Map<string, Location>();
    const unlisted: string[] = [];
    for (const [shard, names] of shards) {
      const file = files.path(shard);
      const opened = await files.open(shard);
      all.push(opened);
      for (const entry of await readHeader(opened, file)) {
        if (names === undefined || names.delete(entry.name)) locations.set(entry.name, { opened, file, entry });
        else unlisted.push(entry.name);
      }
      const [absent] = names ?? [];
      if (absent !== undefined) {
        throw errors.badShardIndex(files.path(INDEX), `tensor '${absent}' is not in '${shard}'`);
      }
    }
    return createStore(files.folder, { locations, unlisted }, close);
  } catch (cause) {
    await close();
    throw cause;
  }
}

/**
 * Checks that all wanted tensors are there with their shapes.
 * `assumed` says what the shapes rest on beside config.json.
 * @throws UserError `lm.tensor-mismatch` that lists every missing and every mis-shaped tensor.
 */
export function expectShapes(
  store: TensorStore,
  wanted: readonly WantedTensor[],
  assumed: readonly string[] = [],
): void {
  const missing = wanted
    .filter(({ name }) => !store.has(name))
    .map((tensor) => ({ ...tensor, near: nearNames(tensor.name, store.names) }));
  const misshaped = wanted
    .filter(({ name }) => store.has(name))
    .map(({ name, shape }) => ({ name, expected: shape, found: store.shape(name) }))
    .filter(({ expected, found }) => expected.length !== found.length || expected.some((n, axis) => n !== found[axis]));
  if (missing.length + misshaped.length > 0) throw errors.tensorMismatches(store.folder, missing, misshaped, assumed);
}

function createStore(
  folder: string,
  { locations, unlisted }: { readonly locations: ReadonlyMap<string, Location>; readonly unlisted: readonly string[] },
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
    unlisted,
    has: (name) => locations.has(name),
    shape: (name) => locate(name).entry.shape,
    dtype: (name) => locate(name).entry.dtype,
    equal: async (name, other) => equalTensors(locate(name), locate(other)),
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
    if (/[\\/]/.test(shard)) {
      throw errors.badShardIndex(index, `tensor '${name}' is in '${shard}', and shards lie beside their index`);
    }
    // Also keeps an index from reaching files outside its folder.
    if (!found.includes(shard)) throw errors.missingShard(folder, shard, INDEX, found);
    shards.set(shard, (shards.get(shard) ?? new Set<string>()).add(name));
  }
  return shards;
}

async function readTensor(location: Location): Promise<Float32Array> {
  const { file, entry } = location;
  const values = new Float32Array(countOf(entry));
  for (let first = 0; first < values.length; first += CHUNK) {
    const part = values.subarray(first, first + CHUNK);
    await readPart(location, first, part);
    const bad = firstNotFinite(part);
    if (bad !== undefined) {
      const place = unravel(first + bad, entry.shape);
      throw errors.nonFiniteTensor(file, entry.name, place, at(part, bad), entry.dtype === 'F64');
    }
  }
  return values;
}

/** The place of the first number that is not finite; a loop, for models have billions of numbers, and calls cost more. */
function firstNotFinite(part: Float32Array): number | undefined {
  for (let k = 0; k < part.length; k++) {
    const value = part[k] as number; // k is in range
    // x − x is 0 for finite x only.
    if (value - value !== 0) return k;
  }
  return undefined;
}

async function equalTensors(one: Location, other: Location): Promise<boolean> {
  const [a, b] = [one.entry.shape, other.entry.shape];
  if (a.length !== b.length || a.some((size, axis) => size !== b[axis])) return false;
  const count = countOf(one.entry);
  for (let first = 0; first < count; first += CHUNK) {
    const [left, right] = [
      new Float32Array(Math.min(CHUNK, count - first)),
      new Float32Array(Math.min(CHUNK, count - first)),
    ];
    await readPart(one, first, left);
    await readPart(other, first, right);
    if (left.some((value, k) => value !== right[k])) return false;
  }
  return true;
}

const countOf = ({ shape }: TensorEntry): number => shape.reduce((product, size) => product * size, 1);

/** Reads the numbers from the `first` one on into all of `target`. */
async function readPart({ opened, file, entry }: Location, first: number, target: Float32Array): Promise<void> {
  const decoder = DECODERS.get(entry.dtype);
  if (decoder === undefined) throw errors.unsupportedDtype(file, entry.name, entry.dtype, [...DECODERS.keys()]);
  const bytes = await readBytes(opened, entry.start + first * decoder.bytes, target.length * decoder.bytes, file);
  if (!LITTLE_ENDIAN) reverseItems(bytes, decoder.bytes);
  decoder.decode(bytes, target);
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
