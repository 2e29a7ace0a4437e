/** A training at infinite width beside the same training at finite widths. */

import { type SizedRun, symbolsOf } from '../../program/index.ts';
import type { MakeStepper } from '../../training/index.ts';
import { checkMemory } from '../check/memory.ts';
import { checkSeeds } from '../start.ts';
import { type Approach, approachOf, type WidthPaths, widthPaths } from './distance.ts';
import { type FinitePath, finitePath } from './finite.ts';
import { type LimitPath, type LimitPathOptions, limitPath } from './path.ts';
import { type LimitProblem, stepData, stepsOf } from './problem.ts';

export interface LimitOptions extends LimitPathOptions {
  /** Finite widths beside the limit; default none. */
  readonly widths?: readonly number[];
  /** Networks of each; default 8. */
  readonly networks?: number;
  readonly stepper: MakeStepper;
  readonly run: SizedRun;
}

export interface LimitResult {
  readonly limit: LimitPath;
  readonly widths: readonly WidthPaths[];
  /** How the distance to the limit falls; absent below two widths. */
  readonly approach?: Approach;
}

const NETWORKS = 8;
/** Of the work that is counted, the share of the limit where there are finite widths beside it. */
const LIMIT_SHARE = 0.5;

/** Throws as {@link limitPath} and {@link finitePath}, and {@link UserError} `experiments.bad-seed`, and with `memory` `experiments.too-large`. */
export async function limitOfTraining(problem: LimitProblem, options: LimitOptions): Promise<LimitResult> {
  const { widths = [], networks = NETWORKS, stepper, run, onProgress = () => {}, ...rest } = options;
  const { seed = 0, start, looks = [], changes = [], keep, memory } = rest;
  checkSeeds(seed, networks);
  if (memory !== undefined) {
    const { finite } = stepsOf(problem);
    for (const n of widths) checkMemory(finite, [n], 'n', symbolsOf(finite, { n }, stepData(problem)(0)), memory);
  }
  const share = widths.length === 0 ? 1 : LIMIT_SHARE;
  const limit = await limitPath(problem, { ...rest, onProgress: (done) => onProgress(share * done) });
  const growing = [...new Set(widths)].sort((a, b) => a - b);
  const work = growing.reduce((sum, width) => sum + networks * width ** 2, 0);
  let done = 0;
  const beside: WidthPaths[] = [];
  for (const width of growing) {
    const paths: FinitePath[] = [];
    for (let k = 0; k < networks; k++) {
      const begun = start === undefined ? {} : { start };
      const compute = (): Promise<FinitePath> =>
        finitePath(problem, { width, seed: seed + k, looks, changes, stepper, run, ...begun });
      paths.push(await (keep === undefined ? compute() : keep(`networks/${width}/${seed + k}`, compute)));
      done += width ** 2;
      onProgress(share + (1 - share) * (done / work));
    }
    beside.push(widthPaths(limit, width, paths));
  }
  const approach = approachOf(beside);
  return { limit, widths: beside, ...(approach === undefined ? {} : { approach }) };
}
