/** A kernel run's result as a person reads it on a terminal. */

import { relative } from 'node:path';
import { required } from '../errors/index.ts';
import { counted } from '../errors/wording/index.ts';
import { type ClassCount, isUsual, type KernelKind, loraText, type Metric, settingText } from '../lm/index.ts';
import type { KernelRunResult, Summary } from '../lm/node/index.ts';
import { KERNEL_NAMES } from './kernelNames.ts';
import { noteLines } from './noteLines.ts';
import { duration } from './progress.ts';
import { solverSentence } from './solverName.ts';
import { intervalText, percent, table } from './table.ts';

/** Training labels in doubt that are named, and characters of their texts. */
const DOUBTFUL = 3;
const TEXT = 48;

/** Tables and notes; `embedded` adds what to try next. */
export function kernelSummary(result: KernelRunResult, embedded: boolean): string {
  const { parameters, lora, data } = result;
  const draws = result.seeds.length === 1 ? '1 draw' : `${result.seeds.length} draws`;
  const bases = Object.entries({ 'zero-shot': result.zeroShot, 'linear probe': result.probe }).flatMap(
    ([name, score]) => (score === undefined ? [] : [[name, score] as const]),
  );
  const scores = Object.entries(result.kernels) as [KernelKind, Summary][]; // its own keys
  const first = required(scores[0], 'score of a kernel')[1];
  const further = Object.keys(first.further) as Metric[]; // its own keys
  const interval = ({ interval: found }: Summary) => found && intervalText(found, result.evaluated);
  const row = (name: string, score: Summary): string[] => [
    name,
    spread(score),
    ...(interval(score) === undefined ? [] : [interval(score) ?? '']),
    ...further.map((metric) => percent(required(score.further[metric], `${metric} of ${name}`))),
    score.values.length > 1 ? score.values.map(percent).join('  ') : '',
  ];
  const solved = scores.map(([kind]): [KernelKind, string] => [kind, solvers(result, kind)]);
  const lines = [
    `${result.task}: ${result.shots} examples per class, ${draws}, ${result.evaluated} evaluated, ${result.metric} in percent`,
    table(
      [
        '',
        result.metric,
        ...(interval(first) === undefined ? [] : ['95 % interval']),
        ...further,
        `by seed (${result.seeds.join(', ')})`,
      ],
      [...bases, ...scores.map(([kind, score]) => [KERNEL_NAMES[kind], score] as const)].map(([name, score]) =>
        row(name, score),
      ),
    ),
    `model       ${result.model}`,
    ...(isUsual(result.setting) ? [] : [`setting     ${settingText(result.setting)}`]),
    `data        ${data.description}`,
    `classes     ${classesText(data.classes)}`,
    `parameters  ${parameters.choice}: ${parameters.count.toLocaleString('en-US')} in ${parameters.tensors} tensors`,
    ...(lora === undefined ? [] : [`LoRA        ${loraText(lora)}`]),
    ...solved.map(([kind, text], k) => {
      const lead = k === 0 ? 'solver      ' : ' '.repeat(12);
      return `${lead}${solved.length === 1 ? '' : `${KERNEL_NAMES[kind]}: `}${text}`;
    }),
    ...doubtfulLines(result),
    `cost        ${result.gradients} gradients, ${cost(result)}`,
    `run         ${relative('.', result.out) || '.'} (kernels.npz, kernels.safetensors, report.html)`,
  ];
  const zeros = parameters.zeroGradient.map(
    ({ reason, parameters: zero }) =>
      `${counted(zero.length, 'tensor')} ${zero.length === 1 ? 'has' : 'have'} gradient 0: ${reason}`,
  );
  lines.push(...noteLines(result, zeros));
  lines.push(
    '',
    `Classify a new text with it:  npx nexort predict ${relative('.', result.out) || '.'} --text "…"`,
    ...(embedded
      ? ['Next, a task of your own data:  npx nexort kernel sst-2 --data FOLDER    (npx nexort tasks lists the tasks)']
      : []),
  );
  return `${lines.join('\n')}\n`;
}

/** `negative 1,649 + 200, positive 729 + 200 (to draw from + to test on)`. */
export function classesText(classes: readonly ClassCount[]): string {
  const text = (count: number): string => count.toLocaleString('en-US');
  const counts = classes.map(({ name, train, test }) => `${name} ${text(train)} + ${text(test)}`);
  return `${counts.join(', ')} (to draw from + to test on)`;
}

function spread({ mean, std, values }: Summary): string {
  return values.length > 1 ? `${percent(mean)} ± ${percent(std)}` : percent(mean);
}

function cost({ seconds, peakBytes, forecastBytes }: KernelRunResult): string {
  const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
  return `${duration(seconds)}, ${gib(peakBytes)} GiB at peak (${gib(forecastBytes)} forecast)`;
}

/** Labels in the most doubt, of the first kernel alone: each example once, with its largest doubt. */
function doubtfulLines({ doubtful = [] }: KernelRunResult): string[] {
  const first = doubtful[0]?.kernel;
  // Doubts of fits that have seen the labels are of another size.
  const measured = doubtful.filter(({ kernel, source }) => kernel === first && source === 'leave-one-out');
  const ranked = measured.flatMap(({ examples }) => examples).sort((a, b) => b.doubt - a.doubt);
  const once = [...new Map(ranked.map((one) => [`${one.label} ${one.text} ${one.text2}`, one])).values()];
  return once.slice(0, DOUBTFUL).map(({ label, text }, k) => {
    const lead = k === 0 ? 'in doubt    ' : ' '.repeat(12);
    return `${lead}"${shortened(text)}" as ${label}${k === 0 ? ': training labels that fit the others worst' : ''}`;
  });
}

/** A line's worth of a text. */
function shortened(text: string): string {
  const letters = [...text.replace(/[\p{Cc}\s]+/gu, ' ').trim()];
  return letters.length > TEXT ? `${letters.slice(0, TEXT - 1).join('')}…` : letters.join('');
}

/** The solver of every draw of a kernel, equal ones once. */
function solvers({ solvers: all }: KernelRunResult, kernel: KernelKind): string {
  const fitted = all.filter((one) => one.kernel === kernel);
  const names = fitted.map(solverSentence);
  const bySolver = new Map<string, number[]>();
  names.forEach((name, k) => {
    bySolver.set(name, [...(bySolver.get(name) ?? []), required(fitted[k]?.seed, 'seed of a solver')]);
  });
  if (bySolver.size === 1) return required(names[0], 'solver of a draw');
  return [...bySolver].map(([name, own]) => `${name} (${own.join(', ')})`).join('; ');
}
