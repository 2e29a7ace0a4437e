/** The rate at which finite widths approach the limit: distances by width, their exponent, and the verdict. */

import { at, mean, standardDeviation, weightedLinearFit } from '../../numeric/index.ts';
import { slopeInterval } from '../slopeInterval.ts';
import type { CheckedOutput, Distance } from './result.ts';

/** The Master Theorem's rate: c − c̊ = Õ(n^(-1/2)) (IVb 2.6.10). */
export const RATE = -0.5;

/** Standard errors by which an exponent may lie above the rate. */
const MARGIN = 3;

/** An interval of exponents that reaches up to here has seen too little: halfway from the rate to not falling at all. */
const HALFWAY = RATE / 2;

/** Distances below this part of the values are rounding of the f32 that finite widths are run in. */
const ROUNDING = 2e-6;
/** Where terms cancel, what is left carries the rounding of the terms: two units in the last place of f32. */
const CANCELLED = 2 ** -22;

/** What an exponent is judged by besides the distances. */
export interface Judged {
  /** The limit, and its standard error. */
  readonly limit: number;
  readonly standardError: number;
  /** Runs at each width. */
  readonly seeds: number;
  /** The size of the entries that the output averages. */
  readonly averaged: number;
}

/** Root-mean-square distance of runs from the limit, with its standard error. */
export function distance(width: number, values: readonly number[], limit: number): Distance {
  const squares = values.map((value) => (value - limit) ** 2);
  const rms = Math.sqrt(mean(squares));
  const spread = (standardDeviation(squares) ?? Number.NaN) / Math.sqrt(values.length);
  return { width, rms, standardError: rms === 0 ? 0 : spread / (2 * rms), mean: mean(values) };
}

/**
 * The exponent of distances in the width and whether it is no slower than the rate.
 *
 * Distances of outputs that do not depend on the seed have no spread over seeds; their errors are those of the limit and
 * of rounding.
 */
export function rateOf(
  distances: readonly Distance[],
  { limit, standardError: limitError, seeds, averaged }: Judged,
): Pick<CheckedOutput, 'exponent' | 'exponentInterval' | 'verdict' | 'reasons'> {
  const size = Math.max(Math.abs(limit), ...distances.map((d) => Math.abs(d.mean)));
  const rounding = Math.max(ROUNDING * size, CANCELLED * averaged, Number.MIN_VALUE);
  if (distances.every(({ rms }) => rms <= rounding)) return { verdict: 'equal', reasons: [] };
  const visible = distances.map(({ rms }) => Math.max(rms, rounding));
  const fit = weightedLinearFit(
    distances.map(({ width }) => Math.log(width)),
    visible.map(Math.log),
    distances.map(({ mean: center, standardError }, k) => {
      const rms = at(visible, k);
      // d rms / d limit = (limit − mean) / rms.
      const shift = (Math.max(Math.abs(center - limit), limitError) / rms) * limitError;
      return Math.hypot(standardError, shift, rounding) / rms;
    }),
  );
  const { low, high } = slopeInterval(fit, seeds);
  const error = (high - low) / (2 * NORMAL);
  const told = { exponent: fit.slope, exponentInterval: [low, high] as const };
  if (fit.slope - MARGIN * error > RATE) return { ...told, verdict: 'slower', reasons: [] };
  if (high < HALFWAY) return { ...told, verdict: 'ok', reasons: [] };
  const reason = `its exponent, ${fit.slope.toFixed(2)} ± ${((high - low) / 2).toFixed(2)}, may lie on either side of ${RATE}; more seeds, or more widths, further apart, tell (and more --samples, where the limit's error is as large as the distances)`;
  return { ...told, verdict: 'unclear', reasons: [reason] };
}

/** Half the 95 % interval of a normal law, in standard deviations. */
const NORMAL = 1.959963984540054;

/** Runs below which a few that stand out are nothing unusual. */
const ENOUGH = 20;
/** A share of all squared deviations that one of the runs must not carry alone. */
const ALONE = 0.5;

/** The share of the spread that one run carries, where that is more than half: its mean then is an accident. */
export function heavyTail(values: readonly number[]): number | undefined {
  if (values.length < ENOUGH) return undefined;
  const center = at(
    [...values].sort((a, b) => a - b),
    Math.floor(values.length / 2),
  );
  const squares = values.map((value) => (value - center) ** 2);
  const total = squares.reduce((sum, square) => sum + square, 0);
  const share = Math.max(...squares) / total;
  return share > ALONE ? share : undefined;
}
