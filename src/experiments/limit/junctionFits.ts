/**
 * What pre-training and fine-tuning at several widths say: with which exponents kernel drift and linearization error
 * fall. They are compared with those of theory 10.
 */

import { mean, standardDeviation, weightedLinearFit } from '../../numeric/index.ts';
import { slopeInterval } from '../slopeInterval.ts';
import type { Approach } from './distance.ts';
import type { JunctionCell } from './junction.ts';

/** What is measured of fine-tuning. */
export type JunctionQuantity = 'drift' | 'linearization';

/** At one width, the geometric mean over networks, and the standard error of its logarithm. */
export interface JunctionPoint {
  readonly width: number;
  readonly value: number;
  readonly logError: number;
}

/** One quantity at one q: by width, and how it falls; no fall below two widths, or two networks. */
export interface JunctionLine {
  readonly points: readonly JunctionPoint[];
  readonly fall?: Approach;
}

/** Both quantities at one exponent q of the error signal. */
export interface JunctionFit extends Readonly<Record<JunctionQuantity, JunctionLine>> {
  readonly exponent: number;
}

/** By exponent q, in the order in which they were measured. Networks that diverged are left out. */
export function junctionFits(cells: readonly JunctionCell[]): readonly JunctionFit[] {
  return [...new Set(cells.map(({ exponent }) => exponent))].map((exponent) => {
    const own = cells.filter((cell) => cell.exponent === exponent);
    return { exponent, drift: lineOf(own, 'drift'), linearization: lineOf(own, 'linearization') };
  });
}

function lineOf(cells: readonly JunctionCell[], what: JunctionQuantity): JunctionLine {
  const widths = [...new Set(cells.map(({ width }) => width))].sort((a, b) => a - b);
  const counts: number[] = [];
  const points = widths.flatMap((width): JunctionPoint[] => {
    const logs = cells.filter((cell) => cell.width === width && cell[what] > 0).map((cell) => Math.log(cell[what]));
    const whole = logs.filter(Number.isFinite);
    if (whole.length === 0) return [];
    counts.push(whole.length);
    const logError = (standardDeviation(whole) ?? Number.NaN) / Math.sqrt(whole.length);
    return [{ width, value: Math.exp(mean(whole)), logError }];
  });
  if (points.length < 2 || !points.every(({ logError }) => logError > 0)) return { points };
  const fit = weightedLinearFit(
    points.map(({ width }) => Math.log(width)),
    points.map(({ value }) => Math.log(value)),
    points.map(({ logError }) => logError),
  );
  const { low, high } = slopeInterval(fit, Math.min(...counts));
  return { points, fall: { exponent: fit.slope, interval: [low, high] } };
}
