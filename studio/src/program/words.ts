/** Kets and their numbers in words. */

import { digits } from '../limit/words.ts';
import type { KetColumn, KetPlace, KetProduct, KetRow } from '../work/kets.ts';
import type { Estimated } from '../work/samples.ts';

/** `x1[batch 0]`. */
export const placeText = ({ label, at }: KetPlace): string => `${label}${at.length === 0 ? '' : `[${at.join(', ')}]`}`;

/** `dx1[batch 0] hat`. */
export const columnText = (column: KetColumn): string =>
  `${placeText(column)}${column.part === 'whole' ? '' : ` ${column.part}`}`;

/** `0.6054, standard error 0.0006`. */
export const withError = ({ value, standardError }: Estimated): string =>
  `${digits(value)}, standard error ${digits(standardError)}`;

/** `0.605 ± 0.001`: as many digits as the error has one. */
export function bandedText({ value, standardError }: Estimated): string {
  if (!(standardError > 0)) return digits(value);
  const places = Math.min(MOST_PLACES, Math.max(0, -Math.floor(Math.log10(standardError))));
  return `${value.toFixed(places)} ± ${standardError.toFixed(places)}`;
}

const MOST_PLACES = 6;

/** `Wᵀ y`. */
export function productText({ matrix, of, isTransposed }: KetProduct, rows: readonly KetRow[]): string {
  const { label } = rows.find(({ name }) => name === of) ?? { label: of };
  return `${matrix}${isTransposed ? 'ᵀ' : ''} ${/\s/.test(label) ? `(${label})` : label}`;
}

/** The dot part of a product, as a combination with errors. */
export function dotText({ terms, dot, update }: KetProduct): string {
  const more = update === undefined ? '' : `; updates of the matrix add a part of mean square ${bandedText(update)}`;
  if (terms === undefined) return `a combination of earlier vectors of mean square ${bandedText(dot)}${more}`;
  if (terms.length === 0) return `0, for the other direction of the matrix was not used before${more}`;
  return `${terms.map(({ of, coefficient }) => `(${bandedText(coefficient)}) ${placeText(of)}`).join(' + ')}${more}`;
}
