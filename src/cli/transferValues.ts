/** Values to sweep, as options give them: `0.001,0.002,0.004`, `2^-12..2^-2`, `1-2^-1..1-2^-8`. */

import { InvalidArgumentError } from 'commander';
import { type Swept, valuesBetween } from '../experiments/index.ts';

/** A list, or the ends of a range in factors of two. */
export type ValueList = { readonly list: readonly number[] } | { readonly from: number; readonly to: number };

const EXPECTED =
  'Give numbers: a list such as 0.001,0.002,0.004, or a range in factors of two such as 2^-12..2^-2 or 1-2^-1..1-2^-8.';

/** Reads the text of an option. */
export function valueList(text: string): ValueList {
  const ends = text.split('..');
  if (ends.length > 2) throw new InvalidArgumentError(EXPECTED);
  const [from, to] = ends.map((end) => (ends.length === 2 ? parsedValue(end) : 0));
  if (from !== undefined && to !== undefined) return { from, to };
  return { list: text.split(',').map(parsedValue) };
}

/** The values themselves. Throws as {@link valuesBetween}. */
export function valuesOf(given: ValueList, swept: Swept): readonly number[] {
  return 'list' in given ? given.list : valuesBetween(swept, given.from, given.to);
}

/** `0.5`, `1e-8`, `2^-7`, `1-2^-3`. */
function parsedValue(text: string): number {
  const [, one, base = '', power = '1'] = /^\s*(1\s*-\s*)?([^\s^]+?)(?:\^([^\s^]+))?\s*$/.exec(text) ?? [];
  const value = Number(base) ** Number(power);
  if (base === '' || !Number.isFinite(value)) throw new InvalidArgumentError(EXPECTED);
  return one === undefined ? value : 1 - value;
}
