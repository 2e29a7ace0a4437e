/**
 * Infinite width by sampling: kets at two widths, extrapolated, over independent scramblings (theory 3).
 *
 * At width n the sampled values of a program in NE⊗OR⊤ are off by a bias of order 1/n beside their spread; the line in
 * 1/n through two widths takes it away. Standard errors come from the spread over scramblings, so they say nothing
 * about biases of higher order.
 */

import { at, mean, standardDeviation } from '../numeric/index.ts';
import type { Axis, Program, Sizes, Tensors } from '../program/index.ts';
import { badSeeds } from './errors.ts';
import { checkMemory } from './forecast.ts';
import { type Columns, type KetOptions, KetRun } from './run.ts';

export interface EstimateOptions {
  /** Steps of a step program; default 1. */
  readonly steps?: number;
  /** The larger number of samples, a power of two; the smaller one is half of it. */
  readonly width?: number;
  /** Independent scramblings; at least 2, default 8. */
  readonly seeds?: number;
  /** Seed of the first of them. */
  readonly seed?: number;
  readonly sampling?: KetOptions['sampling'];
  /** Coordinates read by averages inside nonlinear outer products at the larger width; default 512. */
  readonly subsample?: number;
  readonly tolerance?: number;
  /** Most bytes of the process; a run that is forecast to take more is refused. Default: no limit. */
  readonly memory?: number;
  readonly data?: Tensors;
  readonly sizes?: Sizes;
  /** Called with the finished share of the work. */
  readonly onProgress?: (share: number) => void;
}

/** One entry of an output in the limit. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number;
}

/** An output on its fixed axes, entries row-major. */
export interface EstimatedOutput {
  readonly name: string;
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
  readonly entries: readonly Estimate[];
}

/** Scalar outputs of every step. */
export type EstimatedStep = readonly EstimatedOutput[];

const [WIDTH, SEEDS, SUBSAMPLE] = [8192, 8, 512];

/**
 * The limits of a program's scalar outputs, step by step; outputs with a width axis are left out. Throws
 * {@link UserError} `kets.outside-fragment`, `kets.bad-seeds`, `kets.too-large`.
 */
export function estimateLimit(program: Program, options: EstimateOptions = {}): readonly EstimatedStep[] {
  const { steps = 1, width = WIDTH, seeds = SEEDS, seed = 0, subsample = SUBSAMPLE, onProgress } = options;
  if (!Number.isSafeInteger(seeds) || seeds < 2) throw badSeeds(seeds);
  const half = Math.max(1, Math.floor(width / 2));
  const { memory, data } = options;
  if (memory !== undefined) checkMemory(program, settings({ ...options, width, seed, subsample }), steps, memory, data);
  const found = Array.from({ length: seeds }, (_, k) => {
    const at = (n: number, done: number): readonly EstimatedRun[] => {
      const m = Math.max(1, Math.round((Math.min(subsample, width) * n) / width));
      const run = sampled(program, { ...options, width: n, seed: seed + k, subsample: m }, steps);
      onProgress?.((k + done) / seeds);
      return run;
    };
    return { coarse: at(half, 1 / 3), fine: at(width, 1) };
  });
  const [first] = found;
  return (first?.fine ?? []).map((outputs, step) =>
    outputs.map(({ name, axes, shape, data }, place) => ({
      name,
      axes,
      shape,
      entries: Array.from(data, (_, entry): Estimate => {
        const values = found.map(({ coarse, fine }) => {
          const [low, high] = [coarse, fine].map((run) => at(run[step]?.[place]?.data ?? [], entry));
          return extrapolated(low ?? Number.NaN, half, high ?? Number.NaN, width);
        });
        return { value: mean(values), standardError: (standardDeviation(values) ?? Number.NaN) / Math.sqrt(seeds) };
      }),
    })),
  );
}

/** Where the line in 1/n through two widths meets 0. */
function extrapolated(low: number, coarse: number, high: number, fine: number): number {
  return fine === coarse ? high : (fine * high - coarse * low) / (fine - coarse);
}

type EstimatedRun = readonly {
  readonly name: string;
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
  readonly data: Float64Array;
}[];

function sampled(
  program: Program,
  options: EstimateOptions & { width: number; seed: number },
  steps: number,
): EstimatedRun[] {
  const run = new KetRun(program, settings(options));
  return Array.from({ length: steps }, () => {
    const outputs = run.step(options.data);
    return Object.entries(outputs).flatMap(([name, output]) => (isColumns(output) ? [] : [{ name, ...output }]));
  });
}

function settings({
  width,
  seed,
  sampling = 'quasi',
  subsample,
  tolerance,
  sizes,
}: EstimateOptions & { width: number; seed: number }): KetOptions {
  return {
    width,
    seed,
    sampling,
    limit: true,
    ...(subsample === undefined ? {} : { subsample }),
    ...(tolerance === undefined ? {} : { tolerance }),
    ...(sizes === undefined ? {} : { sizes }),
  };
}

/** Whether an output has a width axis. */
export function isColumns(output: Columns | { readonly data: unknown }): output is Columns {
  return 'columns' in output;
}
