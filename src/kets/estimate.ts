/**
 * Infinite width by sampling: kets at several widths, extrapolated, over independent scramblings (theory 3).
 *
 * At width n the sampled values of a program in NE⊗OR⊤ are off by a bias b/n beside their spread. What values at m and at
 * m/2 differ by, −b/m but for their spread, says b. For m = n that is the line in 1/n through both widths; m far below n
 * costs little, and its spread enters by m/n only. Standard errors come from the spread over scramblings, so they say
 * nothing about biases of higher order, of which 1/(n m) is the first.
 */

import { required } from '../errors/index.ts';
import { at as entryAt, mean, standardDeviation } from '../numeric/index.ts';
import {
  type Axis,
  analyze,
  linearParts,
  type Phase,
  type Program,
  type Sizes,
  type StepData,
} from '../program/index.ts';
import { badSeeds } from './errors.ts';
import { runsWithin } from './forecast.ts';
import type { KetOptions } from './interpreter.ts';
import { phasesOf } from './phases.ts';
import {
  computeScrambling,
  ketOptions,
  type Scrambling,
  type ScramblingOptions,
  type ScramblingTask,
  spelledOut,
} from './scrambling.ts';

/** How much `estimateLimit` samples, and at which steps. */
export interface EstimateOptions {
  /** Steps of a step program; default 1. Phases have their own. */
  readonly steps?: number;
  /** The largest number of samples, a power of two. Default 8192, less where nonlinear outer products are evaluated entry by entry. */
  readonly width?: number;
  /**
   * Whether smaller widths take away the bias of order 1/n (default): an eighth and a sixteenth of `width`, or more, so
   * that the first of them has at least 512 samples, or all, and reads at least 64 of them where nonlinear outer products
   * are evaluated entry by entry, or as many as `subsample`. Without it samples are
   * of `width` alone: less work and less spread, and a bias of order 1/n that errors do not contain.
   */
  readonly extrapolate?: boolean;
  /** Independent scramblings; at least 2, default 8. */
  readonly seeds?: number;
  /** Seed of the first of them. */
  readonly seed?: number;
  readonly sampling?: KetOptions['sampling'];
  /** Coordinates read by averages inside nonlinear outer products at the largest width; default 256, or 64 of two axes. */
  readonly subsample?: number;
  /** Of lazy matrices, as in {@link KetOptions}: far below n^(−r) where a step moves features by that much. */
  readonly tolerance?: number;
  /** Most bytes of the process; a run that is forecast to take more is refused. Default: no limit. */
  readonly memory?: number;
  /** Of a program: the same at every step, or a function of the step. Phases have their own. */
  readonly data?: StepData;
  readonly sizes?: Sizes;
  /** Computes scramblings, several at once where memory allows; default: here, one after another. */
  readonly team?: ScramblingTeam;
  /** Keeps what each scrambling gives, so that none is computed twice; default: all are computed. */
  readonly keep?: Keep;
  /** Called with the finished share of the work. */
  readonly onProgress?: (share: number) => void;
}

/** Hands out what is kept under a name, plain data, or computes it and keeps it. */
export type Keep = <Kept>(name: string, compute: () => Promise<Kept>) => Promise<Kept>;

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

/** Who computes scramblings, several at once; what they give is the same wherever it is computed. */
export interface ScramblingTeam {
  /** How many at once. */
  readonly threads: number;
  /** As {@link computeScrambling}. */
  compute(task: ScramblingTask, onProgress: (share: number) => void): Promise<Scrambling>;
}

const ALONE: ScramblingTeam = { threads: 1, compute: computeScrambling };

const SEEDS = 8;

/**
 * Samples and subsample by the most width axes of a value that is evaluated entry by entry: where, at a cost of seconds,
 * standard errors were smallest.
 */
const SIZES = { none: [8192, 8192], two: [4096, 256], three: [1024, 64] } as const;

/**
 * The limits of a program's scalar outputs, step by step; outputs with a width axis are left out. Phases follow one
 * another on one state, such as training on one task and on another, and evaluation; their steps come one after the
 * other. The event loop turns between steps, so that an interruption comes through.
 *
 * A mean of samples is a number even where the limit has none, as avg(x/y) and avg(1/x²) of Gaussians: this function does
 * not look whether means exist, and their standard errors then mean nothing. `check` of `nexort/experiments` looks
 * (docs/limits.md, "Whether means exist"), and {@link exactLimit} gives no number for what it cannot integrate.
 *
 * Throws {@link UserError} `kets.outside-fragment`, `kets.bad-seeds`, `kets.too-large`.
 */
