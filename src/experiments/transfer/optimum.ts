/**
 * The best value of a hyperparameter in sweeps, how far it moves over widths, and how sure both are. That it stays is
 * what Yang et al. 2022 (arXiv 2203.03466) say of µP; how it is told from losses is ours.
 */

import { required, unreachable } from '../../errors/index.ts';
import { at, mean, standardDeviation, stream } from '../../numeric/index.ts';
import { bestPoint } from './curves.ts';
import { LEARNING_RATE, placeOf, valueAt } from './hyperparameter.ts';
import type { Optimum, Scale, Sweep, SweepPoint, SweptHyperparameter, TransferVerdict, WidthSweep } from './result.ts';

/** Losses [width][value][seed]; null where training diverged. */
export type Losses = readonly (readonly (readonly (number | null)[])[])[];

const REPLICATES = 1000;
const LEVEL = 0.95;
/** By how much of the loss of a constant answer the least loss must be below it, beside two standard errors. */
const [LEARNT, ERRORS] = [0.02, 2];
/** How far an optimum may move and be said to stay. */
export const FACTOR = 2;

/** A sweep without its curves, metrics and causes. */
export type JudgedSweep = Omit<Sweep, 'transferred' | 'own' | 'metrics' | 'causes'>;

export interface SweepOptions {
  /** Default: the learning rate. */
  readonly hyperparameter?: SweptHyperparameter;
  /** The loss of the best constant answer, above which nothing has been learnt; default: not known. */
  readonly chance?: number;
}

/** The sweep of one parametrization. Values rise. */
export function sweepOf(
  parametrization: string,
  widths: readonly number[],
  values: readonly number[],
  losses: Losses,
  { hyperparameter = LEARNING_RATE, chance = Number.POSITIVE_INFINITY }: SweepOptions = {},
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
    const points = values.map((value, r) => point(value, required(losses[k]?.[r], `losses at width ${width}`)));
    return { width, points, optimum, trained: hasTrained(points, chance) };
  });
  const [first, last] = [optima[0], optima.at(-1)];
  const factor = ratio(scale, first?.value, last?.value) ?? null;
  const interval = percentiles(replicates.map((one) => ratio(scale, one[0], one.at(-1))));
  const compared = [required(swept[0], 'width of a sweep'), required(swept.at(-1), 'width of a sweep')] as const;
  const sure = compared.every(({ trained, optimum }) => trained && optimum.edge === null);
  const verdict = sure ? verdictOf(factor, interval) : 'unclear';
  const cost = costOf(swept);
  const text = describe(compared, { factor, interval, cost }, verdict, { hyperparameter, chance });
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
  const least = leastOf(values, byValue, seeds);
  if (least === undefined) return undefined;
  const value = at(values, least.k);
  if (least.k === 0) return { value, edge: 'least' };
  if (least.k === values.length - 1) return { value, edge: 'greatest' };
  const bowl = bowlOf(values, byValue, seeds, scale);
  return { value: bowl === undefined ? value : valueAt(scale, bowl.place), edge: null };
}

/** A parabola in the place of a value: `least` + `bend` · (place − its own)². */
export interface Bowl {
  readonly place: number;
  readonly least: number;
  readonly bend: number;
}

/**
 * The parabola through the mean losses at the best value and its two neighbors; undefined where the best is the first or
 * the last, one of the three diverged, or they lie on no parabola that has a least.
 */
export function bowlOf(
  values: readonly number[],
  byValue: readonly (readonly (number | null)[])[],
  seeds: readonly number[],
  scale: Scale = 'value',
): Bowl | undefined {
  const best = leastOf(values, byValue, seeds);
  if (best === undefined || best.k === 0 || best.k === values.length - 1) return undefined;
  const { k, means } = best;
  const placeAt = (index: number): number => placeOf(scale, at(values, index));
  const [x0, x1, x2] = [placeAt(k - 1), placeAt(k), placeAt(k + 1)];
  const [y0, y1, y2] = [at(means, k - 1), at(means, k), at(means, k + 1)];
  const [left, right] = [(y1 - y0) / (x1 - x0), (y2 - y1) / (x2 - x1)];
  if (!Number.isFinite(y0) || !Number.isFinite(y2) || right <= left) return undefined;
  // The derivative is `left` halfway to the left neighbor, `right` halfway to the right one, and linear between.
  const [a, b] = [(x0 + x1) / 2, (x1 + x2) / 2];
  const place = a - (left * (b - a)) / (right - left);
  const bend = (right - left) / (2 * (b - a));
  return { place, bend, least: y1 - bend * (x1 - place) ** 2 };
}

/** The mean losses over some seeds, and where they are least; undefined where training diverged at every value. */
function leastOf(
  values: readonly number[],
  byValue: readonly (readonly (number | null)[])[],
  seeds: readonly number[],
): { readonly k: number; readonly means: readonly number[] } | undefined {
  const means = byValue.map((losses) => {
    const chosen = seeds.map((k) => required(losses[k], `loss of seed ${k}`) ?? Number.POSITIVE_INFINITY);
    return mean(chosen);
  });
  const k = means.reduce((low, loss, index) => (loss < at(means, low) ? index : low), 0);
  return values.length > 0 && Number.isFinite(at(means, k)) ? { k, means } : undefined;
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
  return seedDraws(seeds).map((drawn) => losses.map((byValue) => best(values, byValue, drawn, scale)?.value));
}

/** Seeds drawn with replacement, as many as there are: the same draws for all that is computed of them. */
export function seedDraws(seeds: number): number[][] {
  const source = stream(0, 'bootstrap');
  return Array.from({ length: REPLICATES }, (_, replicate) =>
    Array.from(source.uniforms(seeds, replicate * seeds), (u) => Math.floor(u * seeds)),
  );
}

