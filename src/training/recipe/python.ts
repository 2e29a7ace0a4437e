/** Numbers and dictionaries as Python writes them. */

import { required } from '../../errors/index.ts';

/** A number that reads back as the same f64. */
export function pythonNumber(value: number): string {
  if (!Number.isFinite(value)) return `float("${value > 0 ? 'inf' : Number.isNaN(value) ? 'nan' : '-inf'}")`;
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** A tuple of whole numbers. */
export const pythonTuple = (sizes: readonly number[]): string =>
  sizes.length === 1 ? `(${sizes[0]},)` : `(${sizes.join(', ')})`;

type Settings = Readonly<Record<string, number | boolean>>;

/** A number among settings; a whole one as it is. */
export function numberOf(settings: Settings, name: string): string {
  const value = Number(required(settings[name], `setting "${name}"`));
  return Number.isInteger(value) ? String(value) : pythonNumber(value);
}

/** A flag among settings. */
export const flagOf = (settings: Settings, name: string): string => (settings[name] === true ? 'True' : 'False');

/** `    "name": dict(key=value, …),`. */
export function entryLine(name: string, entries: Readonly<Record<string, string>>): string {
  const parts = Object.entries(entries).map(([key, value]) => `${key}=${value}`);
  return `    ${JSON.stringify(name)}: dict(${parts.join(', ')}),`;
}
