/** Sizes of a network's coordinates at several widths, step by step. */

import { mean, standardDeviation, weightedLinearFit } from '../../numeric/index.ts';
import { type Program, type Sizes, step, type Tensor, type Tensors } from '../../program/index.ts';
import type { FiniteRun } from '../check/finite.ts';
import { drawStart, seedAt } from '../start.ts';

export interface MeasureOptions {
  readonly widths: readonly number[];
  readonly seeds: number;
  readonly seed: number;
  /** Updates; sizes are measured before the first one and after each. */
  readonly steps: number;
  readonly symbol: string;
  readonly data: Tensors;
  readonly sizes: Sizes;
  readonly run: FiniteRun;
  readonly onRun?: (width: number) => void;
}

/** Root-mean-square entries of an output by step, its change since step 0 beside it. */
export interface Series {
  readonly value: readonly number[];
  readonly change: readonly number[];
}

/** By width, by seed, by output. */
export type Runs = readonly (readonly Readonly<Record<string, Series>>[])[];

/** Trains the program at every width from every seed. */
export async function measure(program: Program, options: MeasureOptions): Promise<Runs> {
  const runs: Readonly<Record<string, Series>>[][] = [];
  for (const width of options.widths) {
    const atWidth: Readonly<Record<string, Series>>[] = [];
    for (let k = 0; k < options.seeds; k++) {
      atWidth.push(await trained(program, width, options.seed + k, options));
      options.onRun?.(width);
    }
    runs.push(atWidth);
  }
  return runs;
}

async function trained(
  program: Program,
  width: number,
  seed: number,
  options: MeasureOptions,
): Promise<Record<string, Series>> {
  const sizes = { ...options.sizes, [options.symbol]: width };
  const start = drawStart(program, sizes, seedAt(seed, width));
  const data = { ...start.data, ...options.data };
  let { state } = start;
  const first = new Map<string, Tensor>();
  const series = new Map<string, { value: number[]; change: number[] }>();
  for (let k = 0; k <= options.steps; k++) {
    const stepped = await step((p, feeds) => options.run(p, feeds, sizes), program, state, data);
    state = stepped.state;
    for (const [name, output] of Object.entries(stepped.outputs)) {
      const own = series.get(name) ?? { value: [], change: [] };
      const before = first.get(name) ?? output;
      first.set(name, before);
      own.value.push(rootMeanSquare(output.data));
      own.change.push(rootMeanSquare(output.data, before.data));
      series.set(name, own);
    }
  }
  return Object.fromEntries(series);
}

function rootMeanSquare(values: ArrayLike<number>, from?: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += ((values[i] ?? 0) - (from?.[i] ?? 0)) ** 2;
  return Math.sqrt(sum / values.length);
}

/** The exponent of sizes in the width. */
export interface SizeFit {
  /** Geometric means over seeds, by width. */
  readonly sizes: readonly number[];
  readonly exponent?: number;
  readonly standardError?: number;
}

/** Fits the exponent of one output's size at one step. */
export function fitSizes(
  runs: Runs,
  widths: readonly number[],
  read: (run: Readonly<Record<string, Series>>) => number,
): SizeFit {
  const logs = runs.map((atWidth) => atWidth.map((run) => Math.log(read(run))));
  const means = logs.map((values) => mean(values));
  const sizes = means.map(Math.exp);
  if (!means.every(Number.isFinite)) return { sizes };
  const errors = logs.map((values) =>
    Math.max((standardDeviation(values) ?? 0) / Math.sqrt(values.length), LEAST_ERROR),
  );
  const { slope, slopeStandardError, chiSquare, degreesOfFreedom } = weightedLinearFit(
    widths.map(Math.log),
    means,
    errors,
  );
  const standardError = slopeStandardError * Math.sqrt(Math.max(1, chiSquare / degreesOfFreedom));
  return { sizes, exponent: slope, standardError };
}

/** Of a logarithm: what f32 leaves of sizes that do not vary from seed to seed. */
const LEAST_ERROR = 1e-3;
