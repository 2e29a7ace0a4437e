/**
 * A hyperparameter chosen on the infinite network alone, what a network of width n will make of it, and a check on widths
 * that had no part in it (theory 6: in µP its best value at width n is that of the limit up to a term of order 1/n).
 */

import { required } from '../../errors/index.ts';
import { MUP, type Parametrization } from '../../parametrizations/index.ts';
import { bestPoint } from './curves.ts';
import { noInfiniteWidth, sharedWidths } from './errors.ts';
import { placeOf, showValue, valueAt } from './hyperparameter.ts';
import type { InfiniteOptions } from './infinite.ts';
import { FACTOR, factorText } from './optimum.ts';
import type { InfiniteSweep, Optimum, Scale, TransferResult } from './result.ts';
import { type TransferOptions, transfer } from './transfer.ts';

/** What `tune` chooses a value of, on the infinite network, and at which widths that is checked. */
export interface TuneOptions extends Omit<TransferOptions, 'parametrizations' | 'widths' | 'infinite'> {
  /** Default µP. */
  readonly parametrization?: Parametrization;
  /** Two widths or more that tell the correction of order 1/n; default 64 and 128. */
  readonly widths?: readonly number[];
  /** Widths that the choice is checked at; default 256. */
  readonly checks?: readonly number[];
  readonly infinite?: InfiniteOptions;
}

/** What a width is said to do, and what it did. */
export interface TuneCheck {
  readonly width: number;
  /** Its best value, by the limit and the correction. */
  readonly predicted: number;
  readonly found: Optimum;
  /** The loss with the value that is best at infinity, of those tried, by the limit and its correction. */
  readonly predictedLoss: number;
  readonly loss: number | null;
  /** That loss over the least at this width. */
  readonly cost: number | null;
}

/** What `tune` finds: the value, what it will do at finite widths, and whether that holds. */
export interface TuneResult {
  /** All that was trained, the infinite width in its sweep. */
  readonly measured: TransferResult;
  readonly best: Optimum;
  /** Of the values tried the one with the least loss, and that loss. */
  readonly tried: number;
  readonly loss: number;
  /** The least and the greatest value tried whose loss at infinity is within 2 % of the least. */
  readonly flat: readonly [number, number];
  /** The best value of width n is that of the limit times e^(correction/n); null where a width has none. */
  readonly correction: number | null;
  /** Why the choice may not hold, told by the limit and the sampled widths alone. */
  readonly warnings: readonly string[];
  readonly checks: readonly TuneCheck[];
  /** Whether the choice costs no width checked more than 2 % of its least loss. */
  readonly holds: boolean;
}

const [WIDTHS, CHECKS] = [[64, 128], [256]];
/** What a choice may cost. */
const TOLERATED = 1.02;

/**
 * Tunes. Throws as {@link transfer}, and {@link UserError} `experiments.no-infinite-width` where training has no limit that is
 * read step by step, `experiments.shared-widths` where a width is both sampled and checked.
 */
export async function tune(options: TuneOptions): Promise<TuneResult> {
  const { parametrization = MUP, widths = WIDTHS, checks = CHECKS, infinite = {}, ...rest } = options;
  const shared = checks.filter((width) => widths.includes(width));
  if (shared.length > 0) throw sharedWidths(shared);
  const measured = await transfer({
    ...rest,
    widths: [...widths, ...checks],
    parametrizations: [parametrization],
    infinite,
  });
  return tuned(measured, widths, checks);
}

