/** What a kernel run will need, told before it starts: memory at its fullest, numbers to multiply, and time. */

import type { Engine } from '../../finite/index.ts';
import type { EncoderConfig, Net } from '../../nets/index.ts';
import { build, fixed, globalName, nodesOf } from '../../program/index.ts';
import { numbersIn } from '../model/stored.ts';
import type { Encoded } from './batches.ts';
import { STRIP_BYTES } from './gradientProducts.ts';
import { memoryTooSmall } from './kernelErrors.ts';
import {
  factorBytesPerToken,
  type KernelPlan,
  keptBytes,
  planKernel,
  smallestPlanBytes,
  workspaceBytesPerToken,
} from './kernelPlan.ts';

export interface ForecastOptions {
  readonly net: Net;
  readonly config: EncoderConfig;
  readonly examples: readonly Encoded[];
  /** Positions of the training side. */
  readonly train: readonly number[];
  readonly outputs: number;
  /** Bytes of the process before the run. */
  readonly base: number;
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
/** Products that the speed is measured on; the first one compiles, and others may run beside. */
const SPEED_RUNS = 6;
/** The share of the memory that weights may take for good. */
const WEIGHTS_SHARE = 0.35;

/**
 * Plans a run so that it stays below `memory` bytes. Throws {@link UserError} `lm.memory-too-small` with the least that
 * would do.
 */
export function fitPlan(options: ForecastOptions & { readonly memory: number }): FittedPlan {
  const { net, config, examples, train, outputs, memory } = options;
  const all = 4 * numbersIn(net.parameters);
  const least = smallestPlanBytes(config, outputs, examples);
  const room = (keepWeights: boolean): number => (memory - standingBytes(options, keepWeights)) / SLACK;
  const keepWeights = all <= WEIGHTS_SHARE * memory && room(true) >= least;
  // Of small models, holding a stage and the next one takes more than holding all.
  const bytes = Math.min(standingBytes(options, false), standingBytes(options, keepWeights)) + SLACK * least;
  if (memory < bytes) throw memoryTooSmall(memory, bytes);
  const plan = planKernel({ examples, train, outputs, config, memory: room(keepWeights) });
  return { plan, keepWeights };
}

/** The bytes of the process at its fullest. */
export function forecastBytes(options: ForecastOptions, { plan, keepWeights }: FittedPlan): number {
  const { config, outputs } = options;
  const tokens = plan.batches.map(({ members, time }) => members.length * time);
  const chunkTokens = plan.chunks.map((chunk) => sum(chunk.map((batch) => tokens[batch] ?? 0)));
  const factors = factorBytesPerToken(config, outputs);
  const train = Math.max(0, ...chunkTokens.slice(0, plan.trainChunks));
  const others = Math.max(0, ...chunkTokens.slice(plan.trainChunks));
  // What enters a stage and its cotangent are read and written by chunk, and held once more while they are.
  const activations = 2 * 4 * config.width * (1 + outputs) * Math.max(train, others);
  const workspace = Math.max(
    ...plan.batches.map(({ time }, k) => (tokens[k] ?? 0) * workspaceBytesPerToken(config, outputs, time)),
  );
  const tables = tableBytes(options, sum(chunkTokens.slice(0, plan.trainChunks)) + others);
  const moving = Math.max((train + others) * factors + activations + workspace, tables);
  const kept = plan.keepActivations ? keptBytes(plan, config) : 0;
  return standingBytes(options, keepWeights) + kept + SLACK * moving;
}

/** Rows of tables are held for the whole training side and one chunk. */
function tableBytes({ net, config, outputs }: ForecastOptions, tokens: number): number {
  const tables = new Set(net.parameters.filter(({ name }) => /embeddings\./.test(name)).map(({ name }) => name)).size;
  return Math.min(tables, 3) * tokens * outputs * config.width * 4;
}

/** What is there whatever the plan: the process, weights, the kernel. */
function standingBytes({ net, examples, train, outputs, base }: ForecastOptions, keepWeights: boolean): number {
  const kernel = examples.length * train.length * outputs ** 2 * 8;
  const size = new Map(net.parameters.map((parameter) => [parameter.name, 4 * numbersIn([parameter])]));
  const stages = net.chain.stages.map((stage) =>
    sum(nodesOf(stage.program, 'parameter').map(({ name }) => size.get(globalName(stage, name)) ?? 0)),
  );
  // Without keeping, the next stage's weights are read while the last one's wait for the garbage collector.
  const weights = keepWeights ? sum([...size.values()]) : 2 * Math.max(...stages);
  return base + RUNTIME_BYTES + STRIP_BYTES + weights + 2 * kernel;
}

/** Multiplications of a run: forward twice, backward once, gradients written out and multiplied. */
export function forecastWork({ config, outputs }: ForecastOptions, plan: KernelPlan): number {
  const { width, feedForward, layers } = config;
  const weights = 4 * width ** 2 + 2 * width * feedForward;
  const tokens = plan.batches.map(({ members, time }) => members.length * time);
  const total = sum(tokens);
  const examples = (chunk: readonly number[]): number =>
    sum(chunk.map((batch) => plan.batches[batch]?.members.length ?? 0));
  const train = plan.chunks.slice(0, plan.trainChunks);
  const columns = sum(train.map(examples));
  const trainTokens = sum(train.flat().map((batch) => tokens[batch] ?? 0));
  const lines = sum(plan.chunks.map(examples)) * outputs;
  // Keys and values are all that the last block computes everywhere.
  const blocks = layers - 1 + (2 * width ** 2) / weights;
  const passes = total * (2 + outputs) * plan.trainChunks;
  const written = outputs * (total * plan.trainChunks + trainTokens * (plan.chunks.length - 1));
  return blocks * weights * (passes + written + lines * columns * outputs);
}

/** Multiplications in a second, measured on products of the size of a block's. */
export async function measureSpeed(engine: Engine): Promise<number> {
  const b = build('speed', { row: fixed(), column: fixed(), entry: fixed() });
  const left = b.input('left', ['row', 'entry']);
  b.output('product', b.contract(left, b.input('right', ['column', 'entry']), ['entry']));
  const program = b.finish();
  const [rows, columns, size] = [512, 1536, 384];
  const feeds = {
    left: { axes: ['row', 'entry'], shape: [rows, size], data: new Float32Array(rows * size).fill(0.5) },
    right: { axes: ['column', 'entry'], shape: [columns, size], data: new Float32Array(columns * size).fill(0.5) },
  };
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < SPEED_RUNS; run++) {
    const started = performance.now();
    await engine.run(program, feeds);
    best = Math.min(best, performance.now() - started);
  }
  return (rows * columns * size) / (best / 1000);
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
