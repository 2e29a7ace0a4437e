/** LoRA's kernel beside the full one as a person reads it, and as a program does. */

import { required } from '../errors/index.ts';
import { counted } from '../errors/wording/index.ts';
import { checkpointNotes, isUsual, settingText } from '../lm/index.ts';
import type { LoraDistanceResult } from '../lm/node/index.ts';
import { duration } from './progress.ts';
import { aligned, threeDigits } from './table.ts';
import { withError } from './withError.ts';

/** Distances by rank, and what they say. */
export function loraSummary(result: LoraDistanceResult): string {
  const { task, matrices, parameterCount, targets, examples, shots, draw, seeds, ranks, model, setting, checkpoint } =
    result;
  const numbers = parameterCount.toLocaleString('en-US');
  const rows = ranks.map(({ rank, distance, standardError, predicted }) => [
    String(rank),
    standardError === undefined ? threeDigits(distance) : withError(distance, standardError),
    threeDigits(predicted),
    threeDigits(distance / predicted),
  ]);
  const head = ['rank', 'distance', 'predicted', 'measured / predicted'];
  const table = aligned(
    [head, ...rows],
    head.map(() => 'right'),
  ).trimEnd();
  const lines = [
    `${task}: the kernel of LoRA at its start beside the full one, ${counted(seeds.length, 'draw')} of A at each rank`,
    '',
    table,
    '',
    ...loraWords(result).map((sentence) => `${sentence}.`),
    '',
    `model       ${model}`,
    ...(isUsual(setting) ? [] : [`setting     ${settingText(setting)}`]),
    `matrices    ${targets.join(', ')} of every block: ${matrices.length}, ${numbers} numbers`,
    `examples    ${examples}, ${shots} of each class, draw of seed ${draw}`,
    `cost        ${duration(result.seconds)}`,
    ...checkpointNotes(checkpoint).map((note) => `note        model: ${note}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** What the distances say, sentences without their periods. */
export function loraWords({ ranks, slope }: LoraDistanceResult): readonly string[] {
  const last = required(ranks.at(-1), 'largest rank');
  const size = `At rank ${last.rank} the kernel of LoRA, scaled, is ${inPercent(last.distance)} of the full kernel's norm away from it, where ${inPercent(last.predicted)} is predicted`;
  if (slope === undefined) return [`${size}. More ranks and seeds would tell how the distance falls`];
  const { value, interval } = slope;
  const [low, high] = interval;
  const agrees = low <= -0.5 && high >= -0.5;
  const text = `The distance falls as rank^(${exponentText(value)}), 95 %: ${exponentText(low)} to ${exponentText(high)}; the predicted −1/2 lies ${agrees ? 'within' : 'outside'}`;
  return [text, size];
}

const exponentText = (value: number): string => value.toFixed(2).replace('-', '−');

const inPercent = (value: number): string => `${(100 * value).toFixed(value < 0.1 ? 1 : 0)} %`;

/** The JSON object. */
export function loraJson(result: LoraDistanceResult) {
  const { slope, ranks, parameterCount, ...rest } = result;
  return {
    ...rest,
    parameters: parameterCount,
    ranks: ranks.map(({ standardError, ...one }) => ({ ...one, standardError: standardError ?? null })),
    exponent: slope?.value ?? null,
    interval: slope?.interval ?? null,
  };
}
