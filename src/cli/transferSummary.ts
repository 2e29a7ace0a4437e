/** A transfer of a hyperparameter as a person reads it. */

import {
  factorText,
  METRICS,
  metricText,
  type Sweep,
  type SweepPoint,
  showValue,
  type TransferMetrics,
  type TransferResult,
} from '../experiments/index.ts';
import { aligned } from './table.ts';

/** Losses by width and value under each parametrization, the best values, and the verdicts. */
export function transferSummary(result: TransferResult): string {
  const { net, optimizer, data, widths, seeds, steps, batch, averaged, baseWidth, sweeps } = result;
  const { hyperparameter, learningRate } = result;
  const over = averaged === 1 ? 'the last step' : `the last ${averaged} steps`;
  const rate = learningRate === null ? '' : `, learning rate ${learningRate}`;
  const parts = [
    `${net} with ${optimizer} on ${data}: ${steps} ${steps === 1 ? 'step' : 'steps'} of ${batch} examples, widths ${widths.join(', ')}, ` +
      `${seeds} ${seeds === 1 ? 'seed' : 'seeds'} each, base width ${baseWidth}${rate}`,
    `Training loss over ${over} by ${hyperparameter.words} (* the least, ∞ diverged), and the best one with its 95 % interval:`,
    ...sweeps.flatMap((sweep) => [`${sweep.parametrization}\n${losses(sweep, result)}`]),
    sweeps
      .map(({ parametrization, verdict, text }) => `${parametrization}: ${verdict.toUpperCase()}: ${text}.`)
      .join('\n'),
    metricsText(sweeps),
    ...sweeps.flatMap(({ parametrization, causes }) =>
      causes.length === 0
        ? []
        : [
            `${parametrization}, settings whose power of n is not what maximal updates ask for (* likely):\n${causes.map(({ likely, text }) => `  ${likely ? '*' : ' '} ${text}`).join('\n')}`,
          ],
    ),
    ...sweeps.flatMap((sweep) => infiniteText(sweep, result)),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** How well it transfers, a column a parametrization. */
function metricsText(sweeps: readonly Sweep[]): string {
  const names = Object.keys(METRICS) as (keyof TransferMetrics)[]; // of a total table
  const rows = names.map((name) => [
    METRICS[name].words,
    ...sweeps.map(({ metrics }) => metricText(name, metrics[name])),
  ]);
  const head = ['', ...sweeps.map(({ parametrization }) => parametrization)];
  return `How well it transfers (95 %; "nexort transfer --help" says what each is):\n${aligned([head, ...rows], ['left', ...sweeps.map(() => 'right' as const)])}`;
}

function losses({ widths: finite, infinite }: Sweep, { values, hyperparameter }: TransferResult): string {
  const own = infinite === undefined || 'reason' in infinite ? [] : [{ ...infinite, width: '∞' }];
  const widths = [...finite, ...own];
  const powers = hyperparameter.scale === 'value' && values.every((value) => Number.isInteger(Math.log2(value)));
  const words = (value: number): string => (powers ? powerWords(value) : showValue(hyperparameter.scale, value));
  const head = [
    hyperparameter.name === 'learningRate' ? 'rate' : hyperparameter.name,
    ...widths.map(({ width }) => String(width)),
  ];
  const body = values.map((value, k) => [words(value), ...widths.map(({ points }) => cell(points, k))]);
  const last = widths.map(({ optimum }) => optimum);
  const best = last.map(({ value, edge }) =>
    value === null ? '–' : `${edge === null ? '' : edge === 'least' ? '≤ ' : '≥ '}${words(value)}`,
  );
  const low = last.map(({ interval }) => (interval === null ? '–' : words(interval[0])));
  const high = last.map(({ interval }) => (interval === null ? '–' : words(interval[1])));
  const rows = [head, ...body, ['best', ...best], ['from', ...low], ['to', ...high]];
  return aligned(rows, ['left', ...widths.map(() => 'right' as const)]);
}

/** The infinite network's best value beside those of finite widths, or why there is none. */
function infiniteText({ parametrization, infinite }: Sweep, { hyperparameter }: TransferResult): string[] {
  if (infinite === undefined) return [];
  if ('reason' in infinite) return [`${parametrization} at infinite width: ${infinite.reason}`];
  const { words } = hyperparameter;
  const away = infinite.away.map(({ width, factor, interval, cost }) => {
    const range = interval === null ? '' : ` (${factorText(interval[0])} to ${factorText(interval[1])})`;
    const moved = factor === null ? 'no best to compare' : `${factorText(factor)}${range}`;
    const price = cost === null ? 'it diverges there' : `loss ${cost.toFixed(3)} times the least`;
    return `  width ${width}: ${moved}; with the best of ∞ ${price}`;
  });
  return [`${parametrization}, the best ${words} of each width over that of the infinite network:\n${away.join('\n')}`];
}

function cell(points: readonly SweepPoint[], k: number): string {
  const loss = points[k]?.loss ?? null;
  if (loss === null) return '∞ ';
  const least = Math.min(...points.map((point) => point.loss ?? Number.POSITIVE_INFINITY));
  return `${loss.toPrecision(3)}${loss === least ? '*' : ' '}`;
}

/** `2^-7`, and `2^-6.81` between powers of two. */
function powerWords(value: number): string {
  const power = Math.log2(value);
  return `2^${Number.isInteger(power) ? power : power.toFixed(2)}`;
}
