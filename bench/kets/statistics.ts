/** Whether simulations agree, how much narrower one is than another, and how time grows with the width. */

import { required } from '../../src/errors/index.ts';
import { at, linearFit, mean, normalCdf, standardDeviation, studentQuantile } from '../../src/numeric/index.ts';

/** Answers of runs: one row for each seed, in it one number for each entry of the outputs. */
export type Rows = readonly (readonly number[])[];

/** Means that are further apart than this many joint standard errors are different answers. */
const MOST_ERRORS = 4;
const COVERAGE = 0.95;

/** How far apart the means of two samples are. */
export interface Agreement {
  /** The entry whose means are furthest apart. */
  readonly entry: string;
  /** How far, in joint standard errors. */
  readonly distance: number;
  /** The largest distance that is no difference. */
  readonly allowed: number;
  readonly agrees: boolean;
}

/** A figure with an interval that holds the true one with the stated probability. */
export interface Figure {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly coverage: number;
}

/** Compares the means of two independent samples entry by entry, with √(s²/m + s′²/m′) as the joint standard error. */
export function compareMeans(names: readonly string[], ours: Rows, theirs: Rows): Agreement {
  return furthest(names, MOST_ERRORS, (entry) => {
    const [x, y] = [column(ours, entry), column(theirs, entry)];
    return apart(mean(x) - mean(y), Math.sqrt(squaredError(x) + squaredError(y)));
  });
}

/** Runs at one width. */
export interface AtWidth {
  readonly width: number;
  readonly rows: Rows;
}

/**
 * Compares the means at each width with those at the first. Spreads fall as n^(-1/2) (IVb 2.6.10), so that one spread,
 * found from all widths, serves also those with a single run. Its degrees of freedom may be few: what is allowed is what
 * Student's law exceeds as rarely as the normal law does the allowed standard errors. `undefined` where no width has two
 * runs.
 */
export function compareWidths(names: readonly string[], [first, ...others]: readonly AtWidth[]): Agreement | undefined {
  if (first === undefined || others.length === 0) return undefined;
  const groups = [first, ...others];
  const degrees = groups.reduce((sum, { rows }) => sum + rows.length - 1, 0);
  if (degrees === 0) return undefined;
  const allowed = studentQuantile(normalCdf(MOST_ERRORS), degrees);
  const distances = others.map(({ width, rows }) =>
    furthest(names, allowed, (entry) => {
      const squares = groups.reduce(
        (sum, group) => sum + group.width * squaredDeviations(column(group.rows, entry)),
        0,
      );
      const parts = 1 / (first.width * first.rows.length) + 1 / (width * rows.length);
      const gap = mean(column(rows, entry)) - mean(column(first.rows, entry));
      return apart(gap, Math.sqrt((squares / degrees) * parts));
    }),
  );
  return distances.reduce((worst, next) => (further(next.distance, worst.distance) ? next : worst));
}

/**
 * The ratio of the variances of two independent samples, geometric mean over the entries of their rows.
 *
 * Interval: jackknife of the mean log variance, whose pseudo-values are compared by Welch's t (Miller, Jackknifing
 * Variances, Ann. Math. Statist. 39, 1968). Whole rows are left out, so entries may depend on each other, and values
 * need not be normal, which those of scramblings are not.
 */
export function varianceRatio(above: Rows, below: Rows): Figure {
  const [x, y] = [pseudoValues(above), pseudoValues(below)];
  const [a, b] = [squaredError(x), squaredError(y)];
  const degrees = (a + b) ** 2 / (a ** 2 / (x.length - 1) + b ** 2 / (y.length - 1));
  const center = logVariance(above) - logVariance(below);
  const reach = studentQuantile((1 + COVERAGE) / 2, degrees) * Math.sqrt(a + b);
  return {
    value: Math.exp(center),
    low: Math.exp(center - reach),
    high: Math.exp(center + reach),
    coverage: COVERAGE,
  };
}

/** The exponent of times in the width, `undefined` for fewer than three widths. */
export function growth(points: readonly { readonly width: number; readonly seconds: number }[]): Figure | undefined {
  if (new Set(points.map(({ width }) => width)).size < 3) return undefined;
  const { slope, slopeStandardError } = linearFit(
    points.map(({ width }) => Math.log(width)),
    points.map(({ seconds }) => Math.log(seconds)),
  );
  const reach = studentQuantile((1 + COVERAGE) / 2, points.length - 2) * slopeStandardError;
  return { value: slope, low: slope - reach, high: slope + reach, coverage: COVERAGE };
}

const column = (rows: Rows, entry: number): number[] =>
  rows.map((row) => required(row[entry], `entry ${entry} of a row`));

/** A gap in standard errors; numbers without spread are equal or infinitely far apart. */
const apart = (gap: number, error: number): number => (gap === 0 ? 0 : Math.abs(gap) / error);

/** Numbers that are missing are further than any distance. */
const further = (distance: number, than: number): boolean => distance > than || Number.isNaN(distance);

function furthest(names: readonly string[], allowed: number, distanceOf: (entry: number) => number): Agreement {
  const distances = names.map((_, entry) => distanceOf(entry));
  const worst = distances.reduce((best, distance, k) => (further(distance, at(distances, best)) ? k : best), 0);
  const distance = at(distances, worst);
  return { entry: required(names[worst], 'name of an entry'), distance, allowed, agrees: distance <= allowed };
}

function squaredDeviations(values: readonly number[]): number {
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0);
}

/** The squared standard error of a mean. */
const squaredError = (values: readonly number[]): number =>
  (standardDeviation(values) ?? Number.NaN) ** 2 / values.length;

/** The mean over entries of the logarithm of their variances. */
function logVariance(rows: Rows): number {
  return mean(
    required(rows[0], 'seed of a spread').map(
      (_, entry) => 2 * Math.log(standardDeviation(column(rows, entry)) ?? Number.NaN),
    ),
  );
}

/** Of which every row but one tells the share of that one. */
function pseudoValues(rows: Rows): number[] {
  const whole = logVariance(rows);
  const count = rows.length;
  return rows.map((_, left) => count * whole - (count - 1) * logVariance(rows.filter((_, k) => k !== left)));
}
