/**
 * What a coordinate check measures and finds: plain data. Exponents are compared with those of the classification (IVb
 * 2.8); alignments are those of Everett et al. 2024.
 */

import type { SettingPower } from '../settingPowers.ts';

/** What is measured of a layer. */
export type Quantity =
  /** Entries of its preactivations; of the output layer, f. */
  | 'preactivation'
  /** Their change since initialization. */
  | 'change'
  /** What Q sees of its weights' gradient. */
  | 'update input'
  /** Entries of the product of its weights alone with their input, or of their rows that are looked up. */
  | 'product'
  /** What the next update of its weights alone will add to that. */
  | 'update effect';

/**
 * What a measurement says of its prediction: that it is as predicted, and not off by a half, the smallest mistake; that it
 * is not; or neither, for its error is too large.
 */
export type Judgement = 'agrees' | 'differs' | 'unclear';

/** The size of one quantity of one layer at one step, as a power of the width. */
export interface Measured {
  readonly layer: string;
  readonly quantity: Quantity;
  /** 0 before the first update. */
  readonly step: number;
  /** Geometric mean over seeds of the root-mean-square entry, by width. */
  readonly sizes: readonly number[];
  /** Fitted exponent of the width; absent where the size is 0, +∞ (in JSON null) where it is not finite. */
  readonly exponent?: number;
  readonly standardError?: number;
  /** Degrees of freedom of the standard error. */
  readonly degrees?: number;
  /** At 95 %; absent where the exponent is or is +∞. */
  readonly interval?: readonly [number, number];
  /** What the parametrization predicts; absent where that is exactly 0. */
  readonly predicted?: number;
  /** Whether the prediction is a bound, which sizes may stay below. */
  readonly bound: boolean;
  readonly judgement: Judgement;
}

/** A product of a weight, or what training has added to it: of weights, of inputs, of both. */
export type AlignmentTerm = 'W x' | 'ΔW x₀' | 'W₀ Δx' | 'ΔW Δx';

/** Whether the terms of a sum are as independent ones, as aligned ones, between the two or beyond; or cannot be told. */
export type Aligned = 'independent' | 'aligned' | 'between' | 'unclear';

/** How far a product's size is from what independent or aligned factors would give, after so many updates. */
export interface Alignment {
  readonly layer: string;
  readonly parameter: string;
  readonly term: AlignmentTerm;
  /** Updates before. */
  readonly step: number;
  /** Terms that the product sums, by width. */
  readonly terms: readonly number[];
  /** ln (size of the product over those of its factors) over ln (terms), mean over seeds, by width. */
  readonly ratios: readonly number[];
  /** The power of the number of terms: 1/2 of independent ones, 1 of aligned ones; absent where that does not grow. */
  readonly exponent?: number;
  /** At 95 %. */
  readonly interval?: readonly [number, number];
  readonly aligned?: Aligned;
}

/** One thing that is not as it should be. */
export interface CoordFinding {
  readonly layer: string;
  readonly quantity: Quantity;
  readonly step: number;
  readonly predicted: number | undefined;
  readonly measured: number | undefined;
  /** At 95 %. */
  readonly interval: readonly [number, number] | undefined;
  /** `unstable`: as predicted, and not stable; `differs`: not as predicted. */
  readonly kind: 'unstable' | 'differs';
  /** Whether it begins here: what else differs at this step lies downstream. */
  readonly begins: boolean;
  /** Of the mistakes that would explain what differs, those in this layer; where it begins, all of them if none is. */
  readonly cause?: string;
  readonly text: string;
}

/** One thing of which too little has been seen. */
export interface CoordDoubt {
  readonly layer: string;
  readonly quantity: Quantity;
  readonly step: number;
  readonly text: string;
}

/** What `coordinateCheck` finds: the verdict, sizes with their exponents, and causes. */
export interface CoordResult {
  /**
   * - `pass`: every size is as predicted, and none grows;
   * - `fail`: one is not, or does;
   * - `unclear`: nothing contradicts the prediction, and too little has been seen to tell it from a mistake.
   */
  readonly verdict: 'pass' | 'fail' | 'unclear';
  readonly parametrization: string;
  readonly optimizer: string;
  readonly widths: readonly number[];
  readonly seeds: number;
  readonly steps: number;
  readonly measured: readonly Measured[];
  /** Where it was asked for. */
  readonly alignment?: readonly Alignment[];
  readonly findings: readonly CoordFinding[];
  /** Measurements that are unclear, those with the largest errors first. */
  readonly doubts: readonly CoordDoubt[];
  /**
   * Single mistakes that would explain what differs, those that fit best first; those listed together cannot be told
   * apart. The classification says of multilayer perceptrons what each would lead to; other networks are trained with it.
   */
  readonly causes?: readonly (readonly string[])[];
  /** Of a failed check: settings that, by theory and by what was measured, have another power of the width than they should. */
  readonly settings?: readonly SettingPower[];
}
