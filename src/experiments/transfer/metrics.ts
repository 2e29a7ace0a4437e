/**
 * How well a hyperparameter transfers, as numbers: the power law of its best value and how far off it that lies, what
 * missing the best value costs, and what the parametrization costs at infinite width. The three questions are those of
 * Kalra & Barkeshli (arXiv 2605.21486); the formulas are these, with intervals from drawing the seeds anew.
 *
 *     p_n       place of the best value: ln η of a value, −ln(1 − β) of a share of the past
 *     L_n       least of the parabola of mean losses over places through the best value and its neighbors
 *     h_n       what it adds a distance of 1 away: L(p) = L_n + h_n (p − p_n)²
 *
 *     exponent  q of p_n = c + q ln n, by least squares
 *     fitError  √(Σ (p_n − c − q ln n)² / (widths − 2))
 *     missed    h_n (ln 2)² / L_n at the largest width: the share of the loss that a factor of two costs
 *     sharpens  κ of ln (h_n (ln 2)² / L_n) = c + κ ln n
 *     asymptote L_∞ of L_n = L_∞ + c/n, or that of the infinite network where it is trained
 *     penalty   L_∞ over the least of all parametrizations compared, less 1
 */

import { required } from '../../errors/index.ts';
import { weightedLinearFit } from '../../numeric/index.ts';
import { type Bowl, bowlOf, type Losses, percentiles, seedDraws } from './optimum.ts';
import type { MetricEstimate, Scale, TransferMetrics } from './result.ts';

/** What metrics are called, what they are, and how they are shown. */
export const METRICS: Readonly<
  Record<
    keyof TransferMetrics,
    { readonly words: string; readonly formula: string; readonly shown: 'number' | 'share' | 'factor' }
  >
> = {
  exponent: { words: 'exponent of the best value', formula: 'q of p = c + q ln n', shown: 'number' },
  fitError: {
    words: 'fit error',
    formula: 'exp of √(Σ (p − c − q ln n)² / (widths − 2)): a factor',
    shown: 'factor',
  },
  missed: {
    words: 'cost of a miss by 2',
    formula: 'h (ln 2)² / L at the largest width: a share of the loss',
    shown: 'share',
  },
  sharpens: { words: 'its exponent', formula: 'κ of ln (h (ln 2)² / L) = c + κ ln n', shown: 'number' },
  asymptote: {
    words: 'loss at infinite width',
    formula: 'L(∞) of L = L(∞) + c/n, or of the infinite network where it is trained',
    shown: 'number',
  },
  penalty: { words: 'asymptotic penalty', formula: 'L(∞) over the least of those compared, less 1', shown: 'share' },
};

/** A metric with its interval, as people read it. */
export function metricText(name: keyof TransferMetrics, { value, interval }: MetricEstimate): string {
  const { shown } = METRICS[name];
  const text = (number: number): string => {
    if (shown === 'share') return `${(100 * number).toFixed(1)} %`;
    if (shown === 'factor') return `×${Math.exp(number).toFixed(2)}`;
    const plain = number.toFixed(name === 'asymptote' ? 3 : 2);
    return Number(plain) === 0 ? plain.replace('-', '') : plain;
  };
  if (value === null) return '–';
  return `${text(value)}${interval === null ? '' : ` (${interval.map(text).join(' to ')})`}`.replaceAll('-', '−');
}

/** What metrics are computed of: losses of one parametrization. */
export interface MeasuredSweep {
  readonly losses: Losses;
  /** Of the infinite network, where it is trained. */
  readonly infinite?: Losses[number];
}

/** What was swept. */
export interface MetricOptions {
  readonly widths: readonly number[];
  readonly values: readonly number[];
  readonly scale: Scale;
}

type Numbers = Readonly<Record<keyof TransferMetrics, number | undefined>>;

/** The metrics of parametrizations that were compared, in their order. */
export function metricsOf(sweeps: readonly MeasuredSweep[], options: MetricOptions): TransferMetrics[] {
  const seeds = required(sweeps[0]?.losses[0]?.[0], 'losses of a sweep').length;
  const found = metricNumbers(
    sweeps,
    options,
    Array.from({ length: seeds }, (_, k) => k),
  );
  const replicates = seeds < 2 ? [] : seedDraws(seeds).map((drawn) => metricNumbers(sweeps, options, drawn));
  return found.map((numbers, s): TransferMetrics => {
    const estimate = (name: keyof TransferMetrics): MetricEstimate => {
      const value = numbers[name];
      return value === undefined
        ? { value: null, interval: null }
        : { value, interval: percentiles(replicates.map((one) => one[s]?.[name])) };
    };
    return {
      exponent: estimate('exponent'),
      fitError: estimate('fitError'),
      missed: estimate('missed'),
      sharpens: estimate('sharpens'),
      asymptote: estimate('asymptote'),
      penalty: estimate('penalty'),
    };
  });
}

/** Of all sweeps, on the same seeds. */
function metricNumbers(sweeps: readonly MeasuredSweep[], options: MetricOptions, seeds: readonly number[]): Numbers[] {
  const own = sweeps.map((sweep) => ownNumbers(sweep, options, seeds));
  const least = Math.min(...own.map(({ asymptote = Number.POSITIVE_INFINITY }) => asymptote));
  return own.map((numbers) => ({
    ...numbers,
    penalty: numbers.asymptote === undefined || least <= 0 ? undefined : numbers.asymptote / least - 1,
  }));
}

function ownNumbers(
  { losses, infinite }: MeasuredSweep,
  { widths, values, scale }: MetricOptions,
  seeds: readonly number[],
): Omit<Numbers, 'penalty'> {
  const bowls = losses.map((byValue) => bowlOf(values, byValue, seeds, scale));
  const logs = widths.map(Math.log);
  const places = lineThrough(
    logs,
    bowls.map((bowl) => bowl?.place),
  );
  const shares = bowls.map(shareMissed);
  const bends = lineThrough(
    logs,
    shares.map((share) => (share === undefined || share <= 0 ? undefined : Math.log(share))),
  );
  const limit = infinite === undefined ? undefined : bowlOf(values, infinite, seeds, scale)?.least;
  const extrapolated = lineThrough(
    widths.map((width) => 1 / width),
    bowls.map((bowl) => bowl?.least),
  );
  return {
    exponent: places?.slope,
    fitError: places?.error,
    missed: shares.at(-1),
    sharpens: bends?.slope,
    asymptote: infinite === undefined ? extrapolated?.intercept : limit,
  };
}

/** The share of the least loss that a value twice as large as the best, or half as large, costs. */
function shareMissed(bowl: Bowl | undefined): number | undefined {
  return bowl === undefined || bowl.least <= 0 ? undefined : (bowl.bend * Math.LN2 ** 2) / bowl.least;
}

/** The line by least squares; undefined where a number is missing. Two points have no error. */
function lineThrough(
  x: readonly number[],
  y: readonly (number | undefined)[],
): { readonly slope: number; readonly intercept: number; readonly error: number | undefined } | undefined {
  const known = y.filter((value) => value !== undefined);
  if (known.length < x.length) return undefined;
  const { slope, intercept, chiSquare, degreesOfFreedom } = weightedLinearFit(
    x,
    known,
    x.map(() => 1),
  );
  // Of points on a line rounding leaves less than nothing.
  const error = degreesOfFreedom === 0 ? undefined : Math.sqrt(Math.max(0, chiSquare) / degreesOfFreedom);
  return { slope, intercept, error };
}
