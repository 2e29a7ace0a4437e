/** Results of commands as tables of numbers. */

import type { Explanation } from 'nexort/lm';
import { csv } from '../figure/table.ts';
import type { DrawKernel } from './kernels.ts';
import type { CoordView, RegimeResult, ScoresResult, TransferView } from './results.ts';

export const scoreRows = ({ scores, chance }: ScoresResult): string =>
  csv(
    ['method', 'mean', 'deviation', 'low', 'high'],
    [
      ...scores.map(({ name, mean, std, interval: [low, high] }) => [name, mean, std, low, high]),
      ['best constant answer', chance],
    ],
  );

export const criterionRows = ({ optimizers }: Pick<RegimeResult, 'optimizers'>): string =>
  csv(
    ['optimizer', 'verdict', 'criterion', 'value', 'bound', 'passes', 'source'],
    optimizers.flatMap(({ name, verdict, criteria }) =>
      criteria.map((one) => [name, verdict, one.name, one.value, one.bound, one.passes, one.source]),
    ),
  );

/** A row for each loss; the best value of a width stands in each of its rows. */
export const sweepRows = ({ sweeps }: Pick<TransferView, 'sweeps'>): string =>
  csv(
    ['parametrization', 'width', 'value', 'loss', 'standardError', 'best'],
    sweeps.flatMap(({ parametrization, widths }) =>
      widths.flatMap(({ width, points, optimum }) =>
        points.map(({ value, loss, standardError }) => [parametrization, width, value, loss, standardError, optimum]),
      ),
    ),
  );

export const coordRows = ({ measured }: Pick<CoordView, 'measured'>): string =>
  csv(
    ['layer', 'quantity', 'step', 'exponent', 'low', 'high', 'predicted', 'judgement'],
    measured.map(({ layer, quantity, step, exponent, low, high, predicted, judgement }) => [
      ...[layer, quantity, step, exponent, low, high, predicted],
      judgement,
    ]),
  );

/** A row for each entry, in the order of the file, with what its row and column are. */
export const entryRows = ({ rows, columns, entries, labels, texts, roles }: DrawKernel): string =>
  csv(
    ['row', 'column', 'entry', 'rowRole', 'rowLabel', 'rowText', 'columnLabel', 'columnText'],
    Array.from({ length: rows * columns }, (_, place) => {
      const [row, column] = [Math.floor(place / columns), place % columns];
      return [
        ...[row, column, entries[place], roles[row], labels[row], texts[row]],
        ...[labels[column], texts[column]],
      ];
    }),
  );

export const spectrumRows = (eigenvalues: readonly number[]): string =>
  csv(
    ['rank', 'eigenvalue'],
    eigenvalues.map((value, k) => [k + 1, value]),
  );

/** A row for each part of the logit: what all texts have, training examples, layers, tokens. */
export const reasonRows = (explanation: Explanation): string => {
  const { intercept, initial, logit, label, contributions, layers = [], tokens = [] } = explanation;
  return csv(
    ['part', 'name', 'label', 'adds'],
    [
      ['logit', label, label, logit],
      ['intercept', undefined, undefined, intercept],
      ['the model’s own answer', undefined, undefined, initial],
      ...contributions.map(({ text, text2, label: own, weight }) => [
        ...['training example', text2 === undefined ? text : `${text} | ${text2}`, own],
        weight,
      ]),
      ...layers.map(({ layer, weight }) => ['layer', layer, undefined, weight]),
      ...tokens.map(({ token, weight }) => ['token', token, undefined, weight]),
    ],
  );
};
