/** A training as a person reads it. */

import { required } from '../../errors/index.ts';
import { mean, wilsonInterval } from '../../numeric/index.ts';
import type { Evaluated, TrainResult } from '../../training/index.ts';
import { aligned, intervalText } from '../table.ts';
import { type ClassSize, classSizesText } from './classes.ts';

/** A training with what it was asked for: plain data, what `--json` prints. */
export interface TrainReport extends TrainResult {
  readonly net: string;
  readonly width: number;
  readonly parameters: number;
  readonly data: string;
  /** `8,000 examples, 2,000 held out`. */
  readonly examples: string;
  /** Null where labels are numbers, or characters. */
  readonly classes: readonly ClassSize[] | null;
  /** What a reader of results should know about the data. */
  readonly notes: readonly string[];
  readonly loss: string;
  /** Examples of a step: no more than there are. */
  readonly batch: number;
  readonly optimizer: string;
  readonly learningRate: number;
  readonly schedule: string | null;
  /** What the norm of all gradients together is held to. */
  readonly clipNorm: number | null;
  /** Parameters that stay what they are. */
  readonly frozen: readonly string[];
  readonly parametrization: string;
  readonly baseWidth: number;
  readonly seed: number;
  readonly checkpoint: string | null;
}

/** Losses by steps done, and how it ended. */
export function trainSummary(report: TrainReport): string {
  const { net, width, parameters, optimizer, data, examples, batch, learningRate, parametrization, baseWidth } = report;
  const clipped = report.clipNorm === null ? '' : `, gradients of norm ${report.clipNorm} at most`;
  const frozen = report.frozen.length === 0 ? '' : `, ${report.frozen.join(', ')} frozen`;
  const rate = `learning rate ${learningRate}${report.schedule === null ? '' : `, ${report.schedule}`}${clipped}${frozen}`;
  const parts = [
    `${net} of width ${width}, ${parameters.toLocaleString('en-US')} parameters, with ${optimizer} on ${data}: ${examples}, ${batch} a step\n` +
      `${parametrization} with base width ${baseWidth}, ${rate}, seed ${report.seed}` +
      (report.classes === null ? '' : `\n${classSizesText(report.classes)}`) +
      report.notes.map((note) => `\nnote: ${note}`).join(''),
    `${report.loss} by steps done: mean of the steps since the line above, and on the examples held out (* the least)`,
    lossTable(report),
    ending(report),
  ];
  return `${parts.join('\n\n')}\n`;
}

function lossTable({ losses, evaluations, best }: TrainResult): string {
  const hasAccuracy = evaluations.some(({ accuracy }) => accuracy !== null);
  const head = ['steps', 'training', 'held out', ...(hasAccuracy ? ['accuracy'] : [])];
  const rows = evaluations.map((one, k) => {
    const before = k === 0 ? 0 : required(evaluations[k - 1], 'evaluation before').step;
    const training = one.step === before ? '–' : fourDigits(mean(losses.slice(before, one.step)));
    const least = one.step === best?.step ? '*' : ' ';
    return [String(one.step), training, `${heldOut(one)}${least}`, ...(hasAccuracy ? [accuracyText(one)] : [])];
  });
  return aligned([head, ...rows], ['right', 'right', 'right', 'right']).trimEnd();
}

/** Of a share of examples. */
const ROUNDING = 1e-9;

const heldOut = ({ loss }: Evaluated): string => (loss === null ? '–' : fourDigits(loss));
const fourDigits = (value: number): string => value.toPrecision(4);

/** With the 95 % interval that few examples leave open, where each of them is right or wrong as a whole. */
function accuracyText({ accuracy, examples }: Evaluated): string {
  if (accuracy === null) return '–';
  const right = accuracy * examples;
  const whole = Math.abs(right - Math.round(right)) < ROUNDING * examples;
  const interval = whole ? intervalText(wilsonInterval(accuracy, examples), examples) : undefined;
  return `${(100 * accuracy).toFixed(1)}%${interval === undefined ? '' : ` (${interval})`}`;
}

function ending({ status, divergence, steps, resumedAt, seconds, checkpoint }: TrainReport): string {
  const from = resumedAt === 0 ? '' : `, ${resumedAt} of them before it was resumed`;
  const lines = [
    status === 'diverged'
      ? `${divergence?.text ?? 'diverged'}.${(divergence?.step ?? 1) > 1 ? '\nA smaller --learning-rate may help.' : ''}`
      : `${steps} ${steps === 1 ? 'step' : 'steps'}${from}, in ${seconds.toFixed(1)} s`,
    ...(checkpoint === null ? [] : [`checkpoint: ${checkpoint}`]),
  ];
  return lines.join('\n');
}
