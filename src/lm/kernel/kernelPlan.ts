/**
 * How the examples of a kernel are cut up: batches of similar length, which run together, and chunks of batches, whose
 * results are stored together. A plan is fixed when a run starts; every later start of the run follows it, so that each
 * number is computed from the same shapes and comes out the same.
 *
 * A batch is of one draw or of all: a draw's own examples are multiplied with its own training side alone.
 */

import { required } from '../../errors/index.ts';
import { type Batch, batchesOf, type Encoded, paddedLength } from './batches.ts';
import type { DrawSides } from './drawSides.ts';
import type { KernelCosts } from './kernelCosts.ts';

export interface KernelPlan {
  /** Positions of examples by batch, with the common length after padding; the training sides' batches first. */
  readonly batches: readonly Batch[];
  /** By batch, the draw that it is of; null where it is rows of all. */
  readonly draws: readonly (number | null)[];
  /** Positions of batches by chunk; no chunk mixes training sides' with others. */
  readonly chunks: readonly (readonly number[])[];
  /** So many chunks, the first ones, are the training sides. */
  readonly trainChunks: number;
  /** Whether what the backward pass reads of the forward one stays in memory. */
  readonly keepActivations: boolean;
}

export interface PlanOptions {
  readonly examples: readonly Encoded[];
  readonly draws: readonly DrawSides[];
  readonly costs: KernelCosts;
  /** Bytes that the run may use for what grows with batches and chunks. */
  readonly memory: number;
  /** Of examples beside the training sides, at least so many chunks where there are batches enough: for several workers. */
  readonly parts?: number;
}

/** Batches that are multiplied: every one of the rows with every one of the columns; without rows, columns with themselves. */
export interface PlannedProduct {
  readonly columns: readonly number[];
  readonly rows: readonly number[];
}

/** Bytes for batches and chunks where no plan is given. */
export const DEFAULT_MEMORY = 4 * 2 ** 30;

/** Examples of one batch: enough rows for a matrix product to run at full speed. */
const BATCH_EXAMPLES = 32;
/** Tokens of one batch, each output counted: more makes no product faster. */
export const BATCH_TOKENS = 2048;
/** Batches of one chunk: more share the writing-out of the training side's gradients, fewer lose less when interrupted. */
const CHUNK_BATCHES = 8;
/** Shares of the memory for the backward pass of a batch, and for the factors of the training side and of a chunk. */
const WORKSPACE_SHARE = 0.4;
const TRAIN_SHARE = 0.3;
const CHUNK_SHARE = 0.15;
/** And the share for activations that are kept, up to a bound: they save a quarter of the passes, at any size. */
const KEEP_SHARE = 0.4;
const KEEP_BYTES = 1.5 * 2 ** 30;

/** Plans kernels within a memory; {@link smallestPlanBytes} of memory are always enough. */
export function planKernel({ examples, draws, costs, memory, parts = 1 }: PlanOptions): KernelPlan {
  const time = longest(examples);
  const affordable = (WORKSPACE_SHARE * memory * time) / costs.workspaceBytes(time);
  const tokens = Math.min(BATCH_TOKENS / costs.outputs, affordable);
  const limits = { examples: BATCH_EXAMPLES, tokens };
  const batched = (members: readonly number[], draw: number | null): PlannedBatch[] =>
    batchesOf(examples, members, limits).map((batch) => ({ batch, draw }));
  const { own, ofAll } = otherRows(draws);
  const training = draws.flatMap(({ train }, draw) => batched(train, draw));
  const all = [...training, ...own.flatMap(batched), ...batched(ofAll, null)];
  const bytes = (k: number): number => {
    const { members, time } = required(all[k], `batch ${k}`).batch;
    return members.length * costs.bytes(time).factors;
  };
  const positions = all.map((_, k) => k);
  const trainChunks = cut(positions.slice(0, training.length), bytes, TRAIN_SHARE * memory, Number.POSITIVE_INFINITY);
  const others = positions.slice(training.length);
  const most = Math.min(CHUNK_BATCHES, Math.max(1, Math.floor(others.length / parts)));
  const otherChunks = cut(others, bytes, CHUNK_SHARE * memory, most);
  const plan = {
    batches: all.map(({ batch }) => batch),
    draws: all.map(({ draw }) => draw),
    chunks: [...trainChunks, ...otherChunks],
    trainChunks: trainChunks.length,
  };
  return { ...plan, keepActivations: keptBytes(plan, costs) <= Math.min(KEEP_SHARE * memory, KEEP_BYTES) };
}

interface PlannedBatch {
  readonly batch: Batch;
  readonly draw: number | null;
}

/** Rows beside the training sides: those of one draw, and those that are multiplied with every training side. */
function otherRows(draws: readonly DrawSides[]) {
  const users = new Map<number, number[]>();
  draws.forEach(({ rows }, draw) => {
    for (const member of rows) users.set(member, [...(users.get(member) ?? []), draw]);
  });
  for (const [draw, { train }] of draws.entries()) {
    for (const member of train) {
      const own = users.get(member);
      required(
        own?.length === 1 && own[0] === draw ? own : undefined,
        `training example ${member} as a row of its draw`,
      );
      users.delete(member);
    }
  }
  const members = [...users.keys()].sort((a, b) => a - b);
  const isOf = (member: number, draw: number): boolean => {
    const own = users.get(member);
    return draws.length > 1 && own?.length === 1 && own[0] === draw;
  };
  const own = draws.map((_, draw) => members.filter((member) => isOf(member, draw)));
  const single = new Set(own.flat());
  return { own, ofAll: members.filter((member) => !single.has(member)) };
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

/** The draw of a batch; null where it is rows of all. */
export function drawOfBatch({ draws }: Pick<KernelPlan, 'draws'>, batch: number): number | null {
  const draw = draws[batch];
  return draw === null ? draw : required(draw, `draw of batch ${batch}`);
}

/** The examples of a chunk. */
export function membersOf(plan: Pick<KernelPlan, 'batches' | 'chunks'>, chunk: number): number[] {
  return chunkOf(plan, chunk).flatMap((batch) => batchOf(plan, batch).members);
}

/** The examples of a chunk that are multiplied with the training side of a draw. */
export function membersWith(plan: KernelPlan, chunk: number, draw: number): number[] {
  return chunkOf(plan, chunk)
    .filter((batch) => [draw, null].includes(drawOfBatch(plan, batch)))
    .flatMap((batch) => batchOf(plan, batch).members);
}

/** The training side of a draw, chunk by chunk. */
export function trainingMembers(plan: KernelPlan, draw: number): number[] {
  return Array.from({ length: plan.trainChunks }, (_, chunk) => membersWith(plan, chunk, draw)).flat();
}

/**
 * What is multiplied between a chunk of the training sides and another chunk, or itself: rows of one draw with its own
 * columns, those of all draws with all columns together. Nothing where they have no draw in common.
 */
export function plannedProducts(plan: KernelPlan, group: number, chunk: number): readonly PlannedProduct[] {
  const columns = chunkOf(plan, group);
  const draws = [...new Set(chunkOf(plan, chunk).map((batch) => drawOfBatch(plan, batch)))];
  return draws
    .map((draw) => ({
      columns: draw === null ? columns : columns.filter((batch) => drawOfBatch(plan, batch) === draw),
      rows: group === chunk ? [] : chunkOf(plan, chunk).filter((batch) => drawOfBatch(plan, batch) === draw),
    }))
    .filter((product) => product.columns.length > 0);
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
