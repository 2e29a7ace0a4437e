/** The limits bench as tables. */

import { table } from '../../src/cli/table.ts';
import { gibibytes, interval, machineLine, percent } from '../harness/format.ts';
import type { Environment } from '../harness/machine.ts';
import type { Timing } from '../harness/serve.ts';
import { medianInterval } from '../harness/statistics.ts';
import type { Way } from './arithmetic.ts';
import type { LimitsResult } from './bench.ts';
import { BOUNDS } from './bounds.ts';
import type { CostCase, Ran } from './cost.ts';
import type { Measured, TangentCase } from './tangent.ts';
import type { TransformerCase } from './transformer.ts';

/** A table for each part, and below it what its figures say. */
export function limitsReport({ cost, transformer, tangent }: LimitsResult, where: Environment): string {
  return [
    ...cost.flatMap(costLines),
    ...(transformer.length === 0 ? [] : transformerLines(transformer)),
    ...(tangent === undefined ? [] : tangentLines(tangent)),
    machineLine(where),
  ].join('\n');
}

const seconds = (value: number): string => `${value.toPrecision(3)} s`;

function costLines(one: CostCase): string[] {
  const { rule, error, sizes, widths, limit, pairs, best, ratio, agreement, verdict, reason, others } = one;
  const { most, aim } = BOUNDS.cost[rule];
  const ways = (kind: string, list: readonly Way[], chosen: string): string[][] =>
    list.map(({ name, cost, bias }) => [
      kind,
      name,
      seconds(cost),
      bias.value.toPrecision(2),
      bias.above ? 'does not count' : name === chosen ? 'best' : '',
    ]);
  const laws = (kind: string, list: readonly Ran[]): string[][] =>
    list.map(({ name, count, deviation, cpu }) => [kind, name, `${count}`, deviation.toPrecision(3), seconds(cpu)]);
  const shown =
    ratio === undefined
      ? 'no ratio: no way counts'
      : `limit / dense: ${ratio.value.toPrecision(2)}  [${ratio.low.toPrecision(2)}, ${ratio.high.toPrecision(2)}] at ${percent(ratio.coverage)}`;
  return [
    `cost, ${rule}: 32 inputs, 50 steps`,
    table(
      ['side', 'samples or n', 'runs', 'deviation of one', 'CPU of one'],
      [...laws('limit', sizes), ...laws('dense', widths)],
    ),
    table(
      ['side', 'samples or n', `CPU to ${error}`, 'bias left', ''],
      [...ways('limit', limit, best.limit), ...ways('dense', pairs, best.pair)],
    ),
    `${shown}, bound ${most.toPrecision(2)}, aim ${aim.toPrecision(2)}`,
    `verdict ${verdict}${reason === undefined ? '' : `: ${reason}`}; answers at most ${agreement.distance.toFixed(1)} joint ` +
      `standard errors apart, ${agreement.allowed.toFixed(1)} are allowed; others took ` +
      `${percent(medianInterval(others.during).median)} of the machine`,
    '',
  ];
}

function transformerLines(cases: readonly TransformerCase[]): string[] {
  const rows = cases.map(({ size, runs, wall, cpu, error }) => [
    size,
    `${runs.length}`,
    runs.length === 1 ? seconds(wall.median) : interval(wall),
    seconds(cpu.median),
    error.toPrecision(2),
  ]);
  return [
    'transformer: one block, four losses under Adam, the first run of a process',
    table(['samples', 'runs', 'wall, median', 'CPU, median', 'standard error'], rows),
    ...cases.map(
      ({ size, bound, verdict, reason }) =>
        `${size}: verdict ${verdict} (bound ${bound.most} s, aim ${bound.aim} s)${reason === undefined ? '' : `: ${reason}`}`,
    ),
    '',
  ];
}

function tangentLines(found: TangentCase | { readonly missing: string }): string[] {
  if ('missing' in found) return [`tangent: not run, ${found.missing}`, ''];
  const { samples, scramblings, ours, python, ratios, distance, allowed, verdict, reason } = found;
  return [
    `tangent: Adam, 10 steps, tiles of ${samples} x ${samples}, ${scramblings} scramblings`,
    table(
      ['side', 'wall, median', 'CPU, median', 'standard error', 'peak memory'],
      [row('ours', ours), row('numpy', python)],
    ),
    ...(ratios === undefined
      ? []
      : [
          `ours / numpy: wall ${interval(ratios.wall)}, CPU ${interval(ratios.cpu)}; CPU to one standard error ` +
            `${ratios.toOneError.toPrecision(2)}`,
        ]),
    `verdict ${verdict}${reason === undefined ? '' : `: ${reason}`}; answers at most ${distance.toFixed(1)} joint standard ` +
      `errors apart, ${allowed.toFixed(1)} are allowed`,
    '',
  ];
}

function row(name: string, { runs, error, peakBytes }: Measured): string[] {
  const of = (pick: keyof Pick<Timing, 'wall' | 'cpu'>): string =>
    runs.length === 0 ? 'not run' : seconds(medianInterval(runs.map((run) => run[pick])).median);
  return [name, of('wall'), of('cpu'), error.toPrecision(2), gibibytes(peakBytes)];
}
