/** The memory that a kernel run will need, told before it starts, and plans that fit one. */

import { required } from '../../errors/index.ts';
import type { Encoded } from './batches.ts';
import { carryingBytes } from './carriedProducts.ts';
import { type DrawSides, kernelEntries } from './drawSides.ts';
import { STRIP_BYTES } from './explicitProducts.ts';
import { type ExampleBytes, type KernelCosts, sum } from './kernelCosts.ts';
import { memoryTooSmall } from './kernelErrors.ts';
import type { ComputedKind } from './kernelKinds.ts';

import { BATCH_TOKENS, type KernelPlan, keptBytes, planKernel, smallestPlanBytes } from './kernelPlan.ts';

export interface ForecastOptions {
  readonly costs: KernelCosts;
  readonly examples: readonly Encoded[];
  readonly draws: readonly DrawSides[];
  /** Bytes of the process before the run. */
  readonly base: number;
  /** Kernels that are computed; default that of SGD. */
  readonly kinds?: readonly ComputedKind[];
  /** At least so many chunks of examples beside the training sides (`PlanOptions.parts`). */
  readonly parts?: number;
}

/** A plan that fits a memory, and whether all weights stay in memory beside it. */
export interface FittedPlan {
  readonly plan: KernelPlan;
  readonly keepWeights: boolean;
}

/** What the compiled programs, the engine's threads and the JavaScript heap grow by. */
const RUNTIME_BYTES = 160 * 2 ** 20;
/** Buffers that wait for the garbage collector, as a share of what comes and goes. */
const SLACK = 1.35;
/** Two planes of bits, twice, beside numbers of 32 bits. */
const BITS_SHARE = 1 / 8;
/** The share of the memory that weights may take for good. */
const WEIGHTS_SHARE = 0.35;

/**
 * Plans a run so that it stays below `memory` bytes. Throws {@link UserError} `lm.memory-too-small` with the least that
 * would do.
 */
export function fitPlan(options: ForecastOptions & { readonly memory: number }): FittedPlan {
  const { costs, examples, draws, memory, parts = 1 } = options;
  const least = smallestPlanBytes(costs, examples);
  const room = (keepWeights: boolean): number => (memory - standingBytes(options, keepWeights)) / SLACK;
  const keepWeights = costs.parameterBytes <= WEIGHTS_SHARE * memory && room(true) >= least;
  // Of small models, holding a stage and the next one takes more than holding all.
  const bytes = Math.min(standingBytes(options, false), standingBytes(options, keepWeights)) + SLACK * least;
  if (memory < bytes) throw memoryTooSmall(memory, bytes);
  return { plan: planKernel({ examples, draws, costs, memory: room(keepWeights), parts }), keepWeights };
}

/** The bytes of the process at its fullest. */
export function forecastBytes(options: ForecastOptions, { plan, keepWeights }: FittedPlan): number {
  const { costs } = options;
  type Count = (each: ExampleBytes) => number;
  const ofBatch = (batch: number, count: Count): number => {
    const { members, time } = required(plan.batches[batch], `batch ${batch}`);
    return members.length * count(costs.bytes(time));
  };
  const ofChunk = (chunk: readonly number[], count: Count): number => sum(chunk.map((batch) => ofBatch(batch, count)));
  const most = (chunks: KernelPlan['chunks'], count: Count): number =>
    Math.max(0, ...chunks.map((chunk) => ofChunk(chunk, count)));
  const train = plan.chunks.slice(0, plan.trainChunks);
  const others = plan.chunks.slice(plan.trainChunks);
  const factors = most(train, ({ factors }) => factors) + most(others, ({ factors }) => factors);
  // What crosses into and out of a stage is read and written by chunk, and held once more while it is.
  const crossing = 2 * most(plan.chunks, ({ boundary }) => boundary);
  const workspace = Math.max(...plan.batches.map(({ members, time }) => members.length * costs.workspaceBytes(time)));
  // Rows of tables are held for all training sides and one chunk.
  const rows = sum(train.map((chunk) => ofChunk(chunk, (each) => each.rows))) + most(others, (each) => each.rows);
  const moving = Math.max(factors + crossing + workspace, rows + most(plan.chunks, (each) => each.rowCotangents));
  const kept = plan.keepActivations ? keptBytes(plan, costs) : 0;
  return standingBytes(options, keepWeights) + kept + SLACK * moving;
}

/** What is there whatever the plan: the process, weights, the kernel. */
function standingBytes(options: ForecastOptions, keepWeights: boolean): number {
  const { costs, draws, base, kinds = ['sgd'] } = options;
  const kernels = 8 * kinds.length * kernelEntries(draws, costs.outputs);
  // Without keeping, the next stage's weights are read while the last one's wait for the garbage collector.
  const weights = keepWeights ? costs.parameterBytes : 2 * Math.max(...costs.stageBytes);
  const rows = Math.max(0, ...costs.work(1).flatMap(({ matrices }) => matrices.map((matrix) => matrix.rows)));
  const products = STRIP_BYTES + tileBytes(kinds) + carryingBytes(rows, BATCH_TOKENS);
  return base + RUNTIME_BYTES + products + weights + 2 * kernels;
}

/** Gradients that are written out for kernels beyond SGD, what these make of them, and bits of signs. */
function tileBytes(kinds: readonly ComputedKind[]): number {
  const copies = (some: readonly ComputedKind[]): number => (kinds.some((kind) => some.includes(kind)) ? 1 : 0);
  const valued: readonly ComputedKind[] = ['a-signgd', 'a-signgd-evaluated', 'adam'];
  const whole = copies(['signgd', ...valued]) + copies(valued);
  return STRIP_BYTES * (whole + copies(['signgd']) * BITS_SHARE);
}
