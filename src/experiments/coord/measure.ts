/** Sizes of a network's coordinates at several widths, step by step. */

import { required } from '../../errors/index.ts';
import { at, mean, standardDeviation, weightedLinearFit } from '../../numeric/index.ts';
import { follow, type Program, type Stepper, type Tensor, type Tensors } from '../../program/index.ts';
import { drawState, type MakeStepper } from '../../training/index.ts';
import type { FiniteOptions } from '../check/finite.ts';
import { seedAt } from '../start.ts';
import type { Estimate } from './judge.ts';
import type { Row } from './rows.ts';

/** As for other runs at finite widths; sizes are measured before the first of the steps and after each. */
export interface MeasureOptions extends Omit<FiniteOptions, 'mustBeFinite' | 'run'> {
  /** Makes what trains; one for each width serves all seeds. */
  readonly stepper: MakeStepper;
  /** Outputs that are scores, of which networks mask some. */
  readonly scores: ReadonlySet<string>;
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
    const sizes = { ...options.sizes, [options.symbol]: width };
    const atWidth: Readonly<Record<string, Series>>[] = [];
    let stepper: Stepper | undefined;
    try {
      for (let k = 0; k < options.seeds; k++) {
        const start = drawState(program, sizes, seedAt(options.seed + k, width));
        if (stepper === undefined) stepper = await options.stepper(program, sizes, start);
        else stepper.load(start);
        atWidth.push(await trained(stepper, options));
        options.onRun?.(width);
      }
    } finally {
      await stepper?.release();
    }
    runs.push(atWidth);
  }
  return runs;
}

async function trained(
  stepper: Stepper,
  options: { readonly data: Tensors; readonly steps: number; readonly scores: ReadonlySet<string> },
): Promise<Record<string, Series>> {
  const first = new Map<string, Tensor>();
  const series = new Map<string, { value: number[]; change: number[] }>();
  for await (const outputs of follow(stepper, options.data, { to: options.steps + 1 })) {
    for (const [name, output] of Object.entries(outputs)) {
      const own = series.get(name) ?? { value: [], change: [] };
      const before = first.get(name) ?? output;
      first.set(name, before);
      const masked = options.scores.has(name);
      own.value.push(rootMeanSquare(output.data, { masked }));
      own.change.push(rootMeanSquare(output.data, { from: before.data, masked }));
      series.set(name, own);
    }
  }
  return Object.fromEntries(series);
}

/** Finite scores as small as this, which networks use to mask some, are shares of 0 and count as no entries. */
const MASKED = -1e6;

export interface EntriesOptions {
  /** What they were before, where their change counts. */
  readonly from?: ArrayLike<number>;
  /** Whether they are scores, some of which may be masked. */
  readonly masked?: boolean;
}

/** Of entries, or of what they changed by. */
export function rootMeanSquare(values: ArrayLike<number>, { from, masked = false }: EntriesOptions = {}): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = at(values, i);
    if (masked && value < MASKED && value !== Number.NEGATIVE_INFINITY) continue;
    sum += (value - (from === undefined ? 0 : at(from, i))) ** 2;
    count++;
  }
  // Where no score is left, all have grown out of all bounds.
  return count === 0 ? Number.POSITIVE_INFINITY : Math.sqrt(sum / count);
}

/** The exponent of sizes in the width. */
export interface SizeFit extends Estimate {
  /** Geometric means over seeds, by width. */
  readonly sizes: readonly number[];
}

/** The size that a row reads off a run after so many steps. */
export function sizeOf(run: Readonly<Record<string, Series>>, { output, changes }: Row, step: number): number {
  const { change, value } = required(run[output], `sizes of "${output}"`);
  return required((changes ? change : value)[step], `size of "${output}" after ${step} steps`);
}

/** Fits the exponent of one row's size at one step. */
export function fitSizes(runs: Runs, widths: readonly number[], row: Row, step: number): SizeFit {
  const logs = runs.map((atWidth) => atWidth.map((run) => Math.log(sizeOf(run, row, step))));
  return { sizes: logs.map((values) => Math.exp(mean(values))), ...fitLogs(logs, widths) };
}

/**
 * The exponent of sizes whose logarithms are given by width and seed: none where one is 0, +∞ where one is not finite.
 *
 * Its error is that of the seeds, larger where the means do not lie on a line; of a single seed, how far the sizes lie off
 * it.
 */
export function fitLogs(logs: readonly (readonly number[])[], widths: readonly number[]): Estimate {
  const means = logs.map((values) => mean(values));
  if (!means.every((value) => value < Number.POSITIVE_INFINITY)) return { exponent: Number.POSITIVE_INFINITY };
  if (!means.every(Number.isFinite)) return {};
  const seeds = required(logs[0], 'sizes at the first width').length;
  const { slope, slopeStandardError, chiSquare, degreesOfFreedom } = weightedLinearFit(
    widths.map(Math.log),
    means,
    errorsOf(logs),
  );
  const spread = degreesOfFreedom > 0 ? chiSquare / degreesOfFreedom : 1;
  return {
    exponent: slope,
    standardError: slopeStandardError * Math.sqrt(Math.max(1, spread)),
    degrees: seeds > 1 ? logs.length * (seeds - 1) : degreesOfFreedom,
  };
}

/** Errors of means over seeds, by width: a few seeds say little of their spread, so that of all widths counts too. */
function errorsOf(logs: readonly (readonly number[])[]): number[] {
  const variances = logs.map((values) => (standardDeviation(values) ?? 0) ** 2);
  const common = mean(variances);
  return logs.map(({ length }, k) => {
    const own = length - 1;
    const variance = (own * at(variances, k) + COMMON * common) / (own + COMMON);
    return Math.max(Math.sqrt(variance / length), LEAST_ERROR);
  });
}

/** Of a logarithm: what f32 leaves of sizes that do not vary from seed to seed. */
const LEAST_ERROR = 1e-3;
/** As many more seeds as the spread at all widths counts. */
const COMMON = 4;
