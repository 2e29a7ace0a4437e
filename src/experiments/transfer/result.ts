/**
 * What a transfer of a hyperparameter measures and finds: plain data. Transfer is that of Yang et al. 2022 (arXiv
 * 2203.03466); the verdicts are ours.
 */

import type { SettingPower } from '../settingPowers.ts';

/**
 * What factors between values are factors of: the value itself, or the `memory` 1/(1 − value) of a β that is the share an
 * average keeps of its past. 0.9 and 0.95 are as far apart as 0.99 and 0.995: twice as many steps are remembered.
 */
export type Scale = 'value' | 'memory';

/** What is swept. */
export interface SweptHyperparameter {
  /** `learningRate`, `beta1`, …, or a constant in front of powers of n: `initialScale`, `outputMultiplier`. */
  readonly name: string;
  /** How sentences name it: "learning rate", "beta1". */
  readonly words: string;
  readonly scale: Scale;
}

/** One network trained: its losses, and their average over its last steps. */
export interface Cell {
  readonly parametrization: string;
  readonly width: number;
  readonly value: number;
  readonly seed: number;
  /** Of the infinite width. */
  readonly sampled?: Sampled;
  /** Training loss, averaged over the last steps; null where training diverged. */
  readonly loss: number | null;
  /** The first step whose loss was not finite. */
  readonly divergedAt: number | null;
  /** Means over blocks of steps that follow one another, up to where training diverged. */
  readonly curve: readonly number[];
}

/** One value at one width, over seeds. */
export interface SweepPoint {
  readonly value: number;
  /** Mean over seeds; null where one of them diverged. */
  readonly loss: number | null;
  /** Of the mean; null for a single seed. */
  readonly standardError: number | null;
  /** By seed, null where training diverged. */
  readonly losses: readonly (number | null)[];
  readonly diverged: number;
}

/** The best value at one width. */
export interface Optimum {
  /** Null where training diverged at every value. */
  readonly value: number | null;
  /** 95 % by bootstrap over the seeds; null for a single seed. */
  readonly interval: readonly [number, number] | null;
  /** Whether the best value is the least or the greatest that was tried, so that a better one may lie beyond. */
  readonly edge: 'least' | 'greatest' | null;
}

/** How the infinite width is sampled. */
export interface Sampled {
  readonly samples: number;
  /** Coordinates that averages within nonlinear updates of matrices read. */
  readonly subsample: number;
}

/** A number with its interval. */
export interface MetricEstimate {
  /** Null where it is not defined: an optimum lies at the end of the values tried, or training diverged beside it. */
  readonly value: number | null;
  /** 95 % by bootstrap over the seeds; null for a single seed, and where one of the draws has no such number. */
  readonly interval: readonly [number, number] | null;
}

/** How well a hyperparameter transfers under one parametrization; metrics.ts has the formulas. */
export interface TransferMetrics {
  /** The power of the width that the best value follows. */
  readonly exponent: MetricEstimate;
  /** How far best values lie off that power law: the deviation of their logarithms. Null of two widths. */
  readonly fitError: MetricEstimate;
  /** The share of its loss that the largest width loses where its best value is missed by a factor of two. */
  readonly missed: MetricEstimate;
  /** The power of the width that this share follows: above 0, wider networks mind a miss more. */
  readonly sharpens: MetricEstimate;
  /** The least loss at infinite width: of the infinite network where it is trained, else by terms of order 1/n. */
  readonly asymptote: MetricEstimate;
  /** That over the least of all parametrizations compared, less 1. */
  readonly penalty: MetricEstimate;
}

/** A setting at hand whose power of the width is another than maximal updates ask for, where the best value moves. */
export interface TransferCause extends SettingPower {
  /** Whether it is what is swept, and the best value follows the power that is missing. */
  readonly likely: boolean;
}

/** The infinite network's own curve, on the mini-batches of the seeds. */
export interface InfiniteSweep extends Omit<WidthSweep, 'width'> {
  /** Loss by step at the value that is best at the smallest width, and at its own best; null where all diverged. */
  readonly transferred: Omit<Curve, 'width'> | null;
  readonly own: Omit<Curve, 'width'> | null;
  /** By finite width: its best value over that of the infinite network, and the loss there with the latter over its least. */
  readonly away: readonly {
    readonly width: number;
    readonly factor: number | null;
    readonly interval: readonly [number, number] | null;
    readonly cost: number | null;
  }[];
}

/** The losses of one width over all values, and the best value. */
export interface WidthSweep {
  readonly width: number;
  readonly points: readonly SweepPoint[];
  readonly optimum: Optimum;
  /** Whether the least loss is below that of a constant answer, beyond its error. */
  readonly trained: boolean;
}

/** Loss by step at one width and value: means over seeds, as far as all of them got. */
export interface Curve {
  readonly width: number;
  readonly value: number;
  /** By {@link TransferResult.curveSteps}; shorter where a seed diverged. */
  readonly losses: readonly number[];
}

/**
 * - `stays`: the optimum moves by at most a factor of 2, and so says its interval;
 * - `moves`: by more, and so says its interval;
 * - `unclear`: the interval contains a factor of 2, or one of the two widths has no optimum to compare: training diverged at
 *   every value, none made the loss less than that of a constant answer, or the best lies at the end of the values tried.
 *
 * A single seed has no interval; the factor alone decides then, and {@link Sweep.text} says so.
 */
export type TransferVerdict = 'stays' | 'moves' | 'unclear';

/** What one parametrization's sweeps find: the best value by width, and how far it moves. */
export interface Sweep {
  readonly parametrization: string;
  readonly widths: readonly WidthSweep[];
  /** The best value of the largest width over that of the smallest, on the scale of the hyperparameter. */
  readonly factor: number | null;
  readonly interval: readonly [number, number] | null;
  /**
   * What the value found at the smallest width costs at the largest: the loss with it over the least loss there, of the
   * values tried. Null where it diverged, and where the least loss is 0.
   */
  readonly cost: number | null;
  readonly verdict: TransferVerdict;
  /** The verdict in words. */
  readonly text: string;
  readonly metrics: TransferMetrics;
  /** By theory, where the best value moves: the likely ones first. */
  readonly causes: readonly TransferCause[];
  /** At the value that is best at the smallest width, one a width. */
  readonly transferred: readonly Curve[];
  /** At the best value of each width. */
  readonly own: readonly Curve[];
  /** Where it is asked for: at infinite width, or why training has no such limit. */
  readonly infinite?: InfiniteSweep | { readonly reason: string };
}

/** What `transfer` finds, with all that it was told. */
export interface TransferResult {
  readonly net: string;
  readonly optimizer: string;
  readonly hyperparameter: SweptHyperparameter;
  /** The rate that all networks train with, where it is not what is swept. */
  readonly learningRate: number | null;
  readonly data: string;
  /** Where the data are from, their licence, and what was done with them. */
  readonly source: string;
  /** The loss of the best constant answer: the entropy of the labels. */
  readonly chance: number;
  readonly baseWidth: number;
  readonly widths: readonly number[];
  readonly values: readonly number[];
  readonly seeds: number;
  /** The first seed. */
  readonly seed: number;
  readonly steps: number;
  readonly batch: number;
  /** Last steps that the loss is averaged over. */
  readonly averaged: number;
  /** The number of steps done at each point of a curve: where its block of steps ends. */
  readonly curveSteps: readonly number[];
  readonly sweeps: readonly Sweep[];
}
