/** What a training did, in a sentence with numbers. */

import type { LimitSpec, PageSpec } from '../problem/spec.ts';
import { movement, ofWidth, type SideView } from './view.ts';

const NAMES: Readonly<Record<string, string>> = { mup: 'µP', ntp: 'NTP', sp: 'SP', 'mean-field': 'mean field' };
/** A parametrization as people write it. */
export const nameOf = (parametrization: string): string => NAMES[parametrization] ?? parametrization;

export const digits = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '–');
const share = (value: number): string => `${digits(100 * value)} %`;

/** `0.0305 ± 0.0011`. */
export function banded(value: number, error: number): string {
  if (!(error > 0)) return digits(value);
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
    parts.push(`at infinite width the loss ${loss}${movedWords(view, time)}`);
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
    parts.push(
      `${there.length} ${there.length === 1 ? 'network' : 'networks'} of width ${width} ${there.length === 1 ? 'has' : 'have'} ${banded(value, error)}${kernel}`,
    );
  }
  const diverged = networks.filter(({ divergedAt }) => divergedAt !== undefined).length;
  if (diverged > 0) parts.push(`${diverged} of ${networks.length} networks of width ${width} diverge`);
  const head = `${nameOf(side.parametrization)}, after ${updates}: `;
  return parts.length === 0 ? `${head}nothing has come yet.` : `${head}${parts.join('; ')}.`;
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
