/** The rate at which finite widths approach the limit: distances by width, their exponent, and the verdict. */

import { at, confidenceInterval, mean, standardDeviation, weightedLinearFit } from '../../numeric/index.ts';
import type { CheckedOutput, Distance } from './result.ts';

/** The Master Theorem's rate: c − c̊ = Õ(n^(-1/2)) (IVb 2.6.10). */
export const RATE = -0.5;

/** Of the interval of an exponent. */
const LEVEL = 0.95;

/** Standard errors by which an exponent may lie above the rate. */
const MARGIN = 3;

/** Distances below this part of the values' size are rounding of the f32 that finite widths are run in. */
const ROUNDING = 2e-6;

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
  { limit, standardError: limitError }: Pick<CheckedOutput, 'limit' | 'standardError'>,
): Pick<CheckedOutput, 'exponent' | 'exponentInterval' | 'verdict'> {
  const size = Math.max(Math.abs(limit), ...distances.map((d) => Math.abs(d.mean)), 1e-3);
  const rounding = ROUNDING * size;
  if (distances.every(({ rms }) => rms <= rounding)) return { verdict: 'equal' };
  const visible = distances.map(({ rms }) => Math.max(rms, rounding));
  const { slope, slopeStandardError, chiSquare, degreesOfFreedom } = weightedLinearFit(
    distances.map(({ width }) => Math.log(width)),
    visible.map(Math.log),
    distances.map(({ mean: center, standardError }, k) => {
      const rms = at(visible, k);
      // d rms / d limit = (limit − mean) / rms.
      const shift = (Math.max(Math.abs(center - limit), limitError) / rms) * limitError;
      return Math.hypot(standardError, shift, rounding) / rms;
    }),
  );
  // Where points lie further from the line than their errors allow, the line is uncertain for it.
  const error = slopeStandardError * Math.sqrt(Math.max(1, chiSquare / degreesOfFreedom));
  const { low, high } = confidenceInterval(slope, error, LEVEL, degreesOfFreedom);
  return {
    exponent: slope,
    exponentInterval: [low, high],
    verdict: slope - MARGIN * error <= RATE ? 'ok' : 'slower',
  };
}