/** How many times as large, on the hyperparameter's scale. */
function ratio(scale: Scale, from: number | undefined, to: number | undefined): number | undefined {
  if (from === undefined || to === undefined) return undefined;
  return scale === 'value' ? to / from : (1 - from) / (1 - to);
}

/** The middle 95 % of values; null where one is missing. */
export function percentiles(values: readonly (number | undefined)[]): readonly [number, number] | null {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  if (sorted.length === 0 || sorted.length < values.length) return null;
  const quantile = (share: number): number => at(sorted, Math.round(share * (sorted.length - 1)));
  return [quantile((1 - LEVEL) / 2), quantile((1 + LEVEL) / 2)];
}

/** Between optima that were found within the values tried. */
function verdictOf(factor: number | null, interval: readonly [number, number] | null): TransferVerdict {
  if (factor === null) return 'unclear';
  const [low, high] = interval ?? [factor, factor];
  if (high < 1 / FACTOR || low > FACTOR) return 'moves';
  return low >= 1 / FACTOR && high <= FACTOR ? 'stays' : 'unclear';
}

/** Whether the least loss is below that of a constant answer by more than its error, and by enough to speak of an optimum. */
function hasTrained(points: readonly SweepPoint[], chance: number): boolean {
  const { loss = null, standardError = null } = bestPoint(points) ?? {};
  return loss !== null && loss + ERRORS * (standardError ?? 0) < (1 - LEARNT) * chance;
}

function describe(
  [small, large]: readonly [WidthSweep, WidthSweep],
  { factor, interval, cost }: Pick<JudgedSweep, 'factor' | 'interval' | 'cost'>,
  verdict: TransferVerdict,
  { hyperparameter: { name, words, scale }, chance }: Required<SweepOptions>,
): string {
  const span = `from width ${small.width} to ${large.width}`;
  const compared = [small, large];
  const diverged = compared.filter(({ optimum }) => optimum.value === null);
  if (diverged.length > 0)
    return `whether the best ${words} stays is unclear: training diverged at every ${words} at ${widthsOf(diverged)}; give ${others(name)}`;
  const untrained = compared.filter(({ trained }) => !trained);
  if (untrained.length > 0) {
    const least = untrained.map(({ points }) => lossText(bestPoint(points))).join(' and ');
    return `whether the best ${words} stays is unclear: no ${words} has trained the network at ${widthsOf(untrained)}, where the least loss, ${least}, is not surely below the ${chance.toPrecision(3)} of a constant answer; give more steps, or ${others(name, 'other')}`;
  }
  const range =
    interval === null
      ? ' (one seed: no interval)'
      : ` (95 %: ${factorText(interval[0])} to ${factorText(interval[1])})`;
  const measure = scale === 'memory' ? ` in 1/(1 − ${words})` : '';
  const moved = `${factorText(factor ?? Number.NaN)}${measure}${range} ${span}`;
  const price = `; with the best of width ${small.width}, ${priceOf(compared, cost, `width ${large.width}`)}`;
  switch (verdict) {
    case 'stays':
      return `the best ${words} stays within a factor of 2: it moves by ${moved}${price}`;
    case 'moves':
      return `the best ${words} moves by ${moved}${price}`;
    case 'unclear': {
      const cut = compared.filter(({ optimum }) => optimum.edge !== null);
      return cut.length > 0
        ? `whether the best ${words} stays is unclear: at ${widthsOf(cut)} it lies at the end of the values tried, at ${moved}; give ${ends(cut)}`
        : `whether the best ${words} stays within a factor of 2 is unclear: it moves by ${moved}; give more seeds or steps`;
    }
    default:
      return unreachable(verdict, 'the verdict of a transfer');
  }
}

const widthsOf = (some: readonly WidthSweep[]): string =>
  `${some.length === 1 ? 'width' : 'widths'} ${some.map(({ width }) => width).join(' and ')}`;

/** Where more values are needed. */
function ends(cut: readonly WidthSweep[]): string {
  const [least, greatest] = (['least', 'greatest'] as const).map((end) =>
    cut.some(({ optimum }) => optimum.edge === end),
  );
  return least && greatest ? 'smaller and larger ones' : least ? 'smaller ones' : 'larger ones';
}

function lossText(best: SweepPoint | undefined): string {
  const { loss = null, standardError = null } = best ?? {};
  if (loss === null) return 'no number';
  return `${loss.toPrecision(3)}${standardError === null ? '' : ` ± ${standardError.toPrecision(1)}`}`;
}

function priceOf(widths: readonly WidthSweep[], cost: number | null, large: string): string {
  if (cost !== null) return `the loss at ${large} is ${cost.toFixed(2)} times its least`;
  const losses = transferLosses(widths);
  if (losses === null) return `${large} diverges`;
  return `the loss at ${large} is ${Number(losses.taken.toPrecision(3))}, and its least ${Number(losses.least.toPrecision(3))}`;
}

const others = (name: string, which = 'smaller'): string =>
  name === LEARNING_RATE.name
    ? `${which} rates`
    : `other values, or ${which === 'other' ? 'an' : 'a'} ${which} learning rate`;

/** Factors from here on are told by their power of ten. */
const HUGE = 1e6;

/** A factor in words: `×1.08`, `÷8.3`. */
export function factorText(factor: number): string {
  const [sign, size] = factor >= 1 ? ['×', factor] : ['÷', 1 / factor];
  return `${sign}${size < HUGE ? size.toFixed(size < 10 ? 2 : 1) : size.toPrecision(3)}`;
}
