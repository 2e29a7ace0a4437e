/**
 * The Master Theorem as an experiment (IVb 2.6.10; theory 2): a program's scalars at finite widths, over seeds, against
 * its infinite-width limit, and the exponent at which they approach it.
 */

import { required } from '../../errors/index.ts';
import { mean, standardDeviation } from '../../numeric/index.ts';
import { analyze, checkFragment, type Program, type SizedRun, type Sizes, type Tensors } from '../../program/index.ts';
import { entryNames } from './entries.ts';
import { noScalars, noWidth, tooFewSeeds, tooFewWidths } from './errors.ts';
import { finiteRuns, scalarOutputs } from './finite.ts';
import { entryLimits } from './limits.ts';
import { checkMemory } from './memory.ts';
import { distance, rateOf } from './rate.ts';
import type { CheckedOutput, CheckResult, FiniteOutput } from './result.ts';

export interface CheckOptions {
  /** Finite widths; default: {@link defaultWidths}. */
  readonly widths?: readonly number[];
  /** Runs at each width; default 100. */
  readonly seeds?: number;
  readonly seed?: number;
  /** Steps of a step program, whose last outputs are checked; default 1. */
  readonly steps?: number;
  /** Samples of the limit at the larger width, and scramblings. */
  readonly samples?: number;
  readonly scramblings?: number;
  /** Most bytes of the process. */
  readonly memory?: number;
  readonly data?: Tensors;
  readonly sizes?: Sizes;
  /** Runs a program at a finite width. */
  readonly run: SizedRun;
  /** Called with the finished share of the work. */
  readonly onProgress?: (share: number) => void;
}

const [SEEDS, MOST_ENTRIES] = [100, 2 ** 24];
/** Share of the work that the limit is taken to be. */
const LIMIT_SHARE = 0.3;

/**
 * Five widths, each twice the one before, as large as a program allows whose values fill at most sixteen million numbers:
 * 512 at most, 256 with values on three width axes.
 */
export function defaultWidths(program: Program): number[] {
  const { widths } = analyze(program);
  const most = Math.max(1, ...program.nodes.map(({ type }) => type.axes.filter(widths.isWidth).length));
  const top = Math.min(512, 2 ** Math.floor(Math.log2(MOST_ENTRIES) / most));
  return [16, 8, 4, 2, 1].map((part) => top / part);
}

/** Checks a program. Throws {@link UserError} for programs without scalar outputs or without a width. */
export async function check(program: Program, options: CheckOptions): Promise<CheckResult> {
  const { seeds = SEEDS, seed = 0, steps = 1, widths = defaultWidths(program), data = {}, sizes = {}, run } = options;
  if (new Set(widths).size < 3) throw tooFewWidths(widths);
  if (!Number.isSafeInteger(seeds) || seeds < 2) throw tooFewSeeds(seeds);
  const { inFragment, violations, notes } = checkFragment(program);
  const { symbol } = analyze(program).widths;
  if (symbol === undefined) throw noWidth(program.name);
  const names = scalarOutputs(program);
  if (names.length === 0) throw noScalars(program.name);
  const { memory, onProgress = () => {} } = options;
  const limitShare = inFragment ? LIMIT_SHARE : 0;
  const work = widths.reduce((sum, width) => sum + width ** 2, 0) * seeds;
  let done = 0;
  if (memory !== undefined) checkMemory(program, widths, symbol, sizes, memory);
  const finiteOptions = { widths, seeds, seed, steps, symbol, data, sizes, run, mustBeFinite: inFragment };
  // A program that overflows is refused before the work.
  await finiteRuns(program, { ...finiteOptions, widths: [Math.min(...widths)], seeds: 1 });
  const limits = inFragment ? await entryLimits(program, options, (share) => onProgress(limitShare * share)) : [];
  const runs = await finiteRuns(program, {
    ...finiteOptions,
    onRun: (width) => {
      done += width ** 2;
      onProgress(limitShare + (1 - limitShare) * (done / work));
    },
  });
  const values = (name: string, entry: number): number[][] =>
    runs.map((atWidth) => atWidth.map((outputs) => entryOf(outputs, name, entry)));
  const outputs = limits.flatMap(({ output, entry, name, ...limit }): CheckedOutput => {
    const distances = values(output, entry).map((list, k) =>
      distance(required(widths[k], `width ${k}`), list, limit.limit),
    );
    return { name, ...limit, distances, ...rateOf(distances, limit) };
  });
  const finite = inFragment ? [] : finiteOutputs(names, runs, widths);
  const passed = inFragment && outputs.every(({ verdict }) => verdict !== 'slower');
  return { program: program.name, inFragment, violations, notes, steps, widths, seeds, outputs, finite, passed };
}

/** Means and spreads at finite widths, of a program that has no limit. */
function finiteOutputs(
  names: readonly string[],
  runs: readonly (readonly Tensors[])[],
  widths: readonly number[],
): FiniteOutput[] {
  return names.flatMap((output) => {
    const { axes, shape } = required(runs[0]?.[0]?.[output], `output "${output}"`);
    return entryNames(output, axes, shape).map((name, entry) => ({
      name,
      widths: widths.map((width, k) => {
        const list = required(runs[k], `runs at width ${width}`).map((outputs) => entryOf(outputs, output, entry));
        return { width, mean: mean(list), deviation: standardDeviation(list) ?? Number.NaN };
      }),
    }));
  });
}

function entryOf(outputs: Tensors, name: string, entry: number): number {
  return required(outputs[name]?.data[entry], `entry ${entry} of output "${name}"`);
}
