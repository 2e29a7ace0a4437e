/** Logarithmic axes of figures. */

import { powerOfTen } from './format.ts';
import { textWidth } from './textLayout.ts';

/** Between the outermost values and the ends of an axis, as a ratio. */
const ROOM = 1.08;
/** Between labels, in pixels. */
const BETWEEN = 6;

/** Places of values in pixels. */
export interface LogScale {
  readonly domain: readonly [number, number];
  readonly range: readonly [number, number];
  place(value: number): number;
  value(place: number): number;
}

/** An axis from a place to another. */
export function logScale(domain: readonly [number, number], from: number, to: number): LogScale {
  const [low, high] = domain.map(Math.log) as [number, number]; // two of two
  return {
    domain,
    range: [from, to],
    place: (value) => from + ((Math.log(value) - low) / (high - low)) * (to - from),
    value: (place) => Math.exp(low + ((place - from) / (to - from)) * (high - low)),
  };
}

/** From below the least to above the largest value, the ends at least `ratio` apart. */
export function reach(values: readonly number[], ratio: number): [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = Math.max(ROOM, Math.sqrt((ratio * least) / most));
  return [least / room, most * room];
}

/** 1, 2, 5, 10 … within a domain; powers of ten alone where it is long. */
export function ticksOf([least, most]: readonly [number, number]): number[] {
  const [low, high] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  const steps = Math.log10(most / least) > 3 ? [1] : [1, 2, 5];
  const powers = Array.from({ length: high - low + 1 }, (_, k) => low + k);
  return powers
    .flatMap((power) => steps.map((step) => Number(`${step}e${power}`)))
    .filter((value) => value >= least && value <= most);
}

/** The words of a tick. */
export function tick(value: number): string {
  if (value >= 1e-3 && value < 1e5) return String(value);
  const power = Math.floor(Math.log10(value) + 1e-9);
  const step = Math.round(value / 10 ** power);
  return step === 1 ? powerOfTen(power) : `${step} × ${powerOfTen(power)}`;
}

/** Values (rising) whose labels have room, the smallest and the largest among them. */
export function roomy(values: readonly number[], axis: LogScale): number[] {
  const kept: number[] = [];
  for (const value of values.toReversed()) {
    const next = kept.at(-1);
    const room = next === undefined ? Infinity : axis.place(next) - axis.place(value);
    if (room > (textWidth(String(value)) + textWidth(String(next))) / 2 + BETWEEN) kept.push(value);
  }
  const smallest = values[0];
  return kept.length < 2 || smallest === undefined ? kept : [smallest, ...kept.slice(0, -1).reverse()];
}
