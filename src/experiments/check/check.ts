/**
 * The Master Theorem as an experiment (IVb 2.6.10; theory 2): a program's scalars at finite widths, over seeds, against
 * its infinite-width limit, and the exponent at which they approach it.
 */

import { required } from '../../errors/index.ts';
import { mean, standardDeviation } from '../../numeric/index.ts';
import { analyze, checkFragment, type Program, type Tensors } from '../../program/index.ts';
import { averagedSizes } from './averaged.ts';
import { entryNames } from './entries.ts';
import { noScalars, noWidth, tooFewSeeds, tooFewWidths, tooLong } from './errors.ts';
import { type Existence, existence, reachOf, withProbes } from './existence/index.ts';
import { finiteRuns, scalarOutputs } from './finite.ts';
import { judged } from './judged.ts';
import { type EntryLimit, entryLimits } from './limits.ts';
import { checkMemory } from './memory.ts';
import type { CheckOptions } from './options.ts';
import type { CheckedOutput, CheckResult, FiniteOutput } from './result.ts';

const [SEEDS, MOST_ENTRIES] = [100, 2 ** 24];
/** Bytes that no run takes, where no bound is given: arrays of more numbers do not exist. */
const MOST_BYTES = 2 ** 35;
/** Instructions of a program that minutes suffice for. */
const MOST_NODES = 6000;
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
  if (program.nodes.length > MOST_NODES) throw tooLong(program.name, program.nodes.length, MOST_NODES);
  const { inFragment, violations, notes } = checkFragment(program);
  const { symbol } = analyze(program).widths;
  if (symbol === undefined) throw noWidth(program.name);
  const names = scalarOutputs(program);
  if (names.length === 0) throw noScalars(program.name);
  const { memory, onProgress = () => {} } = options;
  const limitShare = inFragment ? LIMIT_SHARE : 0;
  const work = widths.reduce((sum, width) => sum + width ** 2, 0) * seeds;
  let done = 0;
  checkMemory(program, widths, symbol, sizes, memory ?? MOST_BYTES);
  const finiteOptions = { widths, seeds, seed, steps, symbol, data, sizes, run, mustBeFinite: inFragment };
  // A program that overflows is refused before the work.
  await finiteRuns(program, { ...finiteOptions, widths: [Math.min(...widths)], seeds: 1 });
  const averaged = await averagedSizes(program, { ...finiteOptions, widths: [Math.min(...widths)], seeds: 1 });
  const { limits, found } = await limitsOf(program, inFragment, options, (share) => onProgress(limitShare * share));
  const runs = await finiteRuns(program, {
    ...finiteOptions,
    onRun: (width) => {
      done += width ** 2;
      onProgress(limitShare + (1 - limitShare) * (done / work));
    },
  });
  const values = (name: string, entry: number): number[][] =>
    runs.map((atWidth) => atWidth.map((outputs) => entryOf(outputs, name, entry)));
  const outputs = limits.map((limit): CheckedOutput => {
    const runsOf = values(limit.output, limit.entry);
    return judged(limit, {
      widths,
      seeds,
      runs: runsOf,
      singular: found.behind(limit.output),
      averaged: averaged(limit.output),
    });
  });
  const finite = inFragment ? [] : finiteOutputs(names, runs, widths);
  const passed = inFragment && outputs.every(({ verdict }) => verdict === 'ok' || verdict === 'equal');
  return {
    program: program.name,
    inFragment,
    violations,
    notes: [...notes, ...found.notes],
    singularities: found.singularities,
    steps,
    widths,
    seeds,
    outputs,
    finite,
    passed,
  };
}

/** Limits of the last step, and what may keep them from existing. */
async function limitsOf(
  program: Program,
  inFragment: boolean,
  options: CheckOptions,
  onProgress: (share: number) => void,
): Promise<{ readonly limits: readonly EntryLimit[]; readonly found: Existence }> {
  if (!inFragment) return { limits: [], found: { singularities: [], notes: [], behind: () => [] } };
  const probed = withProbes(program);
  const byStep = await entryLimits(probed.program, options, onProgress);
  const { steps = 1, data = {} } = options;
  const found = existence(probed, steps, data, (probe, step) =>
    reachOf(required(byStep[step], `limits of step ${step}`).filter(({ output }) => output === probe)),
  );
  const last = required(byStep.at(-1), 'limits of the last step');
  return { limits: last.filter(({ output }) => !probed.names.has(output)), found };
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
