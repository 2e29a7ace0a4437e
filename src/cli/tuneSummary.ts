/** A tuning at infinite width as a person reads it. */

import { showValue, type TuneResult } from '../experiments/index.ts';
import { aligned } from './table.ts';

/** The choice, the curve it was made on, what was to be feared, and what finite widths did. */
export function tuneSummary({ measured, best, tried, loss, flat, warnings, checks, holds }: TuneResult): string {
  const { net, optimizer, data, steps, batch, seeds, hyperparameter, sweeps } = measured;
  const { words, scale } = hyperparameter;
  const show = (value: number | null): string => (value === null ? '–' : showValue(scale, value));
  const limit = sweeps[0]?.infinite;
  const points = limit === undefined || 'reason' in limit ? [] : limit.points;
  const curve = points.map(({ value, loss: own, standardError }) => [
    show(value),
    own === null ? '∞' : `${own.toPrecision(4)}${standardError === null ? '' : ` ± ${standardError.toPrecision(1)}`}`,
  ]);
  const range = best.interval === null ? '' : ` (95 %: ${best.interval.map(show).join(' to ')})`;
  const rows = checks.map(({ width, predicted, found, predictedLoss, loss: own, cost }) => [
    String(width),
    show(predicted),
    show(found.value),
    predictedLoss.toPrecision(4),
    own === null ? '∞' : own.toPrecision(4),
    cost === null ? 'diverges' : `${((cost - 1) * 100).toFixed(1)} %`,
  ]);
  const parts = [
    `${net} with ${optimizer} on ${data}: ${steps} steps of ${batch} examples, ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}`,
    `The infinite network:\n${aligned([[words, 'loss'], ...curve], ['left', 'right'])}`,
    `Best ${words}: ${show(best.value)}${range}; of those tried ${show(tried)}, with a loss of ${loss.toPrecision(4)}. From ${show(flat[0])} to ${show(flat[1])} it is within 2 % of that.`,
    ...(warnings.length === 0 ? [] : [`What may go wrong:\n${warnings.map((text) => `  - ${text}`).join('\n')}`]),
    `At widths that had no part in it, with ${show(tried)}:\n${aligned(
      [['width', 'best, predicted', 'best, found', 'loss, predicted', 'loss', 'above its least'], ...rows],
      ['left', 'right', 'right', 'right', 'right', 'right'],
    )}`,
    holds
      ? 'HOLDS: the choice costs no width checked more than 2 % of its least loss.'
      : 'DOES NOT HOLD: at a width checked the choice costs more than 2 % of the least loss.',
  ];
  return `${parts.join('\n\n')}\n`;
}
