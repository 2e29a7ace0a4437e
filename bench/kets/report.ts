/** The kets bench as tables. */

import { table } from '../../src/cli/table.ts';
import { required } from '../../src/errors/index.ts';
import { mean, standardDeviation } from '../../src/numeric/index.ts';
import { gibibytes, interval, machineLine, percent } from '../harness/format.ts';
import type { Environment } from '../harness/machine.ts';
import type { Timing } from '../harness/serve.ts';
import type { SideResult } from '../harness/side.ts';
import { type Estimate, medianInterval } from '../harness/statistics.ts';
import type { KetsResult } from './bench.ts';
import type { ScaleResult, WidthCase } from './scale.ts';
import { type Ratios, type SpeedCase, withoutDrawing } from './speed.ts';
import type { Spread, SpreadCase } from './spread.ts';
import type { Agreement, Figure } from './statistics.ts';

/** A table for each part, and below it what its figures say. */
export function ketsReport({ speed, spread, scale }: KetsResult, where: Environment): string {
  return [
    ...(speed.length === 0 ? [] : speedLines(speed)),
    ...(spread.length === 0 ? [] : spreadLines(spread)),
    ...(scale === undefined ? [] : scaleLines(scale)),
    machineLine(where),
  ].join('\n');
}

function speedLines(cases: readonly SpeedCase[]): string[] {
  const rows = cases.flatMap(({ width, lazy, dense, ratios }) => [
    sideRow(`${width}`, 'lazy', lazy),
    sideRow('', 'dense', dense),
    sideRow('', 'dense without drawing', { ...dense, runs: dense.runs.map(withoutDrawing) }),
    ...(ratios === undefined
      ? []
      : [ratioRow('lazy / dense', ratios.whole), ratioRow('lazy / dense without drawing', ratios.withoutDrawing)]),
  ]);
  return [
    `speed: ${cases.map(({ workload }) => workload)[0]}`,
    table(['n', 'side', 'wall, median', 'CPU, median', 'peak memory'], rows),
    ...new Set(cases.flatMap(({ lazy, dense }) => [`lazy: ${lazy.name}`, `dense: ${dense.name}`])),
    ...cases.map(
      ({ width, verdict, reason, agreement, seeds, others }) =>
        `n = ${width}: verdict ${verdict}: ${reason}; means over ${seeds} seeds ${agreed(agreement)}` +
        `${others.disturbed.length === 0 ? '' : `, ${others.disturbed.length} disturbed rounds`}`,
    ),
    '',
  ];
}

function sideRow(width: string, side: string, { runs, peakBytes }: SideResult): string[] {
  const of = (pick: 'wall' | 'cpu'): string => (runs.length === 0 ? 'not run' : seconds(medians(runs, pick)));
  return [width, side, of('wall'), of('cpu'), gibibytes(peakBytes)];
}

const ratioRow = (name: string, { wall, cpu }: Ratios): string[] => ['', name, ratio(wall), ratio(cpu), ''];

const medians = (runs: readonly Timing[], pick: 'wall' | 'cpu'): number =>
  medianInterval(runs.map((run) => run[pick])).median;

const seconds = (value: number): string => `${value.toPrecision(3)} s`;

const ratio = (estimate: Estimate): string => interval(estimate, (value) => value.toPrecision(2));

function spreadLines(cases: readonly SpreadCase[]): string[] {
  const rows = cases.map(({ workload, width, pseudo, quasi, ratio, agreement }) => [
    workload,
    `${width}`,
    deviation(pseudo),
    deviation(quasi),
    figure(ratio, 1),
    `${seconds(pseudo.cpu)}, ${seconds(quasi.cpu)}`,
    agreement.distance.toFixed(1),
  ]);
  const head = ['spread', 'n', 'deviation, pseudo', 'deviation, quasi', 'ratio of variances', 'CPU of a run', 'means'];
  return [
    table(head, rows),
    `over ${cases.map(({ seeds }) => seeds)[0]} seeds of each; deviations are root mean squares over outputs, the ratio is a ` +
      'geometric mean over outputs; means: how far apart, in joint standard errors, at most',
    '',
  ];
}

/** Root mean square over entries of their standard deviations. */
function deviation({ rows }: Spread): string {
  const entries = required(rows[0], 'seed of a spread').map((_, entry) =>
    standardDeviation(rows.map((row) => required(row[entry], `entry ${entry} of a row`))),
  );
  return Math.sqrt(mean(entries.map((value) => (value ?? Number.NaN) ** 2))).toPrecision(2);
}

function scaleLines({ workload, cases, agreement, growth }: ScaleResult): string[] {
  const rows = cases.map(({ width, wall, cpu, peakBytes, heldBytes, forecastBytes, runs }) => [
    `${width}`,
    `${runs.length}`,
    runs.length === 1 ? seconds(wall.median) : interval(wall),
    seconds(cpu.median),
    gibibytes(peakBytes, 2),
    gibibytes(heldBytes, 2),
    gibibytes(forecastBytes, 2),
  ]);
  return [
    `scale: ${workload}, each run in a process of its own`,
    table(['n', 'runs', 'wall, median', 'CPU, median', 'peak memory', 'held by kets', 'forecast'], rows),
    ...cases.map(scaleVerdict),
    growth === undefined ? 'no exponent: fewer than three widths' : `time grows as n^${figure(growth, 3)}`,
    agreement === undefined ? 'answers not compared: one run of each' : `means of all widths ${agreed(agreement)}`,
    '',
  ];
}

function scaleVerdict({ width, time, memory, bounds, reason, disturbed }: WidthCase): string {
  const held = bounds === undefined ? '' : ` (bounds ${bounds.seconds} s, ${bounds.bytes / 1e9} GB)`;
  return [
    `n = ${width}: verdict on time ${time}, on memory ${memory}${held}`,
    reason === undefined ? '' : `: ${reason}`,
    disturbed.length === 0 ? '' : `, ${disturbed.length} disturbed runs`,
  ].join('');
}

function agreed({ entry, distance, allowed, agrees }: Agreement): string {
  const far = `${distance.toFixed(1)} joint standard errors (${entry}), at most ${allowed.toFixed(1)} are allowed`;
  return agrees ? `agree to ${far}` : `differ by ${far}`;
}

const figure = ({ value, low, high, coverage }: Figure, digits: number): string =>
  `${value.toFixed(digits)}  [${low.toFixed(digits)}, ${high.toFixed(digits)}] at ${percent(coverage)}`;
