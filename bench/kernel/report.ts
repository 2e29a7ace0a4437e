/** The kernel bench as a table. */

import { table } from '../../src/cli/table.ts';
import { gibibytes, interval, machineLine } from '../harness/format.ts';
import type { Environment } from '../harness/machine.ts';
import type { SideResult } from '../harness/side.ts';
import { medianInterval } from '../harness/statistics.ts';
import type { CaseResult, Comparison } from './bench.ts';

/** Figures, who the sides are, then for each case what the figures say. */
export function kernelReport(cases: readonly CaseResult[], where: Environment): string {
  const rows = cases.flatMap(({ tokens, ours, rivals }) => [
    row(`${tokens}`, 'ours', ours),
    ...rivals.flatMap((rival) => [
      row('', rival.variant, rival),
      ['', `ratio to ${rival.variant}, with its interval`, interval(rival.wallRatio), interval(rival.cpuRatio), ''],
    ]),
  ]);
  return [
    table(['tokens', 'side', 'wall, median', 'CPU, median', 'peak memory'], rows),
    ...new Set(cases.flatMap(({ ours, rivals }) => [`ours: ${ours.name}`, ...rivals.map(rivalLine)])),
    ...cases.map(verdictLine),
    machineLine(where),
  ].join('\n');
}

function row(tokens: string, side: string, { runs, peakBytes }: SideResult): string[] {
  const of = (pick: 'wall' | 'cpu'): string =>
    runs.length === 0 ? 'not run' : `${medianInterval(runs.map((run) => run[pick])).median.toFixed(2)} s`;
  return [tokens, side, of('wall'), of('cpu'), gibibytes(peakBytes)];
}

const rivalLine = ({ variant, name, allocator }: Comparison): string => `${variant}: ${name}, ${allocator}`;

function verdictLine({ tokens, verdict, target, reason, rivals, others }: CaseResult): string {
  const answers = rivals.map(
    ({ variant, relativeDifference }) => `${relativeDifference.toExponential(1)} (${variant})`,
  );
  const said = [
    `${tokens} tokens: verdict ${verdict}`,
    target === undefined ? '' : ` (bound ${target} on wall time beside stock)`,
    reason === undefined ? '' : `: ${reason}`,
    answers.length === 0 ? '' : `, answers equal to ${answers.join(' and ')}`,
    others.disturbed.length === 0 ? '' : `, ${others.disturbed.length} disturbed rounds`,
    rivals.some(({ variant }) => variant === 'tuned') ? '; no bound is set beside tuned' : '',
  ];
  return said.join('');
}
