/**
 * How the examples of a kernel are cut up: batches of similar length, which run together, and chunks of batches, whose
 * results are stored together. A plan is fixed when a run starts; every later start of the run follows it, so that each
 * number is computed from the same shapes and comes out the same.
 */

import { required } from '../../errors/index.ts';
import { type Batch, batchesOf, type Encoded, paddedLength } from './batches.ts';
import type { KernelCosts } from './kernelCosts.ts';

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
  readonly costs: KernelCosts;
  /** Bytes that the run may use for what grows with batches and chunks. */
  readonly memory: number;
}

/** Bytes for batches and chunks where no plan is given. */
export const DEFAULT_MEMORY = 4 * 2 ** 30;

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
export function planKernel({ examples, train, costs, memory }: PlanOptions): KernelPlan {
  const training = new Set(train);
  const others = examples.map((_, member) => member).filter((member) => !training.has(member));
  const time = longest(examples);
  const affordable = (WORKSPACE_SHARE * memory * time) / costs.workspaceBytes(time);
  const tokens = Math.min(BATCH_TOKENS / costs.outputs, affordable);
  const limits = { examples: BATCH_EXAMPLES, tokens };
  const trainBatches = batchesOf(examples, train, limits);
  const batches = [...trainBatches, ...batchesOf(examples, others, limits)];
  const bytes = (batch: number): number => {
    const { members, time } = required(batches[batch], `batch ${batch}`);
    return members.length * costs.bytes(time).factors;
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
  return { ...plan, keepActivations: keptBytes(plan, costs) <= Math.min(KEEP_SHARE * memory, KEEP_BYTES) };
}

/** Memory for a batch of one example at a time. */
export function smallestPlanBytes(costs: KernelCosts, examples: readonly Encoded[]): number {
  const time = longest(examples);
  return Math.max(costs.workspaceBytes(time) / WORKSPACE_SHARE, costs.bytes(time).factors / CHUNK_SHARE);
}

/** The batches of a chunk. */
export function chunkOf({ chunks }: Pick<KernelPlan, 'chunks'>, chunk: number): readonly number[] {
  return required(chunks[chunk], `chunk ${chunk}`);
}

/** A batch by its number. */
export function batchOf({ batches }: Pick<KernelPlan, 'batches'>, batch: number): Batch {
  return required(batches[batch], `batch ${batch}`);
}

/** The examples of a chunk. */
export function membersOf(plan: KernelPlan, chunk: number): number[] {
  return chunkOf(plan, chunk).flatMap((batch) => batchOf(plan, batch).members);
}

const longest = (examples: readonly Encoded[]): number =>
  examples.reduce((most, example) => Math.max(most, paddedLength(example)), 1);

/** What all stages' backward passes read of their forward ones. */
export function keptBytes({ batches }: Pick<KernelPlan, 'batches'>, costs: KernelCosts): number {
  return batches.reduce((sum, { members, time }) => sum + members.length * costs.bytes(time).kept, 0);
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
