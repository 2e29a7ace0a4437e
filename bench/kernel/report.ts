/** The kernel bench as a table. */

import { table } from '../../src/cli/table.ts';
import type { Environment } from '../harness/machine.ts';
import { type Estimate, medianInterval } from '../harness/statistics.ts';
import type { CaseResult, SideResult } from './bench.ts';

/** Figures, then for each case what they say. */
export function kernelReport(cases: readonly CaseResult[], where: Environment): string {
  const rows = cases.flatMap(({ tokens, ours, peer }) => [
    row(`${tokens}`, ours),
    ...(peer === undefined
      ? []
      : [row('', peer), ['', 'ratio, with its interval', interval(peer.wallRatio), interval(peer.cpuRatio), '']]),
  ]);
  return [
    table(['tokens', 'side', 'wall, median', 'CPU, median', 'peak memory'], rows),
    ...cases.map(verdictLine),
    `${where.processor}, ${where.cores} cores, ${gibibytes(where.memoryBytes)}, ${where.system}, node ${where.node}, ${where.commit}`,
  ].join('\n');
}

function row(tokens: string, { name, runs, peakBytes }: SideResult): string[] {
  const of = (pick: 'wall' | 'cpu'): string =>
    runs.length === 0 ? 'not run' : `${medianInterval(runs.map((run) => run[pick])).median.toFixed(2)} s`;
  return [tokens, name, of('wall'), of('cpu'), gibibytes(peakBytes)];
}

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

const interval = ({ median, low, high, coverage }: Estimate): string =>
  `${median.toFixed(2)}  [${low.toFixed(2)}, ${high.toFixed(2)}] at ${(100 * coverage).toFixed(0)} %`;

function verdictLine({ tokens, verdict, target, reason, peer, others }: CaseResult): string {
  const answers = peer === undefined ? '' : `, answers equal to ${peer.relativeDifference.toExponential(1)}`;
  const disturbed = others.disturbed.length === 0 ? '' : `, ${others.disturbed.length} disturbed pairs`;
  const bound = target === undefined ? '' : ` (bound ${target} on wall time)`;
  return `${tokens} tokens: verdict ${verdict}${bound}${reason === undefined ? '' : `: ${reason}`}${answers}${disturbed}`;
}
