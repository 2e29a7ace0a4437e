/** What the engine asks of a runtime of ONNX models; adapters provide it (node, web). */

import type { Tensor, ValueType } from '../program/index.ts';

/** Numbers as a runtime takes and gives them: row-major, with one size for each axis, which has no name there. */
export interface RawTensor {
  readonly data: Float32Array | Int32Array;
  readonly dims: readonly number[];
}

/** Results by the model's names. */
export type RawResults = Readonly<Record<string, Float32Array>>;

/** Runs a model with the rest of its feeds; results are where they were asked for. */
export type Prepared = (feeds: Readonly<Record<string, RawTensor>>) => Promise<void>;

/**
 * The first output of a model whose results go to given arrays, a list of numbers. onnxruntime-node writes results into
 * arrays that it is given, and then copies each into a new one to return it: half of the memory and, with page faults,
 * half of the time of a large gradient. It cannot return a list, though, so that asking for one ends the copying before
 * it begins. A version that can return it would copy again and be right all the same.
 */
export const NO_COPIES = 'no copies';

/** A model loaded by a runtime. */
export interface BackendSession {
  run(feeds: Readonly<Record<string, RawTensor>>, outputs: readonly string[]): Promise<RawResults>;
  /**
   * Runs of a model, with the output {@link NO_COPIES} where the backend copies results, that read the feeds `held` where they lie and write the results
   * `into` given arrays, none of which may be a feed.
   */
  prepare(held: Readonly<Record<string, RawTensor>>, into: Readonly<Record<string, RawTensor>>): Prepared;
  release(): Promise<void>;
}

export interface LoadOptions {
  /** Whether memory of intermediate values is kept for the next run, for models that run over and over. */
  readonly keepMemory?: boolean;
}

/** A runtime of ONNX models. */
export interface Backend {
  /** Name and version, for reports. */
  readonly name: string;
  /** Whether it copies what it has written into given arrays, unless the model has the output {@link NO_COPIES}. */
  readonly copiesResults?: boolean;
  /** Whether operators with several results give the first one alone: of a normalization no inverse deviation. */
  readonly firstResults?: boolean;
  load(model: Uint8Array, options?: LoadOptions): Promise<BackendSession>;
}

/** Real numbers as f32 and indices as i32, without a copy where they are so already. */
export function rawTensor({ data, shape }: Tensor, kind: ValueType['kind']): RawTensor {
  if (kind === 'index') return { data: data instanceof Int32Array ? data : Int32Array.from(data), dims: shape };
  return { data: data instanceof Float32Array ? data : Float32Array.from(data), dims: shape };
}
