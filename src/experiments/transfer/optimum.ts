/** The best learning rate of sweeps, how far it moves over widths, and how sure both are. */

import { unreachable } from '../../errors/index.ts';
import { mean, type Stream, standardDeviation, stream } from '../../numeric/index.ts';
import type { Optimum, RatePoint, Sweep, TransferVerdict, WidthSweep } from './result.ts';

/** Losses [width][rate][seed]; null where training diverged. */
export type Losses = readonly (readonly (readonly (number | null)[])[])[];

const REPLICATES = 1000;
const LEVEL = 0.95;
/** How far an optimum may move and be said to stay. */
export const FACTOR = 2;

/** The sweep of one parametrization. Rates rise. */
export function sweepOf(
  parametrization: string,
  widths: readonly number[],
  rates: readonly number[],
  losses: Losses,
): Sweep {
  const seeds = losses[0]?.[0]?.length ?? 0;
  const all = Array.from({ length: seeds }, (_, k) => k);
  const optima = losses.map((byRate) => best(rates, byRate, all));
  const replicates = seeds < 2 ? [] : resampled(rates, losses, seeds, stream(0, 'bootstrap'));
  const swept = widths.map((width, k): WidthSweep => {
    const found = optima[k];
    const optimum: Optimum = {
      rate: found?.rate ?? null,
      interval: percentiles(replicates.map((one) => one[k])),
      edge: found?.edge ?? null,
    };
    return { width, points: rates.map((rate, r) => point(rate, losses[k]?.[r] ?? [])), optimum };
  });
  const [first, last] = [optima[0], optima.at(-1)];
  const factor = first === undefined || last === undefined ? null : last.rate / first.rate;
  const interval = percentiles(replicates.map((one) => ratio(one[0], one.at(-1))));
  const verdict = judge(factor, interval, first?.edge ?? null, last?.edge ?? null);
  const text = describe(swept, factor, interval, verdict);
  return { parametrization, widths: swept, factor, interval, verdict, text };
}

function point(rate: number, losses: readonly (number | null)[]): RatePoint {
  const finite = losses.filter((loss) => loss !== null);
  const diverged = losses.length - finite.length;
  const spread = diverged > 0 ? undefined : standardDeviation(finite);
  return {
    rate,
    loss: diverged > 0 || finite.length === 0 ? null : mean(finite),
    standardError: spread === undefined ? null : spread / Math.sqrt(finite.length),
    losses,
    diverged,
  };
}

interface Best {
  readonly rate: number;
  readonly edge: 'least' | 'greatest' | null;
}

/**
 * The least of the parabola in log rate through the mean losses at the best rate and its two neighbors. Where one of
 * these diverged, the best rate of those tried; undefined where all did.
 */
export function best(
  rates: readonly number[],
  byRate: readonly (readonly (number | null)[])[],
  seeds: readonly number[],
): Best | undefined {
  const means = byRate.map((losses) => {
    const chosen = seeds.map((k) => losses[k] ?? Number.POSITIVE_INFINITY);
    return mean(chosen);
  });
  const least = means.reduce((low, value, k) => (value < (means[low] ?? 0) ? k : low), 0);
  if (!Number.isFinite(means[least] ?? Number.NaN)) return undefined;
  const rate = rates[least] ?? Number.NaN;
  if (least === 0) return { rate, edge: 'least' };
  if (least === rates.length - 1) return { rate, edge: 'greatest' };
  const [x, y] = [rates.slice(least - 1, least + 2).map(Math.log), means.slice(least - 1, least + 2)];
  const [x0 = 0, x1 = 0, x2 = 0] = x;
  const [y0 = 0, y1 = 0, y2 = 0] = y;
  const [left, right] = [(y1 - y0) / (x1 - x0), (y2 - y1) / (x2 - x1)];
  if (!Number.isFinite(y0) || !Number.isFinite(y2) || right <= left) return { rate, edge: null };
  // The derivative is `left` halfway to the left neighbor, `right` halfway to the right one, and linear between.
  const [a, b] = [(x0 + x1) / 2, (x1 + x2) / 2];
  return { rate: Math.exp(a - (left * (b - a)) / (right - left)), edge: null };
}

/**
 * Best rates by width, of seeds drawn with replacement: the same ones at every width, for they share their batches. Of
 * two or three seeds this gives the range that they span and hardly more.
 */
function resampled(
  rates: readonly number[],
  losses: Losses,
  seeds: number,
  source: Stream,
): readonly (readonly (number | undefined)[])[] {
  return Array.from({ length: REPLICATES }, (_, replicate) => {
    const drawn = Array.from(source.uniforms(seeds, replicate * seeds), (u) => Math.floor(u * seeds));
    return losses.map((byRate) => best(rates, byRate, drawn)?.rate);
  });
}

const ratio = (from: number | undefined, to: number | undefined): number | undefined =>
  from === undefined || to === undefined ? undefined : to / from;

function percentiles(values: readonly (number | undefined)[]): readonly [number, number] | null {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  if (sorted.length === 0 || sorted.length < values.length) return null;
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  return [at((1 - LEVEL) / 2), at((1 + LEVEL) / 2)];
}

function judge(
  factor: number | null,
  interval: readonly [number, number] | null,
  first: Best['edge'],
  last: Best['edge'],
): TransferVerdict {
  if (factor === null) return 'unclear';
  const [low, high] = interval ?? [factor, factor];
  // An optimum beyond the rates tried may be further off, never nearer, where it lies on the side it has moved to.
  const onlyFurther = (side: 'least' | 'greatest', back: 'least' | 'greatest'): boolean =>
    (last === null || last === side) && (first === null || first === back);
  if (high < 1 / FACTOR && onlyFurther('least', 'greatest')) return 'moves';
  if (low > FACTOR && onlyFurther('greatest', 'least')) return 'moves';
  const inside = low >= 1 / FACTOR && high <= FACTOR;
  return inside && first === null && last === null ? 'stays' : 'unclear';
}

function describe(
  widths: readonly WidthSweep[],
  factor: number | null,
  interval: readonly [number, number] | null,
  verdict: TransferVerdict,
): string {
  const span = `from width ${widths[0]?.width} to ${widths.at(-1)?.width}`;
  if (factor === null) return `training diverged at every rate at one of the widths; give smaller rates`;
  const atEdge = [widths[0], widths.at(-1)].some((sweep) => sweep?.optimum.edge !== null);
  const range = interval === null ? '' : ` (95 %: ${factorText(interval[0])} to ${factorText(interval[1])})`;
  const moved = `${factorText(factor)}${range} ${span}`;
  switch (verdict) {
    case 'stays':
      return `the best learning rate stays within a factor of 2: it moves by ${moved}`;
    case 'moves':
      return `the best learning rate moves by ${atEdge ? 'at least ' : ''}${moved}`;
    case 'unclear':
      return atEdge
        ? `whether the best learning rate stays is unclear: at one of the widths it lies at the end of the rates tried, at ${moved}; give more of them`
        : `whether the best learning rate stays within a factor of 2 is unclear: it moves by ${moved}; give more seeds or steps`;
    default:
      return unreachable(verdict, 'the verdict of a transfer');
  }
}

/** `×1.08`, `÷8.3`. */
export function factorText(factor: number): string {
  const [sign, size] = factor >= 1 ? ['×', factor] : ['÷', 1 / factor];
  return `${sign}${size.toFixed(size < 10 ? 2 : 1)}`;
}
