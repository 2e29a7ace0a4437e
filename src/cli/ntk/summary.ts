/** What `nexort ntk` prints. */

import type { EnsemblePredictions, KernelFigures, LimitingRun, PredictionsAt } from '../../experiments/node/index.ts';
import { at } from '../../numeric/index.ts';
import { aligned } from '../table.ts';
import type { ClassesTold } from './classes.ts';

/** Predictions that are listed; more are in the JSON. */
const MOST_LISTED = 1000;

export function ntkSummary(run: LimitingRun, out: string | undefined, classes: ClassesTold | undefined): string {
  const { rows, columns, seconds, predictions } = run;
  const lines = [
    `Kernels of ${rows} × ${columns} inputs at infinite width, ${seconds.toFixed(2)} s.`,
    '',
    aligned(
      [['', 'least', 'most', 'mean'], line('nngp', run.nngp), line('ntk', run.ntk)],
      ['left', 'right', 'right', 'right'],
    ),
    ...(predictions === undefined ? [] : predictionLines(predictions)),
    ...(classes === undefined ? [] : classLines(classes)),
    ...(out === undefined ? [] : ['', `kernels: ${out}`]),
  ];
  return `${lines.join('\n')}\n`;
}

const line = (name: string, { least, most, mean }: KernelFigures): string[] => [
  name,
  ...[least, most, mean].map(shown),
];

function classLines({ labels, path, stableRate }: ClassesTold): string[] {
  const end = 'Gradient descent converges below the learning rate';
  const lines = path.flatMap(({ time, label, probabilities }) => {
    const listed = probabilities.slice(0, MOST_LISTED);
    const rows = listed.map((row, k) => [`${k + 1}`, `${at(label, k)}`, ...row.map(shown)]);
    return [
      '',
      `Classes of x2 at time ${time} and their probabilities, of the network whose outputs start at 0:`,
      aligned(
        [['', 'class', ...labels.map(String)], ...rows],
        ['right', 'right', ...labels.map(() => 'right' as const)],
      ),
      ...moreLines(probabilities.length - listed.length),
    ];
  });
  return [...lines, '', `${end} ${shown(stableRate)}.`];
}

const moreLines = (left: number): string[] => (left > 0 ? [`… and ${left} more, which --json has.`] : []);

function predictionLines({ path, divergentRate }: EnsemblePredictions): string[] {
  const end = 'Gradient descent diverges from the learning rate';
  return [...path.flatMap(linesAt), '', `${end} ${shown(divergentRate)} on.`];
}

function linesAt({ time, mean, deviation }: PredictionsAt): string[] {
  const when = time === null ? 'at the end of training' : `at time ${time}`;
  const listed = mean.slice(0, MOST_LISTED);
  const outputs = listed.map((row, k) => [`${k + 1}`, ...row.map(shown), `± ${shown(at(deviation, k))}`]);
  return [
    '',
    `Predictions for x2 ${when}, mean and deviation over an ensemble of networks:`,
    aligned(outputs, outputs[0]?.map(() => 'right') ?? []),
    ...moreLines(mean.length - listed.length),
  ];
}

const shown = (value: number): string => String(Number(value.toPrecision(6)));
