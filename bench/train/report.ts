/** The train bench as a table. */

import { table } from '../../src/cli/table.ts';
import { gibibytes, interval, machineLine } from '../harness/format.ts';
import type { Environment } from '../harness/machine.ts';
import { medianInterval } from '../harness/statistics.ts';
import type { SideTimes, TrainCase } from './bench.ts';
import type { Judged } from './bounds.ts';
import { titleOf } from './workloads.ts';

/** Figures, who the sides are, then for each workload what the figures say. */
export function trainReport(cases: readonly TrainCase[], where: Environment): string {
  const rows = cases.flatMap(({ workload, ours, peers }) => [
    row(titleOf(workload), 'ours', ours, workload.steps),
    ...peers.flatMap((peer) => [
      row('', peer.peer, peer, workload.steps),
      [
        '',
        `ratio to ${peer.peer}, with its interval`,
        interval(peer.wallRatio),
        interval(peer.cpuRatio),
        peer.memoryRatio.toFixed(2),
      ],
    ]),
  ]);
  const names = cases.flatMap(({ ours, peers }) => [
    `ours: ${ours.name}`,
    ...peers.map(({ peer, name }) => `${peer}: ${name}`),
  ]);
  return [
    table(
      ['network', 'side', 'wall of a step, median', 'CPU of a step, median', 'peak memory (before training)'],
      rows,
    ),
    ...new Set(names),
    ...cases.flatMap(caseLines),
    machineLine(where),
  ].join('\n');
}

function row(title: string, side: string, { runs, peakBytes, loadedBytes }: SideTimes, steps: number): string[] {
  const of = (pick: 'wall' | 'cpu'): string =>
    runs.length === 0 ? 'not run' : milliseconds(medianInterval(runs.map((run) => run[pick])).median / steps);
  return [title, side, of('wall'), of('cpu'), `${gibibytes(peakBytes, 2)} (${gibibytes(loadedBytes, 2)})`];
}

const milliseconds = (seconds: number): string => `${Number((1000 * seconds).toPrecision(3))} ms`;

function caseLines({ workload, peers, leftOut, others, verdicts, differs, reason }: TrainCase): string[] {
  const title = titleOf(workload);
  if (differs !== undefined) return [`${title}: losses differ: ${differs}`];
  const losses = peers.map(({ peer, agreement }) => `${agreement.difference.toExponential(1)} (${peer})`);
  const disturbed = others?.disturbed.length ?? 0;
  return [
    ...(losses.length === 0 ? [] : [`${title}: losses equal to ${losses.join(', ')}`]),
    ...leftOut.map((left) => `${title}: ${left.peer} is left out: ${left.reason}`),
    ...(reason === undefined ? [] : [`${title}: no verdicts: ${reason}`]),
    ...verdicts.map((judged) => `${title}: ${verdictText(judged)}`),
    ...(disturbed === 0 ? [] : [`${title}: ${disturbed} disturbed rounds`]),
  ];
}

function verdictText({ peer, quantity, atMost, aim, verdict, reason, aimed }: Judged): string {
  const what = quantity === 'wall' ? 'wall time' : 'peak memory';
  const stated = `at most ${atMost} of ${peer}'s ${what}: verdict ${verdict}`;
  const more = aim === undefined || aimed === undefined ? '' : `; the aim of ${aim}: ${aimed}`;
  return `${stated}${reason === undefined ? '' : `: ${reason}`}${more}`;
}