export async function estimateLimit(
  what: Program | readonly Phase[],
  options: EstimateOptions = {},
): Promise<readonly EstimatedStep[]> {
  const phases = phasesOf(what, options);
  const axes = Math.max(0, ...phases.map(({ program }) => nonlinearAxes(program)));
  const [usualWidth, usualSubsample] = SIZES[axes < 2 ? 'none' : axes === 2 ? 'two' : 'three'];
  const { width = usualWidth, seeds = SEEDS, seed = 0, extrapolate = true, keep, memory, onProgress } = options;
  const subsample = Math.min(width, options.subsample ?? usualSubsample);
  if (!Number.isSafeInteger(seeds) || seeds < 2) throw badSeeds(seeds);
  const { sampling, tolerance, sizes } = options;
  const sampled = (own: number): ScramblingOptions => ({
    width,
    seed: own,
    subsample,
    ...(sampling === undefined ? {} : { sampling }),
    ...(tolerance === undefined ? {} : { tolerance }),
    ...(sizes === undefined ? {} : { sizes }),
  });
  const threads = options.team?.threads ?? 1;
  const atOnce = memory === undefined ? threads : await runsWithin(phases, ketOptions(sampled(seed)), memory, threads);
  const widths = extrapolate ? sampledWidths(width, axes < 2 ? undefined : subsample) : [width];
  const spelled = spelledOut(phases);
  const shares = Array.from({ length: seeds }, () => 0);
  const found = await severally(atOnce, seeds, async (k) => {
    const task: ScramblingTask = { phases: spelled, widths, options: sampled(seed + k) };
    const tell = (share: number): void => {
      shares[k] = share;
      onProgress?.(shares.reduce((sum, one) => sum + one, 0) / seeds);
    };
    const compute = (): Promise<Scrambling> => (options.team ?? ALONE).compute(task, tell);
    const scrambling = await (keep === undefined ? compute() : keep(`scramblings/${seed + k}`, compute));
    tell(1);
    return scrambling;
  });
  const [first] = found;
  return required(first, 'seed of an estimate').map((outputs, step) =>
    outputs.map(({ name, axes, shape, values }, place) => ({
      name,
      axes,
      shape,
      entries: values.map((_, entry): Estimate => {
        const all = found.map((one) =>
          entryAt(required(one[step]?.[place], `output "${name}" of step ${step}`).values, entry),
        );
        return { value: mean(all), standardError: (standardDeviation(all) ?? Number.NaN) / Math.sqrt(seeds) };
      }),
    })),
  );
}

/** How many times smaller than the samples those may be from which a bias of order 1/n is told, and how few. */
const [MOST_TIMES, LEAST_WIDTH, LEAST_SUBSAMPLE] = [8, 512, 64] as const;

/** The width of the samples, then those that tell its bias: two, the first of which may be it itself. */
function sampledWidths(width: number, subsample: number | undefined): number[] {
  const times = Math.min(MOST_TIMES, width / LEAST_WIDTH, (subsample ?? Number.POSITIVE_INFINITY) / LEAST_SUBSAMPLE);
  const high = times > 1 ? Math.floor(width / times) : width;
  return [...new Set([width, high, Math.max(1, Math.floor(high / 2))])];
}

/** Values of 0 … count − 1 in their order, so many being computed at once; ends at the first that fails. */
async function severally<T>(atOnce: number, count: number, compute: (k: number) => Promise<T>): Promise<T[]> {
  const found: T[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const k = next++;
      try {
        found[k] = await compute(k);
      } catch (error) {
        next = count;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, work));
  return found;
}

/** The most width axes of a value that is no combination of outer products, and so is evaluated entry by entry. */
function nonlinearAxes(program: Program): number {
  const { widths, program: expanded } = analyze(program);
  const wide = new Map(expanded.nodes.map(({ name, type }) => [name, type.axes.filter(widths.isWidth).length]));
  const widthsOf = (ref: string): number => required(wide.get(ref), `axes of "${ref}"`);
  return Math.max(
    0,
    ...expanded.nodes.map(({ name, instruction }) => {
      const own = widthsOf(name);
      if (instruction.op !== 'map' || own < 2) return 0;
      const reads = new Set(instruction.args.flatMap((ref, k) => (widthsOf(ref) > 1 ? [k] : [])));
      return linearParts(instruction.expr, reads) === undefined ? own : 0;
    }),
  );
}
