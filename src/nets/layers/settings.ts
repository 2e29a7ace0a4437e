/** Layers as their description gives them: `[name, settings]`, read with every setting checked. */

import * as errors from './errors.ts';

/** A layer as JSON has it. */
export type LayerSpec = readonly [name: string, settings: Readonly<Record<string, unknown>>];

/** The settings of one layer, each read once by what it must be; what is left over is unknown. */
export class Settings {
  readonly where: string;
  readonly #given: Readonly<Record<string, unknown>>;
  readonly #read = new Set<string>();

  constructor(where: string, given: Readonly<Record<string, unknown>>) {
    this.where = where;
    this.#given = given;
  }

  /** The setting, or what it is when left out. */
  #value<T>(name: string, fallback: T | undefined, expected: string, fits: (value: unknown) => value is T): T {
    this.#read.add(name);
    const value = Object.hasOwn(this.#given, name) ? this.#given[name] : undefined;
    if (value === undefined && fallback !== undefined) return fallback;
    if (fits(value)) return value;
    throw errors.badSetting(this.where, name, value, expected);
  }

  number(name: string, fallback?: number): number {
    return this.#value(name, fallback, 'a number', (value): value is number => Number.isFinite(value));
  }

  /** A number from 0 on. */
  nonNegative(name: string, fallback: number): number {
    const fits = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;
    return this.#value(name, fallback, 'a number from 0 on', fits);
  }

  /** A standard deviation. */
  deviation(name: string, fallback: number): number {
    const fits = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;
    return this.#value(name, fallback, 'a standard deviation, a number from 0 on', fits);
  }

  /** A standard deviation, or null for what is not there. */
  maybeDeviation(name: string): number | null {
    const fits = (value: unknown): value is number | null =>
      value === null || (typeof value === 'number' && Number.isFinite(value) && value >= 0);
    return this.#value(name, null, 'a standard deviation, a number from 0 on, or null', fits);
  }

  count(name: string, fallback?: number): number {
    const fits = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 1;
    return this.#value(name, fallback, 'a whole number from 1 on', fits);
  }

  /** A whole number from 0 on. */
  degree(name: string): number {
    const fits = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
    return this.#value(name, undefined, 'a whole number from 0 on', fits);
  }

  /** A share above 0 and up to 1. */
  share(name: string): number {
    const fits = (value: unknown): value is number => typeof value === 'number' && value > 0 && value <= 1;
    return this.#value(name, undefined, 'a number above 0 and up to 1', fits);
  }

  flag(name: string, fallback: boolean): boolean {
    return this.#value(name, fallback, 'true or false', (value): value is boolean => typeof value === 'boolean');
  }

  choice<const C extends string>(name: string, choices: readonly C[], fallback: C): C {
    const fits = (value: unknown): value is C => choices.includes(value as C); // includes compares only
    return this.#value(name, fallback, choices.map((choice) => `"${choice}"`).join(' or '), fits);
  }

  numbers(name: string): readonly number[] {
    const fits = (value: unknown): value is readonly number[] =>
      Array.isArray(value) && value.length > 0 && value.every((own) => Number.isFinite(own));
    return this.#value(name, undefined, 'a list of numbers', fits);
  }

  /** A whole number from 1 on for each place axis; null and nothing are all ones. */
  counts(name: string, length: number, fallback?: readonly number[]): readonly number[] {
    const fits = (value: unknown): value is readonly number[] =>
      Array.isArray(value) && value.length === length && value.every((own) => Number.isSafeInteger(own) && own >= 1);
    const given = Object.hasOwn(this.#given, name) ? this.#given[name] : undefined;
    this.#read.add(name);
    if ((given === undefined || given === null) && fallback !== undefined) return fallback;
    if (fits(given)) return given;
    const axes = length === 1 ? 'one for the axis of places' : `one for each of the ${length} axes of places`;
    throw errors.badSetting(this.where, name, given, `a list of ${length} whole numbers from 1 on, ${axes}`);
  }

  /** Scales of width before and after. */
  scales(name: string): readonly [number, number] {
    const fits = (value: unknown): value is readonly [number, number] =>
      Array.isArray(value) && value.length === 2 && value.every((own) => Number.isSafeInteger(own) && own >= 1);
    return this.#value(name, [1, 1] as const, 'a list of two whole numbers from 1 on', fits);
  }

  layer(name: string): LayerSpec {
    return this.#value(name, undefined, 'a layer, ["name", {settings}]', isLayer);
  }

  layers(name: string): readonly LayerSpec[] {
    const fits = (value: unknown): value is readonly LayerSpec[] => Array.isArray(value) && value.every(isLayer);
    return this.#value(name, undefined, 'a list of layers, each ["name", {settings}]', fits);
  }

  /** Axes by number, one or several. */
  axes(name: string, fallback: readonly number[]): readonly number[] {
    const fits = (value: unknown): value is number | readonly number[] =>
      Number.isSafeInteger(value) || (Array.isArray(value) && value.every((own) => Number.isSafeInteger(own)));
    const value = this.#value<number | readonly number[]>(name, fallback, 'the number of an axis, or a list', fits);
    return typeof value === 'number' ? [value] : value;
  }

  /** Takes note of a setting that changes nothing here. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.#read.add(name);
  }

  /** Throws {@link UserError} `nets.unknown-setting` for settings that nothing has read. */
  done(): void {
    for (const name of Object.keys(this.#given)) {
      if (!this.#read.has(name)) throw errors.unknownSetting(this.where, name, [...this.#read]);
    }
  }
}

function isLayer(value: unknown): value is LayerSpec {
  if (!Array.isArray(value) || value.length !== 2 || typeof value[0] !== 'string') return false;
  return typeof value[1] === 'object' && value[1] !== null && !Array.isArray(value[1]);
}

/** A description as a layer. Throws {@link UserError} `nets.bad-layer`. */
export function layerOf(value: unknown): LayerSpec {
  if (!isLayer(value)) throw errors.badLayer(value);
  return value;
}
