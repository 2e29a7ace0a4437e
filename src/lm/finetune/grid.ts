/**
 * The grid of a fine-tuning's hyperparameters: batch sizes × learning rates, as the paper's (Malladi et al. 2023, and LM-BFF
 * before it), chosen by dev score, and extended upward until the best rate lies inside it: small models want larger ones.
 */

import { required } from '../../errors/index.ts';
import { mean } from '../../numeric/index.ts';
import { bestScore, type DevScore } from './devScores.ts';

/** Batch sizes and learning rates that are tried. */
export interface Grid {
  readonly batches: readonly number[];
  /** Rising. */
  readonly rates: readonly number[];
  /** Whether larger rates are tried while the largest is the best. */
  readonly extend: boolean;
}

/** One batch size with one learning rate. */
export interface GridPoint {
  readonly batch: number;
  readonly rate: number;
}

/** Rates of the paper's grids: those of Adam for every optimizer that normalizes its gradients, those of SGD for the others. */
const RATES = { adam: [1e-5, 2e-5, 5e-5], sgd: [1e-4, 5e-4, 1e-3, 5e-3, 1e-2] } as const;

/** Optimizers whose update is a multiple of the gradient, or of gradients before. */
const PLAIN: readonly string[] = ['sgd', 'momentum', 'nesterov', 'asgd'];

/** Batch sizes of the paper's grid (Malladi et al. 2023). */
export const USUAL_BATCHES: readonly number[] = [2, 4, 8];

/** The rates of an optimizer's grid, by its name. */
export function usualRates(optimizer: string): readonly number[] {
  return RATES[PLAIN.includes(optimizer) ? 'sgd' : 'adam'];
}

/** Most rates beyond a grid: six decades of a grid with two rates in each. */
const MOST_FURTHER = 12;

/** All points of some rates, the least rates first. */
export function pointsOf(batches: readonly number[], rates: readonly number[]): GridPoint[] {
  return rates.flatMap((rate) => batches.map((batch) => ({ batch, rate })));
}

/** What became of a point in one draw. */
export interface PointOutcome {
  readonly status: 'finished' | 'too large' | 'diverged' | 'skipped';
  /** Of the state that is kept; absent where there was no training. */
  readonly best?: DevScore;
}

/** A point over all draws. */
export interface PointScore extends GridPoint {
  /** Mean over the draws, those that failed with what they had reached; null where no draw has a score. */
  readonly score: number | null;
  readonly loss: number | null;
  /** Draws whose training went to its end. */
  readonly finished: number;
}

export function pointScore(point: GridPoint, outcomes: readonly PointOutcome[]): PointScore {
  const scores = outcomes.map(({ best }) => best?.score ?? null);
  const losses = outcomes.map(({ best }) => best?.loss ?? null);
  const finished = outcomes.filter(({ status }) => status === 'finished').length;
  return { ...point, score: meanOfAll(scores), loss: meanOfAll(losses), finished };
}

function meanOfAll(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length < values.length || known.length === 0 ? null : mean(known);
}

/**
 * The best of the points by mean dev score, where that is the same by mean dev loss; those that no draw has finished come
 * after all others. Undefined where there are no dev examples.
 */
export function bestPoint(points: readonly PointScore[]): PointScore | undefined {
  return bestScore(points.filter(({ finished }) => finished > 0)) ?? bestScore(points);
}

/** The rate that a grid is extended by, or undefined where it need not be: its best rate is not its largest. */
export function furtherRate({ rates, extend }: Grid, tried: readonly PointScore[]): number | undefined {
  const largest = Math.max(...tried.map(({ rate }) => rate));
  if (!extend || bestPoint(tried)?.rate !== largest) return undefined;
  const further = new Set(tried.map(({ rate }) => rate)).size - rates.length;
  return further >= MOST_FURTHER ? undefined : nextRate(rates, largest);
}

/** The next of numbers that go on as a grid does: 1, 2, 5, 10, 20, … where its leading digits are 1, 2 and 5. */
export function nextRate(rates: readonly number[], last: number): number {
  const leading = [...new Set(rates.map((rate) => decimal(rate).digits))];
  const { exponent } = decimal(last);
  const candidates = [exponent, exponent + 1].flatMap((power) => leading.map((digits) => Number(`${digits}e${power}`)));
  return required(candidates.filter((rate) => rate > last).sort((a, b) => a - b)[0], 'number above another');
}

/** `d.ddd` and the power of ten of a number above 0. */
function decimal(value: number): { readonly digits: string; readonly exponent: number } {
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return { digits, exponent: Number(exponent) };
}
