/** The interval of a slope that was fitted to means over runs, by width. */

import { chiSquareQuantile, confidenceInterval, type Interval, type WeightedLinearFit } from '../numeric/index.ts';

const LEVEL = 0.95;
/** Chi squares that scatter about a line stays below by chance. */
const CHANCE = 0.999;

/**
 * Student's interval of 95 % by the errors of the points, each from so many runs, wider where points lie further from the
 * line than their errors allow. So far that chance does not do it, only the scatter counts, on as many degrees as it has.
 *
 * To count the degrees of the runs there too, of which the scatter knows nothing, is wrong: of means at four widths, eight
 * runs each, which scatter by five times their errors, such intervals contain the slope in 84 of 100 cases, these in 90, and the
 * more of it there is, the nearer to 95. Where there is no scatter, both contain it in 97.
 */
export function slopeInterval(
  { slope, slopeStandardError, chiSquare, degreesOfFreedom }: WeightedLinearFit,
  runs: number,
): Interval {
  // Two points lie on a line.
  if (degreesOfFreedom === 0) return confidenceInterval(slope, slopeStandardError, LEVEL, runs - 1);
  const error = slopeStandardError * Math.sqrt(Math.max(1, chiSquare / degreesOfFreedom));
  const noLine = chiSquare > chiSquareQuantile(CHANCE, degreesOfFreedom);
  return confidenceInterval(slope, error, LEVEL, noLine ? Math.min(degreesOfFreedom, runs - 1) : runs - 1);
}
