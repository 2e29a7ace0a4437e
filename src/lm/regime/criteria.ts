/**
 * What is asked of a fine-tuning to count as kernel behavior, and what of the answers is known over draws. Each bound
 * names its source: Malladi et al. 2023, section 6.2, or ours.
 */

import { required } from '../../errors/index.ts';
import { mean } from '../../numeric/index.ts';
import { type MeanScore, standardError, summarize } from '../data/metrics.ts';
import type { Metric } from '../data/tasks.ts';
import { type PairedDifference, pairedDifference } from '../run/pairedDifference.ts';
import type { DrawMeasures } from './measureDraw.ts';

/** Bounds of the criteria, for printing too. */
export const BOUNDS = {
  /** Of what fine-tuning gains in the task's metric, the linear model has at least this share. */
  gainRecovered: 0.5,
  /** Its logits are off by at most this share of what fine-tuning moves them. */
  logitError: 0.5,
  /** Entries of the kernel change by at most this, relative to what they were, in the mean. */
  relativeDistance: 2,
  /** The whole kernel changes by at most this share of its norm. */
  kernelChange: 0.5,
} as const;

/** Malladi et al., ICML 2023. */
export const PAPER = 'Malladi et al. 2023, section 6.2';
const OWN = 'ours (docs/regime.md)';

/** Where a bound comes from. */
export const SOURCES: Readonly<Record<keyof typeof BOUNDS, string>> = {
  gainRecovered: PAPER,
  logitError: OWN,
  relativeDistance: PAPER,
  kernelChange: OWN,
};

/** Logits that move by less say nothing: every model is linear at small distances. */
export const LEAST_MOVE = 1e-2;

/** The two tests of kernel behavior (Malladi et al. 2023, definition 3.2). */
export type RegimeTest = 'linearization' | 'fixed features';

/** One bound and how a fine-tuning does against it. */
export interface Criterion {
  readonly name: keyof typeof BOUNDS;
  readonly test: RegimeTest;
  /** Mean over draws; null where there is nothing to measure, as where fine-tuning gains nothing. */
  readonly value: number | null;
  /** By draw, in their order; null for the share of a gain, which is one of means. */
  readonly values: readonly number[] | null;
  /** Student's 95 % interval of the mean over draws; null of a single one. */
  readonly interval: readonly [number, number] | null;
  readonly bound: number;
  /** Whether the bound is the most or the least. */
  readonly asked: 'at most' | 'at least';
  /** Null where there is no value. */
  readonly passes: boolean | null;
  readonly source: string;
}

/** Draws of one optimizer that were trained to their end. */
export interface CriteriaOptions {
  readonly draws: readonly DrawMeasures[];
  readonly metric: Metric;
  readonly evaluated: number;
}

const LEVEL = 0.95;

/** All criteria, linearization first. */
export function criteriaOf(options: CriteriaOptions): readonly Criterion[] {
  const { draws } = options;
  return [
    gainRecovered(options),
    meanCriterion(
      'logitError',
      'linearization',
      draws.map(({ linearization }) => linearization.logitError),
    ),
    meanCriterion(
      'relativeDistance',
      'fixed features',
      draws.map(({ fixedFeatures }) => fixedFeatures.relative),
    ),
    meanCriterion(
      'kernelChange',
      'fixed features',
      draws.map(({ fixedFeatures }) => fixedFeatures.frobenius),
    ),
  ];
}

function meanCriterion(name: keyof typeof BOUNDS, test: RegimeTest, values: readonly number[]): Criterion {
  const { mean: value, interval: [low, high] = [] } = pairedDifference(values, [0], LEVEL);
  // None of these is below 0.
  const interval = low === undefined || high === undefined ? null : ([Math.max(0, low), high] as const);
  const bound = BOUNDS[name];
  const passes = value <= bound;
  return { name, test, value, values, interval, bound, asked: 'at most', passes, source: SOURCES[name] };
}

/**
 * The share of the gain is that of means over draws. Gains within two standard errors of 0, as means over draws and by the
 * number of evaluated examples, have no share that would say anything.
 */
function gainRecovered({ draws, metric, evaluated }: CriteriaOptions): Criterion {
  const [zero, linear, trained] = (['zeroShot', 'linearized', 'trained'] as const).map((name) =>
    scoreOf(draws.map(({ linearization }) => linearization[name])),
  );
  const before = required(zero, 'zero-shot score');
  const after = required(trained, 'score of fine-tuning');
  const told = required(linear, 'score of the linear model');
  const gain = after.mean - before.mean;
  const errors = standardError(after, { metric, evaluated });
  const isGain = errors !== undefined && gain > 2 * errors;
  const value = isGain ? (told.mean - before.mean) / gain : null;
  const bound = BOUNDS.gainRecovered;
  return {
    name: 'gainRecovered',
    test: 'linearization',
    value,
    values: null,
    interval: null,
    bound,
    asked: 'at least',
    passes: value === null ? null : value >= bound,
    source: SOURCES.gainRecovered,
  };
}

const scoreOf = (values: readonly number[]): MeanScore => Object.assign({ values }, summarize(values));

/** Fine-tuning, the kernel and linearized training in one metric, and their paired differences from fine-tuning over draws. */
export interface Solution {
  readonly zeroShot: MeanScore;
  readonly fineTuned: MeanScore;
  readonly linearModel: MeanScore;
  /** Null where it was not trained in every draw. */
  readonly linearTraining: MeanScore | null;
  readonly kernel: MeanScore | null;
  /** Less fine-tuning. */
  readonly differences: Readonly<
    Record<'linearModel', PairedDifference> & Partial<Record<'linearTraining' | 'kernel', PairedDifference>>
  >;
}

/** The solution is reported and not judged; `kernel` are the scores of the optimizer's kernel by draw. */
export function solutionOf(draws: readonly DrawMeasures[], kernel: readonly number[] | undefined): Solution {
  const ofLinear = draws.flatMap(({ linearTraining }) => (linearTraining === undefined ? [] : [linearTraining.score]));
  const all = (name: 'zeroShot' | 'linearized' | 'trained'): number[] =>
    draws.map(({ linearization }) => linearization[name]);
  const fineTuned = all('trained');
  const against = (values: readonly number[]): PairedDifference => pairedDifference(values, fineTuned, LEVEL);
  const isWhole = ofLinear.length === draws.length && draws.length > 0;
  return {
    zeroShot: scoreOf(all('zeroShot')),
    fineTuned: scoreOf(fineTuned),
    linearModel: scoreOf(all('linearized')),
    linearTraining: isWhole ? scoreOf(ofLinear) : null,
    kernel: kernel === undefined ? null : scoreOf(kernel),
    differences: Object.assign(
      { linearModel: against(all('linearized')) },
      isWhole ? { linearTraining: against(ofLinear) } : {},
      kernel === undefined ? {} : { kernel: against(kernel) },
    ),
  };
}

/** How far logits moved, root mean square over examples, in the mean over draws. */
export const meanMove = (draws: readonly DrawMeasures[]): number =>
  mean(draws.map(({ linearization }) => linearization.moved));
