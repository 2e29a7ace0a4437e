/** What the program page shows as tables of numbers. */

import type { CheckResult } from 'nexort/experiments';
import { csv, ends } from '../figure/table.ts';
import { entryOf, type KetTable } from '../work/kets.ts';
import type { Estimated } from '../work/samples.ts';
import { columnText } from './words.ts';

const pair = (one: Estimated | undefined): readonly [number | undefined, number | undefined] => [
  one?.value,
  one?.standardError,
];

/** A row for each ket: moments, and of products with an initial matrix those of their hat and dot parts. */
export const ketRows = ({ rows }: KetTable): string =>
  csv(
    [
      ...['ket', 'axes', 'mean', 'meanError', 'square', 'squareError', 'matrix', 'of'],
      ...['hat', 'hatError', 'dot', 'dotError'],
    ],
    rows.map(({ label, axes, mean, square, product }) => [
      ...[label, axes.join(' '), ...pair(mean), ...pair(square)],
      product === undefined ? undefined : `${product.matrix}${product.isTransposed ? 'ᵀ' : ''}`,
      product === undefined ? undefined : (rows.find(({ name }) => name === product.of)?.label ?? product.of),
      ...[...pair(product?.hat), ...pair(product?.dot)],
    ]),
  );

/** A row for each inner product of two kets, or their parts, on one width. */
export const gramRows = ({ columns, gram }: KetTable): string =>
  csv(
    ['ket', 'with', 'innerProduct', 'standardError'],
    columns.flatMap((ket, i) =>
      columns.slice(0, i + 1).flatMap((other, j) => {
        const entry = gram[entryOf(i, j)];
        return entry === undefined || Number.isNaN(entry.value)
          ? []
          : [[columnText(ket), columnText(other), ...pair(entry)]];
      }),
    ),
  );

/** A row for each output; of a program outside of NE⊗OR⊤, which has no limits, none. */
export const limitRows = ({ outputs }: CheckResult): string =>
  csv(
    ['output', 'limit', 'standardError', 'exponent', 'low', 'high', 'verdict'],
    outputs.map(({ name, limit, standardError, exponent, exponentInterval, verdict }) => [
      ...[name, limit, standardError, exponent],
      ...[...ends(exponentInterval), verdict],
    ]),
  );

/** A row for each output and width: its distance from the limit, and its mean over seeds. */
export const distanceRows = ({ outputs, finite }: CheckResult): string =>
  csv(
    ['output', 'width', 'distance', 'standardError', 'mean'],
    [
      ...outputs.flatMap(({ name, distances }) =>
        distances.map(({ width, rms, standardError, mean }) => [name, width, rms, standardError, mean]),
      ),
      ...finite.flatMap(({ name, widths }) =>
        widths.map(({ width, mean }) => [name, width, undefined, undefined, mean]),
      ),
    ],
  );
