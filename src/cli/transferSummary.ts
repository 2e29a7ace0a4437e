/** A transfer of learning rates as a person reads it. */

import type { RatePoint, Sweep, TransferResult } from '../experiments/index.ts';
import { aligned } from './table.ts';

/** Losses by width and rate under each parametrization, the best rates, and the verdicts. */
export function transferSummary(result: TransferResult): string {
  const { net, optimizer, data, widths, seeds, steps, batch, averaged, baseWidth, sweeps } = result;
  const over = averaged === 1 ? 'the last step' : `the last ${averaged} steps`;
  const parts = [
    `${net} with ${optimizer} on ${data}: ${steps} ${steps === 1 ? 'step' : 'steps'} of ${batch} examples, widths ${widths.join(', ')}, ` +
      `${seeds} ${seeds === 1 ? 'seed' : 'seeds'} each, base width ${baseWidth}`,
    `Training loss over ${over} by learning rate (* the least, ∞ diverged), and the best rate with its 95 % interval:`,
    ...sweeps.flatMap((sweep) => [`${sweep.parametrization}\n${losses(sweep, result.rates)}`]),
    sweeps
      .map(({ parametrization, verdict, text }) => `${parametrization}: ${verdict.toUpperCase()}: ${text}.`)
      .join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

function losses({ widths }: Sweep, rates: readonly number[]): string {
  const head = ['rate', ...widths.map(({ width }) => String(width))];
  const body = rates.map((rate, k) => [rateText(rate), ...widths.map(({ points }) => cell(points, k))]);
  const last = widths.map(({ optimum }) => optimum);
  const best = last.map(({ rate, edge }) =>
    rate === null ? '–' : `${edge === null ? '' : edge === 'least' ? '≤ ' : '≥ '}${rateText(rate)}`,
  );
  const low = last.map(({ interval }) => (interval === null ? '–' : rateText(interval[0])));
  const high = last.map(({ interval }) => (interval === null ? '–' : rateText(interval[1])));
  const rows = [head, ...body, ['best', ...best], ['from', ...low], ['to', ...high]];
  return aligned(rows, ['left', ...widths.map(() => 'right' as const)]);
}

function cell(points: readonly RatePoint[], k: number): string {
  const loss = points[k]?.loss ?? null;
  if (loss === null) return '∞ ';
  const least = Math.min(...points.map((point) => point.loss ?? Number.POSITIVE_INFINITY));
  return `${loss.toPrecision(3)}${loss === least ? '*' : ' '}`;
}

/** `2^-7`, and `2^-6.81` between powers of two; other rates as they are. */
export function rateText(rate: number): string {
  const power = Math.log2(rate);
  return `2^${Number.isInteger(power) ? power : power.toFixed(2)}`;
}
