/**
 * What the check of a program found: plain data, as `--json` prints it and figures read it. Distances and rates are
 * those of the Master Theorem (IVb 2.6.10).
 */

import type { Note, Violation } from '../../program/index.ts';
import type { Singularity } from './existence/index.ts';

/** Distance of one width's runs from the limit. */
export interface Distance {
  readonly width: number;
  /** √(mean over seeds of (value − limit)²). */
  readonly rms: number;
  readonly standardError: number;
  /** Mean over seeds. */
  readonly mean: number;
}

/**
 * - `ok`: the distance falls no slower than n^(-1/2), within three standard errors of the fitted exponent;
 * - `slower`: it falls slower;
 * - `equal`: no distance at any width but rounding;
 * - `unclear`: seen too little to tell, or of a mean that need not exist; `reasons` say which;
 * - `singular`: there is no limit, because a function is singular at those that it is a function of.
 */
export type Verdict = 'ok' | 'slower' | 'equal' | 'unclear' | 'singular';

/** One entry of a scalar output. */
export interface CheckedOutput {
  /** The output's name, with the entry's place on its fixed axes: `kernel[0, 1]`. */
  readonly name: string;
  /** NaN where there is none. */
  readonly limit: number;
  /** 0 where the limit is exact. */
  readonly standardError: number;
  /** The limit from closed covariances, where they close; it then is `limit`, and the sampled one is beside it. */
  readonly sampled?: { readonly value: number; readonly standardError: number };
  readonly distances: readonly Distance[];
  /** Fitted slope of ln rms on ln n; absent where the verdict is `equal`. */
  readonly exponent?: number;
  /** Its interval at 95 %. */
  readonly exponentInterval?: readonly [number, number];
  readonly verdict: Verdict;
  /** Why the verdict is `unclear` or `singular`. */
  readonly reasons: readonly string[];
}

/** An entry of an output of a program without a limit: what finite widths give. */
export interface FiniteOutput {
  readonly name: string;
  readonly widths: readonly { readonly width: number; readonly mean: number; readonly deviation: number }[];
}

/**
 * What `check` finds: whether the program lies in the language, and each output's limit, distances, exponent and
 * verdict.
 */
export interface CheckResult {
  readonly program: string;
  readonly inFragment: boolean;
  readonly violations: readonly Violation[];
  readonly notes: readonly Note[];
  /** Instructions that are singular in the limit, or may be: what they lead to has no limit, or need not have one. */
  readonly singularities: readonly Singularity[];
  readonly steps: number;
  readonly widths: readonly number[];
  readonly seeds: number;
  /** Outputs without a width axis, entry by entry; empty for a program outside the fragment. */
  readonly outputs: readonly CheckedOutput[];
  /** What the finite widths gave, for a program outside the fragment. */
  readonly finite: readonly FiniteOutput[];
  /** Whether the program lies in the fragment and every output is seen to approach its limit as it should. */
  readonly passed: boolean;
}
