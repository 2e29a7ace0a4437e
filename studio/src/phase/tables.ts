/** What the phase page shows as tables: exponents as they are written, measured ones with all digits. */

import type { CoordResult } from 'nexort/experiments';
import { type Classification, type Exponent, finite, printExponent } from 'nexort/parametrizations';
import { csv, ends } from '../figure/table.ts';

/** A fraction; n to the minus infinity is 0. */
const shown = (exponent: Exponent): string => (finite(exponent) ? printExponent(exponent) : 'infinity');

/** A row for each layer: its exponents, the effective rate, and how its features move. */
export const exponentRows = ({ layers }: Classification): string =>
  csv(
    ['layer', 'kind', 'a', 'b', 'c', 'd', 'effectiveRate', 'r'],
    layers.map(({ layer, kind, exponents: { a, b, c, d }, rate, r }) => [
      ...[layer, kind, ...[a, b, c, d].map(shown)],
      ...[shown(rate), shown(r)],
    ]),
  );

/** A row for each word of the verdict. */
export function verdictRows({ regime, r, readout, ...words }: Classification): string {
  const { stable, faithful, faithfulNeeded, nontrivial, names, reasons } = words;
  return csv(
    ['word', 'value'],
    [
      ['regime', regime],
      ['r', shown(r)],
      ['x', shown(readout)],
      ['stable', stable],
      ['faithful', faithful],
      ['faithful asked for', faithfulNeeded],
      ['nontrivial', nontrivial],
      ['trains like', names.join(' ')],
      ...reasons.map(({ text }) => ['reason', text]),
    ],
  );
}

/** A row for each size that is measured. */
export const measuredRows = ({ measured }: Pick<CoordResult, 'measured'>): string =>
  csv(
    ['layer', 'quantity', 'step', 'exponent', 'low', 'high', 'predicted', 'isBound', 'judgement'],
    measured.map(({ layer, quantity, step, exponent, interval, predicted, bound, judgement }) => [
      ...[layer, quantity, step, exponent, ...ends(interval), predicted],
      ...[bound, judgement],
    ]),
  );

/** The verdict with its layers as JSON; exponents as they are written. */
export function verdictJson(result: Classification): object {
  const { regime, r, readout, stable, faithful, faithfulNeeded, nontrivial, names, reasons, layers } = result;
  return {
    ...{ regime, r: shown(r), x: shown(readout), stable, faithful, faithfulNeeded, nontrivial: nontrivial ?? null },
    ...{ names, reasons: reasons.map(({ text }) => text) },
    layers: layers.map(({ layer, kind, exponents: { a, b, c, d }, rate, r: own }) => ({
      ...{ layer, kind, a: shown(a), b: shown(b), c: shown(c), d: shown(d) },
      ...{ effectiveRate: shown(rate), r: shown(own) },
    })),
  };
}
