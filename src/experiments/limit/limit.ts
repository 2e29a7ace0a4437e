/**
 * A training at infinite width beside the same training at finite widths. The limit is that of theory 7 where features
 * stand still, of theory 8 where they move.
 */

import { required } from '../../errors/index.ts';
import { type SizedRun, symbolsOf } from '../../program/index.ts';
import type { MakeStepper } from '../../training/index.ts';
import { checkMemory } from '../check/memory.ts';
import { checkSeeds } from '../start.ts';
import { type Approach, approachOf, type WidthPaths, widthPaths } from './distance.ts';
import { type FinitePath, finitePath } from './finite.ts';
import { type LimitPath, type LimitPathOptions, limitPath } from './path.ts';
import { type LimitProblem, stepData, stepsOf } from './problem.ts';
import { WorkClock } from './workClock.ts';

/** What `limitOfTraining` trains beside the limit, and what runs it. */
export interface LimitOptions extends LimitPathOptions {
  /** Finite widths beside the limit; default none. */
  readonly widths?: readonly number[];
  /** Networks of each; default 8. */
  readonly networks?: number;
  readonly stepper: MakeStepper;
  readonly run: SizedRun;
  /** Called once with the seconds that all of it takes, as measured on its first parts. */
  readonly onForecast?: (seconds: number) => void;
}

/** A training's limit, the networks beside it, and how they approach it. */
export interface LimitResult {
  readonly limit: LimitPath;
  readonly widths: readonly WidthPaths[];
  /** How the distance to the limit falls; absent below two widths. */
  readonly approach?: Approach;
}

const NETWORKS = 8;
/** As few scramblings as there may be. */
const LEAST_SEEDS = 2;

/**
 * One network of each width comes first, then the limit, then all other networks: after the first part of a scrambling it
 * is told how long all of it takes, if none of these had been kept before.
 *
 * Throws as {@link limitPath} and {@link finitePath}, and {@link UserError} `experiments.bad-seed`, and with `memory`
 * `experiments.too-large`.
 */
export async function limitOfTraining(problem: LimitProblem, options: LimitOptions): Promise<LimitResult> {
  const { widths = [], networks = NETWORKS, stepper, run, onProgress = () => {}, onForecast, ...rest } = options;
  const { seed = 0, start, looks = [], changes = [], keep, memory } = rest;
  checkSeeds(seed, networks);
  if (memory !== undefined) {
    const { finite } = stepsOf(problem);
    for (const n of widths) checkMemory(finite, [n], 'n', symbolsOf(finite, { n }, stepData(problem)(0)), memory);
  }
  const growing = [...new Set(widths)].sort((a, b) => a - b);
  const work = new WorkClock(keep);
  const network = (width: number, k: number): Promise<FinitePath> => {
    const begun = start === undefined ? {} : { start };
    return work.kept(`networks/${width}/${seed + k}`, () =>
      finitePath(problem, { width, seed: seed + k, looks, changes, stepper, run, ...begun }),
    );
  };
  const firsts: FinitePath[] = [];
  for (const width of growing) {
    const began = work.seconds();
    firsts.push(await network(width, 0));
    work.expect(`width ${width}`, networks * (work.seconds() - began));
    work.finish(`width ${width}`, 1 / networks);
  }
  const { kept } = work;
  // Others are as far by the time that as many parts are done as are computed at once.
  let parts = 0;
  const atOnce = Math.min(rest.team?.threads ?? 1, rest.seeds ?? LEAST_SEEDS);
  const limit = await limitPath(problem, {
    ...rest,
    ...(keep === undefined ? {} : { keep: kept }),
    onProgress: (done) => {
      work.measure('limit', done);
      if (++parts === atOnce && work.isFresh) onForecast?.(work.expected());
      onProgress(work.share());
    },
  });
  work.finish('limit', 1);
  const beside: WidthPaths[] = [];
  for (const [place, width] of growing.entries()) {
    const paths = [required(firsts[place], 'first network of a width')];
    for (let k = 1; k < networks; k++) {
      paths.push(await network(width, k));
      work.finish(`width ${width}`, (k + 1) / networks);
      onProgress(work.share());
    }
    beside.push(widthPaths(limit, width, paths));
  }
  onProgress(1);
  const approach = approachOf(beside);
  return { limit, widths: beside, ...(approach === undefined ? {} : { approach }) };
}
