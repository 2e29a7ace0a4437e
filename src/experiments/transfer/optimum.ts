/** The best value of a hyperparameter in sweeps, how far it moves over widths, and how sure both are. */

import { required, unreachable } from '../../errors/index.ts';
import { at, mean, standardDeviation, stream } from '../../numeric/index.ts';
import { bestPoint } from './curves.ts';
import { LEARNING_RATE, placeOf, valueAt } from './hyperparameter.ts';
import type { Optimum, Scale, Sweep, SweepPoint, SweptHyperparameter, TransferVerdict, WidthSweep } from './result.ts';

/** Losses [width][value][seed]; null where training diverged. */
export type Losses = readonly (readonly (readonly (number | null)[])[])[];

const REPLICATES = 1000;
const LEVEL = 0.95;
/** How far an optimum may move and be said to stay. */
export const FACTOR = 2;

/** A sweep without its curves. */
export type JudgedSweep = Omit<Sweep, 'transferred' | 'own'>;

/** The sweep of one parametrization. Values rise. */
export function sweepOf(
  parametrization: string,
  widths: readonly number[],
  values: readonly number[],
  losses: Losses,
  hyperparameter: SweptHyperparameter = LEARNING_RATE,
): JudgedSweep {
  const { scale } = hyperparameter;
  const seeds = required(losses[0]?.[0], 'loss of a sweep').length;
  const all = Array.from({ length: seeds }, (_, k) => k);
  const optima = losses.map((byValue) => best(values, byValue, all, scale));
  const replicates = seeds < 2 ? [] : resampled(values, losses, seeds, scale);
  const swept = widths.map((width, k): WidthSweep => {
    const found = optima[k];
    const optimum: Optimum = {
      value: found?.value ?? null,
      interval: percentiles(replicates.map((one) => one[k])),
      edge: found?.edge ?? null,
    };
    return {
      width,
      points: values.map((value, r) => point(value, required(losses[k]?.[r], `losses at width ${width}`))),
      optimum,
    };
  });
  const [first, last] = [optima[0], optima.at(-1)];
  const factor = ratio(scale, first?.value, last?.value) ?? null;
  const interval = percentiles(replicates.map((one) => ratio(scale, one[0], one.at(-1))));
  const verdict = judge(factor, interval, first?.edge ?? null, last?.edge ?? null);
  const cost = costOf(swept);
  const text = describe(swept, { factor, interval, cost }, verdict, hyperparameter);
  return { parametrization, widths: swept, factor, interval, cost, verdict, text };
}

function point(value: number, losses: readonly (number | null)[]): SweepPoint {
  const finite = losses.filter((loss) => loss !== null);
  const diverged = losses.length - finite.length;
  const spread = diverged > 0 ? undefined : standardDeviation(finite);
  return {
    value,
    loss: diverged > 0 || finite.length === 0 ? null : mean(finite),
    standardError: spread === undefined ? null : spread / Math.sqrt(finite.length),
    losses,
    diverged,
  };
}

/** Losses of the largest width: with the best value of the smallest, and the least; null where it diverged. */
export function transferLosses(
  widths: readonly WidthSweep[],
): { readonly taken: number; readonly least: number } | null {
  const small = bestPoint(required(widths[0], 'width of a sweep').points);
  const large = required(widths.at(-1), 'width of a sweep').points;
  const taken = large.find(({ value }) => value === small?.value)?.loss ?? null;
  const least = bestPoint(large)?.loss ?? null;
  return taken === null || least === null ? null : { taken, least };
}

function costOf(widths: readonly WidthSweep[]): number | null {
  const losses = transferLosses(widths);
  return losses === null || losses.least <= 0 ? null : losses.taken / losses.least;
}

interface Best {
  readonly value: number;
  readonly edge: 'least' | 'greatest' | null;
}

/**
 * The least of the parabola through the mean losses at the best value and its two neighbors, on an axis on which equal
 * factors are equal distances. Where one of these diverged, the best value of those tried; undefined where all did.
 */
export function best(
  values: readonly number[],
  byValue: readonly (readonly (number | null)[])[],
  seeds: readonly number[],
  scale: Scale = 'value',
): Best | undefined {
  const means = byValue.map((losses) => {
    const chosen = seeds.map((k) => required(losses[k], `loss of seed ${k}`) ?? Number.POSITIVE_INFINITY);
    return mean(chosen);
  });
  const least = means.reduce((low, loss, k) => (loss < at(means, low) ? k : low), 0);
  if (!Number.isFinite(at(means, least))) return undefined;
  const value = required(values[least], 'value of the least loss');
  if (least === 0) return { value, edge: 'least' };
  if (least === values.length - 1) return { value, edge: 'greatest' };
  const placeAt = (k: number): number => placeOf(scale, at(values, k));
  const [x0, x1, x2] = [placeAt(least - 1), placeAt(least), placeAt(least + 1)];
  const [y0, y1, y2] = [at(means, least - 1), at(means, least), at(means, least + 1)];
  const [left, right] = [(y1 - y0) / (x1 - x0), (y2 - y1) / (x2 - x1)];
  if (!Number.isFinite(y0) || !Number.isFinite(y2) || right <= left) return { value, edge: null };
  // The derivative is `left` halfway to the left neighbor, `right` halfway to the right one, and linear between.
  const [a, b] = [(x0 + x1) / 2, (x1 + x2) / 2];
  return { value: valueAt(scale, a - (left * (b - a)) / (right - left)), edge: null };
}

