/**
 * What the draws of one optimizer say together. Kernel behavior is that of Malladi et al. 2023, definition 3.2; how
 * sure draws make it is ours.
 */

import { required } from '../../errors/index.ts';
import { mean } from '../../numeric/index.ts';
import { type MeanScore, summarize } from '../data/metrics.ts';
import type { Metric } from '../data/tasks.ts';
import type { ComputedKind } from '../kernel/kernelKinds.ts';
import { type Solution, solutionOf } from './criteria.ts';
import type { LayerDistance } from './kernelDistance.ts';
import type { DrawMeasures, MeasuredDraw, WatchedStep } from './measureDraw.ts';
import type { GroupMovement } from './movement.ts';
import { kernelOfOptimizer } from './optimizerKernel.ts';
import { judgeRegime, type Verdict } from './verdict.ts';

/** One optimizer's draws; numbers are means over draws, null where one of these diverged. */
export interface OptimizerRegime extends Verdict {
  readonly optimizer: string;
  readonly learningRate: number;
  readonly linearization: {
    readonly zeroShot: MeanScore;
    readonly linearized: MeanScore;
    readonly trained: MeanScore;
    readonly logitError: MeanScore;
    readonly agreement: MeanScore;
    readonly moved: MeanScore;
  } | null;
  readonly fixedFeatures: {
    readonly kernel: ComputedKind;
    readonly relative: MeanScore;
    readonly median: MeanScore;
    readonly frobenius: MeanScore;
    readonly direction: MeanScore;
    readonly layers: readonly LayerDistance[];
  } | null;
  readonly solution: Solution | null;
  readonly movement: readonly GroupMovement[];
  readonly watched: readonly WatchedStep[];
  /** How each training went. */
  readonly draws: readonly {
    readonly seed: number;
    readonly status: MeasuredDraw['status'];
    readonly steps: number;
    readonly firstLoss: number | null;
    readonly lastLoss: number | null;
    readonly divergence: string | null;
  }[];
}

/** The draws of one optimizer that `summarizeDraws` puts together. */
export interface SummarizeOptions {
  readonly draws: readonly MeasuredDraw[];
  readonly optimizer: string;
  readonly learningRate: number;
  readonly metric: Metric;
  readonly evaluated: number;
  /** Scores of the optimizer's kernel by draw. */
  readonly kernelScores?: readonly number[];
}

/** Judges and averages. */
export function summarizeDraws(options: SummarizeOptions): OptimizerRegime {
  const { draws, optimizer, learningRate, metric, evaluated, kernelScores } = options;
  const found = draws.flatMap((draw) => (draw.found === null ? [] : [draw.found]));
  const isWhole = found.length === draws.length && found.length > 0;
  return {
    optimizer,
    learningRate,
    ...judgeRegime(draws, { metric, evaluated }),
    linearization: isWhole ? linearizationOf(found) : null,
    fixedFeatures: isWhole ? featuresSummary(found, kernelOfOptimizer(required(draws[0], 'draw').optimizer)) : null,
    solution: isWhole ? solutionOf(found, kernelScores) : null,
    movement: isWhole ? meanMovement(found) : [],
    watched: meanWatched(draws),
    draws: draws.map(({ seed, status, steps, losses, divergence }) => ({
      seed,
      status,
      steps,
      divergence,
      firstLoss: losses.at(0) ?? null,
      lastLoss: losses.at(-1) ?? null,
    })),
  };
}

function spread<T>(items: readonly T[], value: (item: T) => number): MeanScore {
  const values = items.map(value);
  return Object.assign({ values }, summarize(values));
}

function linearizationOf(found: readonly DrawMeasures[]): OptimizerRegime['linearization'] {
  const of = (name: keyof DrawMeasures['linearization']): MeanScore =>
    spread(found, ({ linearization }) => linearization[name]);
  return {
    zeroShot: of('zeroShot'),
    linearized: of('linearized'),
    trained: of('trained'),
    logitError: of('logitError'),
    agreement: of('agreement'),
    moved: of('moved'),
  };
}

function featuresSummary(found: readonly DrawMeasures[], kernel: ComputedKind): OptimizerRegime['fixedFeatures'] {
  const of = (name: 'relative' | 'median' | 'frobenius' | 'direction'): MeanScore =>
    spread(found, ({ fixedFeatures }) => fixedFeatures[name]);
  const first = required(found[0], 'measured draw').fixedFeatures.layers;
  return {
    kernel,
    relative: of('relative'),
    median: of('median'),
    frobenius: of('frobenius'),
    direction: of('direction'),
    layers: first.map(({ layer }, k) => {
      const all = found.map(({ fixedFeatures }) => required(fixedFeatures.layers[k], `distance of layer "${layer}"`));
      const meanOf = (name: 'share' | 'relative' | 'median' | 'frobenius' | 'direction' | 'zeros'): number =>
        mean(all.map((one) => one[name]));
      return {
        layer,
        share: meanOf('share'),
        relative: meanOf('relative'),
        median: meanOf('median'),
        frobenius: meanOf('frobenius'),
        direction: meanOf('direction'),
        zeros: meanOf('zeros'),
      };
    }),
  };
}

/** Root mean squares over draws. */
function meanMovement(found: readonly DrawMeasures[]): GroupMovement[] {
  return required(found[0], 'measured draw').movement.map(({ group, count, size }, k) => ({
    group,
    count,
    size,
    moved: Math.sqrt(mean(found.map(({ movement }) => required(movement[k], `movement of ${group}`).moved ** 2))),
  }));
}

/** Steps that every draw has reached. */
function meanWatched(draws: readonly MeasuredDraw[]): WatchedStep[] {
  const steps = (draws[0]?.watched ?? []).map(({ step }) => step);
  return steps.flatMap((step) => {
    const all = draws.flatMap(({ watched }) => watched.filter((one) => one.step === step));
    if (all.length < draws.length) return [];
    const meanOf = (name: 'logitError' | 'moved' | 'relative' | 'frobenius'): number =>
      mean(all.map((one) => one[name]));
    return [
      {
        step,
        logitError: meanOf('logitError'),
        moved: meanOf('moved'),
        relative: meanOf('relative'),
        frobenius: meanOf('frobenius'),
      },
    ];
  });
}
