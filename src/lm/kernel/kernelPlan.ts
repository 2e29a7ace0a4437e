/**
 * How the examples of a kernel are cut up: batches of similar length, which run together, and chunks of batches, whose
 * results are stored together. A plan is fixed when a run starts; every later start of the run follows it, so that each
 * number is computed from the same shapes and comes out the same.
 */

import type { EncoderConfig } from '../../nets/index.ts';
import { type Batch, batchesOf, type Encoded } from './batches.ts';

export interface KernelPlan {
  /** Positions of examples by batch, with the common length after padding; the training side's batches first. */
  readonly batches: readonly Batch[];
  /** Positions of batches by chunk; no chunk mixes the training side's with others. */
  readonly chunks: readonly (readonly number[])[];
  /** So many chunks, the first ones, are the training side. */
  readonly trainChunks: number;
  /** Whether what the backward pass reads of the forward one stays in memory. */
  readonly keepActivations: boolean;
}

export interface PlanOptions {
  readonly examples: readonly Encoded[];
  /** Positions of the training side. */
  readonly train: readonly number[];
  readonly outputs: number;
  readonly config: EncoderConfig;
  /** Bytes that the run may use for what grows with batches and chunks. */
  readonly memory: number;
}

/** Examples of one batch: enough rows for a matrix product to run at full speed. */
const BATCH_EXAMPLES = 32;
/** Tokens of one batch, each output counted: more makes no product faster. */
const BATCH_TOKENS = 2048;
/** Batches of one chunk: more share the writing-out of the training side's gradients, fewer lose less when interrupted. */
const CHUNK_BATCHES = 8;
/** Shares of the memory for the backward pass of a batch, and for the factors of the training side and of a chunk. */
const WORKSPACE_SHARE = 0.4;
const TRAIN_SHARE = 0.3;
const CHUNK_SHARE = 0.15;
/** And the share for activations that are kept, up to a bound: they save a quarter of the passes, at any size. */
const KEEP_SHARE = 0.4;
const KEEP_BYTES = 1.5 * 2 ** 30;

/** Plans a kernel within a memory; {@link smallestPlanBytes} of memory are always enough. */
export function planKernel({ examples, train, outputs, config, memory }: PlanOptions): KernelPlan {
  const training = new Set(train);
  const others = examples.map((_, member) => member).filter((member) => !training.has(member));
  const affordable = (WORKSPACE_SHARE * memory) / workspaceBytesPerToken(config, outputs, longest(examples));
  const tokens = Math.min(BATCH_TOKENS / outputs, affordable);
  const limits = { examples: BATCH_EXAMPLES, tokens };
  const trainBatches = batchesOf(examples, train, limits);
  const batches = [...trainBatches, ...batchesOf(examples, others, limits)];
  const bytes = (batch: number): number => {
    const { members = [], time = 0 } = batches[batch] ?? {};
    return members.length * time * factorBytesPerToken(config, outputs);
  };
  const positions = batches.map((_, k) => k);
  const trainChunks = cut(
    positions.slice(0, trainBatches.length),
    bytes,
    TRAIN_SHARE * memory,
    Number.POSITIVE_INFINITY,
  );
  const otherChunks = cut(positions.slice(trainBatches.length), bytes, CHUNK_SHARE * memory, CHUNK_BATCHES);
  const plan = { batches, chunks: [...trainChunks, ...otherChunks], trainChunks: trainChunks.length };
  return { ...plan, keepActivations: keptBytes(plan, config) <= Math.min(KEEP_SHARE * memory, KEEP_BYTES) };
}

/** Memory for a batch of one example at a time. */
export function smallestPlanBytes(config: EncoderConfig, outputs: number, examples: readonly Encoded[]): number {
  const time = longest(examples);
  const workspace = time * workspaceBytesPerToken(config, outputs, time);
  return Math.max(workspace / WORKSPACE_SHARE, (time * factorBytesPerToken(config, outputs)) / CHUNK_SHARE);
}

const longest = (examples: readonly Encoded[]): number =>
  examples.reduce((most, { ids }) => Math.max(most, ids.length), 1);

/** Numbers that the factors of one block's matrices hold for a token: inputs once, cotangents for each output. */
export function factorBytesPerToken({ width, feedForward }: EncoderConfig, outputs: number): number {
  return 4 * (3 * width + feedForward + outputs * (5 * width + feedForward));
}

/** What all blocks' backward passes read of their forward ones. */
export function keptBytes(
  { batches }: Pick<KernelPlan, 'batches'>,
  { width, feedForward, heads, layers }: EncoderConfig,
): number {
  const floats = batches.reduce(
    (sum, { members, time }) => sum + members.length * time * (8 * width + 2 * feedForward + heads * time),
    0,
  );
  return 4 * floats * layers;
}

/** What a block's backward pass holds at its fullest for a token: activations, cotangents, attention over `time` keys. */
export function workspaceBytesPerToken(
  { width, feedForward, heads }: EncoderConfig,
  outputs: number,
  time: number,
): number {
  const forward = 10 * width + 3 * feedForward + 2 * heads * time;
  const backward = outputs * (6 * width + 3 * feedForward + 3 * heads * time);
  return 4 * (forward + backward);
}

/** Cuts a list into consecutive parts of bounded bytes and length, each of at least one. */
function cut(
  items: readonly number[],
  bytes: (item: number) => number,
  most: number,
  length: number,
): readonly (readonly number[])[] {
  const parts: number[][] = [];
  let sum = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const part = parts.at(-1);
    if (part === undefined || sum + bytes(item) > most || part.length >= length) {
      parts.push([item]);
      sum = bytes(item);
    } else {
      part.push(item);
      sum += bytes(item);
    }
  }
  return parts;
}
