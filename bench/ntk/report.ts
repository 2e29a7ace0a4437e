/** The bench of closed-form kernels as tables. */

import { table } from '../../src/cli/table.ts';
import { gibibytes, interval, machineLine } from '../harness/format.ts';
import type { Environment } from '../harness/machine.ts';
import type { SideResult } from '../harness/side.ts';
import { medianInterval } from '../harness/statistics.ts';
import type { GrowthResult, NtkBenchResult, SpeedResult } from './bench.ts';

export function ntkReport({ speed, growth }: NtkBenchResult, where: Environment): string {
  const rows = speed.flatMap(({ name, ours, rival }) => [
    row(name, 'ours', ours),
    ...(rival === undefined
      ? []
      : [
          row('', 'neural-tangents', rival),
          ['', 'ratio, with its interval', interval(rival.wallRatio), interval(rival.cpuRatio), ''],
        ]),
  ]);
  return [
    ...(rows.length === 0 ? [] : [table(['case', 'side', 'wall, median', 'CPU, median', 'peak memory'], rows)]),
    ...speed.map(verdictLine),
    ...growth.map(growthLine),
    machineLine(where),
  ].join('\n');
}

function row(name: string, side: string, { runs, peakBytes }: SideResult): string[] {
  const of = (pick: 'wall' | 'cpu'): string =>
    runs.length === 0 ? 'not run' : `${medianInterval(runs.map((run) => run[pick])).median.toFixed(3)} s`;
  return [name, side, of('wall'), of('cpu'), gibibytes(peakBytes)];
}

function verdictLine({ name, verdict, bound, aim, reason, difference, others }: SpeedResult): string {
  return [
    `${name}: verdict ${verdict}`,
    bound === undefined ? '' : ` (bound ${bound} on wall time, aim ${aim})`,
    reason === undefined ? '' : `: ${reason}`,
    difference === undefined ? '' : `, answers equal to ${difference.toExponential(1)}`,
    others === undefined || others.disturbed.length === 0 ? '' : `, ${others.disturbed.length} disturbed rounds`,
  ].join('');
}

function growthLine({ name, sizes, seconds, exponent: { slope, low, high } }: GrowthResult): string {
  const figures = sizes.map((size, k) => `${size}: ${seconds[k]?.toFixed(3)} s`).join(', ');
  return `CPU time by ${name} (${figures}): exponent ${slope.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}] at 95 %`;
}
