/** What a training did, in a sentence with numbers. */

import { isPlane } from '../problem/grid.ts';
import { nameOf } from '../problem/nameOf.ts';
import type { LimitSpec, PageSpec } from '../problem/spec.ts';
import { movement, ofWidth, rightShare, type SideView } from './view.ts';

export const digits = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '–');
const share = (value: number): string => `${digits(100 * value)} %`;

/** From here on digits before the point say nothing. */
const LARGE = 1e6;

/** `0.0305 ± 0.0011`. */
export function banded(value: number, error: number): string {
  if (!(error > 0)) return digits(value);
  if (!(Math.max(Math.abs(value), error) < LARGE)) return `${digits(value)} ± ${digits(error)}`;
  const places = Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(error))));
  return `${value.toFixed(places)} ± ${error.toFixed(places)}`;
}

/** Mean and its standard error over seeds. */
export function meanOf(values: readonly number[]): { readonly value: number; readonly error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { value: mean, error: values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1) / values.length) };
}

/** One sentence for each side, about the time that is shown. */
export function sentenceOf(side: LimitSpec, view: SideView, { width }: PageSpec, time: number): string {
  const updates = `${time} ${time === 1 ? 'update' : 'updates'}`;
  const { limit } = view;
  const [start, now] = [limit?.losses[0], limit?.losses[time]];
  const parts: string[] = [];
  if (start !== undefined && now !== undefined) {
    const loss =
      time === 0
        ? `is ${digits(now.value)}`
        : `goes from ${digits(start.value)} to ${banded(now.value, now.standardError)}`;
    parts.push(
      `at infinite width the loss ${loss}${rightWords(
        side,
        limit?.outputs[time]?.map((one) => one.value),
      )}${movedWords(view, time)}`,
    );
  }
  const networks = Number.isFinite(width) ? ofWidth(view, width) : [];
  const there = networks.filter((one) => one.losses.length > time);
  if (there.length > 0) {
    const { value, error } = meanOf(there.map(({ losses }) => losses[time] ?? Number.NaN));
    const moved = there.flatMap(({ kernels }) => {
      const [first, last] = [kernels?.[0]?.at(-1), kernels?.[time]?.at(-1)];
      return first === undefined || last === undefined ? [] : [movement(first, last)];
    });
    const kernel =
      moved.length === 0 || time === 0 ? '' : `, and the last feature kernel moves by ${share(meanOf(moved).value)}`;
    const outputs = there.map((one) => one.outputs[time] ?? []);
    const mean = outputs[0]?.map((_, k) => meanOf(outputs.map((one) => one[k] ?? Number.NaN)).value);
    parts.push(
      `${there.length} ${there.length === 1 ? 'network' : 'networks'} of width ${width} ${there.length === 1 ? 'has' : 'have'} ${banded(value, error)}${rightWords(side, mean, 'their mean puts ')}${kernel}`,
    );
  }
  const diverged = networks.filter(({ divergedAt }) => divergedAt !== undefined).length;
  if (diverged > 0) parts.push(`${diverged} of ${networks.length} networks of width ${width} diverge`);
  const head = `${nameOf(side.parametrization)}, after ${updates}: `;
  return parts.length === 0 ? `${head}nothing has come yet.` : `${head}${parts.join('; ')}.`;
}

/** Of a classification, how many points are told right. */
function rightWords({ points }: LimitSpec, outputs: readonly number[] | undefined, who = ''): string {
  if (!isPlane(points) || outputs === undefined) return '';
  const share = rightShare(outputs, points);
  return who === '' ? `, with ${share} points on their side` : `, and ${who}${share} points on their side`;
}

/** One side of a state, with what has come of it. */
export interface Shown {
  readonly side: LimitSpec;
  readonly view: SideView;
  readonly spec: PageSpec;
}

/** What a pinned result has beside the present one, on one side of the page, at one time. */
export function comparedWords(pinned: Shown, now: Shown, time: number): string {
  const names = [pinned, now].map(({ side }) => nameOf(side.parametrization));
  const head = names[0] === names[1] ? names[0] : `${names[0]} pinned beside ${names[1]}`;
  const [before, after] = [limitLoss(pinned, time), limitLoss(now, time)];
  const parts: string[] = [];
  if (before !== undefined && after !== undefined) {
    const [from, to] = [banded(before.value, before.error), banded(after.value, after.error)];
    parts.push(`the loss at ∞ is ${from} pinned and ${to} now${changeWords(before, after)}`);
  }
  const [old, own] = [networkLoss(pinned, time), networkLoss(now, time)];
  if (old !== undefined && own !== undefined) {
    const widths =
      pinned.spec.width === now.spec.width
        ? [`n = ${now.spec.width}`, '']
        : [`n = ${pinned.spec.width}`, ` (n = ${now.spec.width})`];
    parts.push(
      `at ${widths[0]} it is ${banded(old.value, old.error)} pinned and ${banded(own.value, own.error)} now${widths[1]}`,
    );
  }
  return parts.length === 0 ? `${head}: what is pinned has not come yet.` : `${head}: ${parts.join('; ')}.`;
}

type Measured = { readonly value: number; readonly error: number };

/** Differences within so many of their errors are none. */
const BEYOND_ERRORS = 2;

function changeWords(before: Measured, after: Measured): string {
  const difference = after.value - before.value;
  const error = Math.hypot(before.error, after.error);
  if (difference === 0) return ', the same';
  if (Math.abs(difference) <= BEYOND_ERRORS * error) return ', no difference beyond two standard errors';
  return `, ${difference < 0 ? 'lower' : 'higher'} by ${banded(Math.abs(difference), error)}`;
}

function limitLoss({ side, view }: Shown, time: number): Measured | undefined {
  const loss = view.limit?.losses[Math.min(time, side.steps)];
  return loss === undefined ? undefined : { value: loss.value, error: loss.standardError };
}

function networkLoss({ side, view, spec }: Shown, time: number): Measured | undefined {
  const losses = ofWidth(view, spec.width).flatMap(({ losses: all }) => all[Math.min(time, side.steps)] ?? []);
  return losses.length === 0 ? undefined : meanOf(losses);
}

function movedWords({ limit }: SideView, time: number): string {
  if (time === 0) return '';
  if (limit?.kind === 'neural tangent') return ', and features stand still';
  const path = limit?.kernels?.at(-1);
  const [first, last] = [path?.[0], path?.[time]];
  if (first === undefined || last === undefined) return '';
  const values = (of: typeof first): number[] => of.map(({ value }) => value);
  return `, and the last feature kernel moves by ${share(movement(values(first), values(last)))}`;
}