/** The choice, from what was measured. */
export function tuned(measured: TransferResult, widths: readonly number[], checks: readonly number[]): TuneResult {
  const sweep = required(measured.sweeps[0], 'sweep of a tuning');
  const limit = required(sweep.infinite, 'infinite width of a tuning');
  if ('reason' in limit) throw noInfiniteWidth(sweep.parametrization, limit.reason);
  const { scale } = measured.hyperparameter;
  const least = bestPoint(limit.points);
  const tried = least?.value ?? Number.NaN;
  const loss = least?.loss ?? Number.NaN;
  const at = (width: number) =>
    required(
      sweep.widths.find((one) => one.width === width),
      `width ${width}`,
    );
  const lossAt = (width: number): number | null => at(width).points.find(({ value }) => value === tried)?.loss ?? null;
  const best = limit.optimum;
  const moved = widths.map((width) => placeDifference(scale, best.value, at(width).optimum.value));
  const correction = perWidth(widths, moved);
  const lost = perWidth(
    widths,
    widths.map((width) => {
      const own = lossAt(width);
      return own === null ? null : own - loss;
    }),
  );
  const found = checks.map((width): TuneCheck => {
    const shift = (correction ?? 0) / width;
    return {
      width,
      predicted: best.value === null ? Number.NaN : valueAt(scale, placeOf(scale, best.value) + shift),
      found: at(width).optimum,
      predictedLoss: loss + (lost ?? 0) / width,
      loss: lossAt(width),
      cost: limit.away.find((one) => one.width === width)?.cost ?? null,
    };
  });
  return {
    measured,
    best,
    tried,
    loss,
    flat: flatRange(limit, loss),
    correction,
    warnings: warningsOf(measured, limit, widths),
    checks: found,
    holds: found.every(({ cost }) => cost !== null && cost <= TOLERATED),
  };
}

/** How far apart two values are on the axis on which factors are distances. */
function placeDifference(scale: Scale, from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : placeOf(scale, to) - placeOf(scale, from);
}

/** c of c/n by least squares; null where a width has no number. */
function perWidth(widths: readonly number[], values: readonly (number | null)[]): number | null {
  let [above, below] = [0, 0];
  for (const [k, width] of widths.entries()) {
    const value = values[k];
    if (value === undefined || value === null) return null;
    above += value / width;
    below += 1 / width ** 2;
  }
  return above / below;
}

function flatRange({ points }: InfiniteSweep, least: number): readonly [number, number] {
  const good = points.filter(({ loss }) => loss !== null && loss <= TOLERATED * least).map(({ value }) => value);
  return [Math.min(...good), Math.max(...good)];
}

/** By how many factors of two the best values may vary and the choice be said to be sharp. */
const FLAT_FACTOR = 4;

function warningsOf(
  { hyperparameter: { words, scale } }: TransferResult,
  limit: InfiniteSweep,
  widths: readonly number[],
): string[] {
  const warnings: string[] = [];
  const { points, optimum, trained, away } = limit;
  const least = bestPoint(points);
  if (least === undefined || least.loss === null) return [`the infinite network diverges at every ${words}`];
  if (!trained) warnings.push('no value has trained the infinite network: give more steps, or other values');
  if (optimum.edge !== null)
    warnings.push(`the best ${words} lies at the end of the values tried; a better one may lie beyond`);
  const [low, high] = flatRange(limit, least.loss);
  const span = Math.exp(Math.abs(placeDifference(scale, low, high) ?? 0));
  if (span >= FLAT_FACTOR)
    warnings.push(
      `the optimum is flat: from ${showValue(scale, low)} to ${showValue(scale, high)} the loss is within 2 % of its least, so that the best value is hardly told`,
    );
  const next = points[points.indexOf(least) + 1];
  if (next?.loss === null)
    warnings.push(
      `training diverges at ${showValue(scale, next.value)}, the next value tried: wider networks may diverge where narrow ones do not`,
    );
  for (const { width, factor, cost } of away.filter((one) => widths.includes(one.width))) {
    if (factor !== null && (factor > FACTOR || factor < 1 / FACTOR))
      warnings.push(
        `the best of width ${width} is ${factorText(factor)} that of the infinite network: 1/n does not tell more`,
      );
    if (cost === null || cost > TOLERATED)
      warnings.push(
        `at width ${width} the choice ${cost === null ? 'diverges' : `costs ${((cost - 1) * 100).toFixed(1)} % of the least loss`}`,
      );
  }
  return warnings;
}
