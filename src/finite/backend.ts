/** What the engine asks of a runtime of ONNX models; adapters provide it (node.ts). */

import type { Tensor, ValueType } from '../program/index.ts';

/** Numbers as a runtime takes and gives them. */
export interface RawTensor {
  readonly data: Float32Array | Int32Array;
  readonly dims: readonly number[];
}

/** Results by the model's names. */
export type RawResults = Readonly<Record<string, Float32Array>>;

/** Runs a model with the rest of its feeds. */
export type Prepared = (feeds: Readonly<Record<string, RawTensor>>) => Promise<RawResults>;

/** A model loaded by a runtime. */
export interface BackendSession {
  run(feeds: Readonly<Record<string, RawTensor>>, outputs: readonly string[]): Promise<RawResults>;
  /**
   * Runs that all read the feeds `held` where they lie, and write the results of `into` there; results that are not
   * among them are new arrays at each run. Nothing in `into` may be a feed.
   */
  prepare(
    held: Readonly<Record<string, RawTensor>>,
    into: Readonly<Record<string, RawTensor>>,
    outputs: readonly string[],
  ): Prepared;
  release(): Promise<void>;
}

/** A runtime of ONNX models. */
export interface Backend {
  /** Name and version, for reports. */
  readonly name: string;
  load(model: Uint8Array): Promise<BackendSession>;
}

/** Real numbers as f32 and indices as i32, without a copy where they are so already. */
export function rawTensor({ data, shape }: Tensor, kind: ValueType['kind']): RawTensor {
  if (kind === 'index') return { data: data instanceof Int32Array ? data : Int32Array.from(data), dims: shape };
  return { data: data instanceof Float32Array ? data : Float32Array.from(data), dims: shape };
}
