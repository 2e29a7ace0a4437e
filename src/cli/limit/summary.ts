/** A limit of training as a person reads it. */

import { required } from '../../errors/index.ts';
import { aligned } from '../table.ts';
import { withError } from '../withError.ts';
import { flattened, type LimitReport } from './result.ts';
import { limitWords, updates } from './words.ts';

/** Outputs that a line has room for, and lines of a table. */
const [COLUMNS, ROWS] = [4, 9];

/** Outputs and loss by updates done, the distances of networks, and what they say. */
export function limitSummary(report: LimitReport): string {
  const { net, parametrization, optimizer, learningRate, smooth, data, examples, batches, notes } = report;
  const trained = new Set(batches.flat()).size;
  const only = examples === trained ? '' : `, ${examples - trained} only evaluated`;
  const each = batches.length === 1 ? 'all in each step' : `${batches.length} batches in turn`;
  const root = smooth === null ? '' : smooth ? ', ε under the root' : ', ε beside the root';
  const base = report.baseWidth === 1 ? '' : `, base width ${report.baseWidth}`;
  const parts = [
    `${net} in ${parametrization}${base} with ${optimizer}, learning rate ${learningRate}${root}\n` +
      `on ${data}: ${trained} ${trained === 1 ? 'example' : 'examples'} trained on, ${each}${only}; ${report.loss} loss, ${report.reduction} over a batch` +
      notes.map((note) => `\nnote: ${note}`).join(''),
    `limit by updates done, ± the standard error of ${report.scramblings} samplings${report.extrapolated ? ', extrapolated in 1/n' : ' as they are, with a bias of order 1/n'}\n${pathTable(report)}`,
    ...(report.finite.length === 0 ? [] : [`after ${updates(report.steps)}\n${widthTable(report)}`]),
    ...(report.tangentKernel.length === 0 ? [] : [kernelTable(report)]),
    ...(changesOf(report).some(({ step }) => step > 0) ? [weightTable(report)] : []),
    limitWords(report)
      .map((sentence) => `${sentence}.`)
      .join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

function pathTable({ times, outputs, standardErrors, losses, axes, shape }: LimitReport): string {
  const flat = outputs.map(flattened);
  const errors = standardErrors.map(flattened);
  const names = placeNames(axes, shape);
  const shown = names.slice(0, COLUMNS);
  const rows = shownTimes(times).map((time) => [
    String(time),
    ...(losses === null ? [] : [estimateText(losses[time]?.value, losses[time]?.standardError)]),
    ...shown.map((_, k) => estimateText(flat[time]?.[k], errors[time]?.[k])),
  ]);
  const head = ['updates', ...(losses === null ? [] : ['loss']), ...shown];
  const more = names.length > COLUMNS ? `\n(the first ${COLUMNS} of ${names.length} outputs; --json has all)` : '';
  return `${aligned(
    [head, ...rows],
    head.map(() => 'right'),
  ).trimEnd()}${more}`;
}

/** The first, the last, and some between them. */
function shownTimes(times: readonly number[]): readonly number[] {
  const last = required(times.at(-1), 'last time');
  if (times.length <= ROWS) return times;
  return [...new Set(Array.from({ length: ROWS }, (_, k) => Math.round((last * k) / (ROWS - 1))))];
}

/** `f[0]`, `f[0,2]`. */
function placeNames(axes: readonly string[], shape: readonly number[]): readonly string[] {
  const places = axes.reduce<readonly (readonly number[])[]>(
    (found, _, axis) =>
      found.flatMap((place) =>
        Array.from({ length: required(shape[axis], 'size of an output') }, (_, k) => [...place, k]),
      ),
    [[]],
  );
  return places.map((place) => `f[${place.join(',')}]`);
}

/** Sharpness before some steps, in the limit and of networks. */
function kernelTable({ tangentKernel, beside, kind }: LimitReport): string {
  const widths = beside.filter((one) => one.tangentKernel.length > 0);
  const steps = [...new Set([...tangentKernel, ...widths.flatMap((one) => one.tangentKernel)].map(({ step }) => step))];
  const rows = steps
    .sort((a, b) => a - b)
    .map((step) => {
      // The kernel of a neural tangent limit is the same before all of them.
      const own = tangentKernel.find((look) => look.step === step || kind === 'neural tangent');
      return [
        String(step),
        estimateText(own?.sharpness, own?.standardError),
        digits(own?.alignment),
        ...widths.map((one) => digits(one.tangentKernel.find((look) => look.step === step)?.sharpness)),
      ];
    });
  const head = ['updates', 'sharpness', 'alignment', ...widths.map(({ width }) => `width ${width}`)];
  const table = aligned(
    [head, ...rows],
    head.map(() => 'right'),
  ).trimEnd();
  return `tangent kernel on what is trained on: sharpness, and alignment with the targets\n${table}`;
}

const changesOf = ({ weights, beside }: LimitReport) => [...weights, ...beside.flatMap((one) => one.weights)];

/** How far weights have changed at last, in the limit and of networks. */
function weightTable(report: LimitReport): string {
  const { weights, beside } = report;
  const all = changesOf(report);
  const last = Math.max(...all.map(({ step }) => step));
  const names = [...new Set(all.map(({ parameter }) => parameter))];
  const rows = names.slice(0, ROWS).map((name) => {
    const isIt = ({ step, parameter }: { readonly step: number; readonly parameter: string }): boolean =>
      step === last && parameter === name;
    const own = weights.find(isIt);
    return [
      name,
      estimateText(own?.change, own?.standardError),
      ...beside.map((one) => digits(one.weights.find(isIt)?.change)),
    ];
  });
  const head = ['weights', 'limit', ...beside.map(({ width }) => `width ${width}`)];
  const more = names.length > ROWS ? `\n(the first ${ROWS} of ${names.length} parameters; --json has all)` : '';
  const table = aligned([head, ...rows], ['left', ...head.slice(1).map(() => 'right' as const)]).trimEnd();
  return `change of weights after ${updates(last)}: root mean square of (W − W at the start) x, over that of x\n${table}${more}`;
}

function widthTable({ finite, losses }: LimitReport): string {
  const rows = finite.map(({ width, seeds, diverged, losses: own, distance, standardError }) => [
    String(width),
    `${seeds}${diverged > 0 ? ` (${diverged} diverged)` : ''}`,
    digits(own.at(-1)),
    estimateText(distance, standardError),
  ]);
  const last = losses?.at(-1);
  const limit = ['limit', '', last === undefined ? '–' : estimateText(last.value, last.standardError), ''];
  return aligned(
    [['width', 'seeds', 'loss', 'distance from the limit'], ...rows, limit],
    ['right', 'right', 'right', 'right'],
  ).trimEnd();
}

const digits = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : String(Number(value.toPrecision(4)));

/** `0.4108 ± 0.0033`; a value alone where it has no error, as one that is known. */
function estimateText(value: number | null | undefined, error: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return error === null || error === undefined || error <= ROUNDING * Math.abs(value)
    ? digits(value)
    : withError(value, error);
}

/** Of a value, an error that is that of means of equal numbers. */
const ROUNDING = 1e-12;