/**
 * Best values by width, of seeds drawn with replacement: the same ones at every width, for they share their batches. Of
 * two or three seeds this gives the range that they span and hardly more.
 */
function resampled(
  values: readonly number[],
  losses: Losses,
  seeds: number,
  scale: Scale,
): readonly (readonly (number | undefined)[])[] {
  const source = stream(0, 'bootstrap');
  return Array.from({ length: REPLICATES }, (_, replicate) => {
    const drawn = Array.from(source.uniforms(seeds, replicate * seeds), (u) => Math.floor(u * seeds));
    return losses.map((byValue) => best(values, byValue, drawn, scale)?.value);
  });
}

/** How many times as large, on the hyperparameter's scale. */
function ratio(scale: Scale, from: number | undefined, to: number | undefined): number | undefined {
  if (from === undefined || to === undefined) return undefined;
  return scale === 'value' ? to / from : (1 - from) / (1 - to);
}

function percentiles(values: readonly (number | undefined)[]): readonly [number, number] | null {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  if (sorted.length === 0 || sorted.length < values.length) return null;
  const quantile = (share: number): number => at(sorted, Math.round(share * (sorted.length - 1)));
  return [quantile((1 - LEVEL) / 2), quantile((1 + LEVEL) / 2)];
}

function judge(
  factor: number | null,
  interval: readonly [number, number] | null,
  first: Best['edge'],
  last: Best['edge'],
): TransferVerdict {
  if (factor === null) return 'unclear';
  const [low, high] = interval ?? [factor, factor];
  // An optimum beyond the values tried may be further off, never nearer, where it lies on the side it has moved to.
  const onlyFurther = (side: 'least' | 'greatest', back: 'least' | 'greatest'): boolean =>
    (last === null || last === side) && (first === null || first === back);
  if (high < 1 / FACTOR && onlyFurther('least', 'greatest')) return 'moves';
  if (low > FACTOR && onlyFurther('greatest', 'least')) return 'moves';
  const inside = low >= 1 / FACTOR && high <= FACTOR;
  return inside && first === null && last === null ? 'stays' : 'unclear';
}

function describe(
  widths: readonly WidthSweep[],
  { factor, interval, cost }: Pick<JudgedSweep, 'factor' | 'interval' | 'cost'>,
  verdict: TransferVerdict,
  { name, words, scale }: SweptHyperparameter,
): string {
  const [small, large] = [widths[0], widths.at(-1)];
  const span = `from width ${small?.width} to ${large?.width}`;
  if (factor === null) return `training diverged at every ${words} at one of the widths; give ${others(name)}`;
  const atEdge = [small, large].some((sweep) => sweep?.optimum.edge !== null);
  const range =
    interval === null
      ? ' (one seed: no interval)'
      : ` (95 %: ${factorText(interval[0])} to ${factorText(interval[1])})`;
  const measure = scale === 'memory' ? ` in 1/(1 − ${words})` : '';
  const moved = `${factorText(factor)}${measure}${range} ${span}`;
  const price = `; with the best of width ${small?.width}, ${priceOf(widths, cost, `width ${large?.width}`)}`;
  switch (verdict) {
    case 'stays':
      return `the best ${words} stays within a factor of 2: it moves by ${moved}${price}`;
    case 'moves':
      return `the best ${words} moves by ${atEdge ? 'at least ' : ''}${moved}${price}`;
    case 'unclear':
      return atEdge
        ? `whether the best ${words} stays is unclear: at one of the widths it lies at the end of the values tried, at ${moved}; give more of them`
        : `whether the best ${words} stays within a factor of 2 is unclear: it moves by ${moved}; give more seeds or steps`;
    default:
      return unreachable(verdict, 'the verdict of a transfer');
  }
}

function priceOf(widths: readonly WidthSweep[], cost: number | null, large: string): string {
  if (cost !== null) return `the loss at ${large} is ${cost.toFixed(2)} times its least`;
  const losses = transferLosses(widths);
  if (losses === null) return `${large} diverges`;
  return `the loss at ${large} is ${Number(losses.taken.toPrecision(3))}, and its least ${Number(losses.least.toPrecision(3))}`;
}

const others = (name: string): string =>
  name === LEARNING_RATE.name ? 'smaller rates' : 'other values, or a smaller learning rate';

/** Factors from here on are told by their power of ten. */
const HUGE = 1e6;

/** `×1.08`, `÷8.3`. */
export function factorText(factor: number): string {
  const [sign, size] = factor >= 1 ? ['×', factor] : ['÷', 1 / factor];
  return `${sign}${size < HUGE ? size.toFixed(size < 10 ? 2 : 1) : size.toPrecision(3)}`;
}
