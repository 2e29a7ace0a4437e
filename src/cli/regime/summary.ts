/** A run of the kernel regime as a person reads it on a terminal. */

import { relative } from 'node:path';
import {
  CRITERION_WORDS,
  loraText,
  type MeanScore,
  type OptimizerRegime,
  type PairedDifference,
  settingText,
} from '../../lm/index.ts';
import type { RegimeRunResult } from '../../lm/node/index.ts';
import { classesText } from '../kernelSummary.ts';
import { noteLines } from '../noteLines.ts';
import { duration } from '../progress.ts';
import { aligned, percent, threeDigits } from '../table.ts';

/** Verdicts, tables and notes. */
export function regimeSummary(result: RegimeRunResult): string {
  const { parameters, lora, data, setting, optimizers } = result;
  const draws = result.seeds.length === 1 ? '1 draw' : `${result.seeds.length} draws`;
  const out = relative('.', result.out) || '.';
  const lines = [
    `${result.task}, ${settingText(setting)}: ${result.shots} examples per class, ${draws}, ${result.evaluated} evaluated, kernels on ${result.compared} of them`,
    ...Object.values(optimizers).flatMap((one) => ['', ...optimizerLines(one, result)]),
    '',
    `model       ${result.model}`,
    `data        ${data.description}`,
    `classes     ${classesText(data.classes)}`,
    `trained     ${parameters.choice}: ${parameters.count.toLocaleString('en-US')} numbers in ${parameters.tensors} tensors`,
    ...(lora === undefined ? [] : [`LoRA        ${loraText(lora)}`]),
    `steps       ${result.steps}, ${result.batch} examples each; the model after the last one is looked at`,
    `cost        ${duration(result.seconds)}, ${(result.peakBytes / 2 ** 30).toFixed(1)} GiB at peak`,
    `run         ${out}`,
    `report      ${out}/report.html`,
  ];
  lines.push(...noteLines(result));
  return `${lines.join('\n')}\n`;
}

function optimizerLines(one: OptimizerRegime, { metric, seeds }: RegimeRunResult): string[] {
  const { optimizer, learningRate, words, criteria, solution, moved, watched } = one;
  const [verdict, ...others] = words;
  return [
    `${optimizer}, rate ${rateText(learningRate)}: ${verdict}.`,
    ...others.map((sentence) => `  ${sentence}.`),
    ...(criteria.length === 0 ? [] : [criteriaTable(one)]),
    ...(moved === null ? [] : [`logits moved by ${threeDigits(moved)} (root mean square over examples and draws)`]),
    ...(solution === null
      ? []
      : [
          `not judged, ${metric} in percent, and less fine-tuning${seeds.length > 1 ? ', paired over draws' : ''}:`,
          solutionTable(one),
        ]),
    ...(watched.length === 0 ? [] : ['on the way:', watchedTable(one)]),
  ];
}

function criteriaTable({ criteria }: OptimizerRegime): string {
  const rows = criteria.map(({ test, name, value, interval, bound, asked, passes, source }) => [
    test,
    CRITERION_WORDS[name],
    value === null ? 'not measured' : threeDigits(value),
    interval === null ? '' : `${threeDigits(interval[0])} to ${threeDigits(interval[1])}`,
    `${asked} ${bound}`,
    passes === null ? '–' : passes ? 'passes' : 'fails',
    source,
  ]);
  return aligned(
    [['test', 'measured', 'mean', '95 % interval', 'asked', '', 'source of the bound'], ...rows],
    ['left', 'left', 'right', 'left', 'left', 'left', 'left'],
  ).trimEnd();
}

function solutionTable({ solution }: OptimizerRegime): string {
  if (solution === null) return '';
  const { differences } = solution;
  const row = (name: string, score: MeanScore | null, difference?: PairedDifference): string[] =>
    score === null
      ? [name, '–', '']
      : [
          name,
          score.values.length > 1 ? `${percent(score.mean)} ± ${percent(score.std)}` : percent(score.mean),
          difference === undefined ? '' : differenceText(difference),
        ];
  return aligned(
    [
      row('as it was', solution.zeroShot),
      row('fine-tuned', solution.fineTuned),
      row('linear model', solution.linearModel, differences.linearModel),
      row('linearized training', solution.linearTraining, differences.linearTraining),
      row('kernel', solution.kernel, differences.kernel),
    ],
    ['left', 'right', 'left'],
  ).trimEnd();
}

function differenceText({ mean, interval }: PairedDifference): string {
  const signed = (value: number): string => `${value < 0 ? '−' : '+'}${percent(Math.abs(value))}`;
  return interval === undefined
    ? signed(mean)
    : `${signed(mean)}, 95 %: ${signed(interval[0])} to ${signed(interval[1])}`;
}

function watchedTable({ watched }: OptimizerRegime): string {
  const rows = watched.map(({ step, logitError, moved, relative: change, frobenius }) =>
    [step, logitError, change, frobenius, moved].map(threeDigits),
  );
  return aligned(
    [['step', 'logit error', 'entries change', 'kernel changes', 'logits moved'], ...rows],
    ['right', 'right', 'right', 'right', 'right'],
  ).trimEnd();
}

/** As people write small rates, 1e-5. */
export const rateText = (rate: number): string => (rate < 1e-3 ? rate.toExponential() : String(rate));
