/** Predictions as a person reads them on a terminal, and as one JSON object. */

import { relative } from 'node:path';
import { required } from '../errors/index.ts';
import { type Contribution, checkpointNotes, type FineTunedModel } from '../lm/index.ts';
import type { FineTunedPredictions, FinishedRun, NewText, Prediction, Predictions } from '../lm/node/index.ts';
import { layersAndTokens } from './explanationText.ts';
import { KERNEL_NAMES } from './kernelNames.ts';
import { modelText } from './modelOption.ts';
import { aligned, percent } from './table.ts';

/** Columns of a terminal whose width is not known, such as a file. */
const WIDTH = 100;
/** Characters of the longest bar. */
const BAR = 30;
/** What stands beside texts in lines: indents, weights, spaces. */
const BESIDE = 24;

/** One JSON object; of a single text its keys stand in the object itself too. */
export function predictionJson(found: Predictions | FineTunedPredictions): string {
  const [only, ...others] = found.predictions;
  return `${JSON.stringify(others.length === 0 ? { ...only, ...found } : found)}\n`;
}

/** Labels with the `top` training examples for and against each; with 0 a list of texts. */
export function predictionSummary(found: Predictions, run: FinishedRun, top: number): string {
  const { predictions } = found;
  const width = process.stdout.columns ?? WIDTH;
  const body = top === 0 ? [list(predictions, width)] : predictions.map((one) => block(one, top, width));
  return `${[heading(found, run), ...body, ...notes(found), ...modelNotes(found)].join('\n\n')}\n`;
}

/** The same of a fine-tuned model, to which no training examples can be told apart. */
export function fineTunedSummary(
  found: FineTunedPredictions,
  { optimizer, task }: FineTunedModel,
  listed: boolean,
): string {
  const { predictions, seed, dev } = found;
  const width = process.stdout.columns ?? WIDTH;
  const score = dev === null ? '' : ` (${task.metric} ${percent(dev)} on its dev examples)`;
  const heading = [
    `task        ${found.task}`,
    `model       ${relative('.', found.model) || '.'}, fine-tuned by ${optimizer}`,
    `draw        ${seed}${score}`,
  ].join('\n');
  const body = listed ? [list(predictions, width)] : predictions.map((one) => block(one, 0, width));
  return `${[heading, ...body, ...modelNotes(found)].join('\n\n')}\n`;
}

const modelNotes = ({ checkpoint }: Pick<Predictions, 'checkpoint'>): string[] =>
  checkpointNotes(checkpoint).map((note) => `note: model: ${note}.`);

function heading(found: Predictions, { task: { metric }, fits, kernel, kernels }: FinishedRun): string {
  const { task, seed, dev, model, predictions } = found;
  const all = fits.length === 1 ? '' : ` of ${fits.map((fit) => fit.seed).join(', ')}`;
  const score = dev === null ? '' : ` (${metric} ${percent(dev)} on its dev examples)`;
  const name = modelText(model);
  return [
    `task        ${task}`,
    `model       ${name}`,
    ...(kernels.length === 1 && kernel === 'sgd' ? [] : [`kernel      ${KERNEL_NAMES[kernel]}`]),
    `draw        ${seed}${all}${score}`,
    `decided by  ${decidedBy(required(predictions[0], 'prediction'))}`,
  ].join('\n');
}

/** Votes of machines of pairs are no sum over training examples. */
function decidedBy({ contributions }: Prediction): string {
  return contributions.length === 0 ? 'votes between pairs of labels' : `${contributions.length} training examples`;
}

function list(predictions: readonly Prediction[], width: number): string {
  const labels = Math.max(...predictions.map(({ label }) => label.length));
  const rows = predictions.map((one) => [one.label, probability(one, one.label), shorten(one, width - labels - 14)]);
  return aligned([['label', 'probability', 'text'], ...rows], ['left', 'right', 'left']);
}

function block(one: Prediction, top: number, width: number): string {
  const { label, probabilities, contributions, removedTokens } = one;
  const others = Object.keys(probabilities).filter((name) => name !== label);
  const ranked = [
    label,
    ...others.sort(
      (a, b) =>
        required(probabilities[b], `probability of "${b}"`) - required(probabilities[a], `probability of "${a}"`),
    ),
  ];
  const bars = ranked.map((name) => [
    name,
    probability(one, name),
    '█'.repeat(Math.round(BAR * required(probabilities[name], `probability of "${name}"`))),
  ]);
  const cut = removedTokens === 0 ? [] : [`(too long: ${removedTokens} tokens were cut)`];
  const texts = [`"${shorten(one, width - 2)}"`, ...cut].join('\n');
  const sum = contributions.every(({ weight }) => weight === 0) ? [] : [reasons(one, top, width)];
  return [texts, indent(aligned(bars, ['left', 'right', 'left'])), ...sum].join('\n\n');
}

/** The sum that the logit is, the rest of the training examples in one line. */
function reasons(one: Prediction, top: number, width: number): string {
  const { label, logit, contributions, intercept, initial } = one;
  const speaking = (sign: number) => contributions.filter(({ weight }) => sign * weight > 0).slice(0, top);
  const [pro, contra] = [speaking(1), speaking(-1)];
  const others = contributions.filter((example) => !pro.includes(example) && !contra.includes(example));
  const rest = others.reduce((total, { weight }) => total + weight, 0);
  const shown = signedNumbers([logit, intercept, initial, rest, ...contributions.map(({ weight }) => weight)]);
  const names = Math.max(...contributions.map((example) => example.label.length));
  const rows = (title: string, some: readonly Contribution[]): string[][] =>
    some.map((example, k) => [
      k === 0 ? title : '',
      shown(example.weight),
      example.label,
      shorten(example, width - names - BESIDE),
    ]);
  const plural = others.length === 1 ? 'example' : 'examples';
  const sum = [
    ...rows('for', pro),
    ...rows('against', contra),
    ...(others.length === 0 ? [] : [['', shown(rest), '', `${others.length} other training ${plural}`]]),
    ...(intercept === 0 ? [] : [['', shown(intercept), '', 'intercept, the same for every text']]),
    ...(initial === 0 ? [] : [['', shown(initial), '', "the model's own answer, before it sees training examples"]]),
    ['sum', shown(logit), '', `logit of ${label}`],
  ];
  return [aligned(sum, ['left', 'right', 'left', 'left']), ...layersAndTokens(one, top, shown)]
    .map(indent)
    .join('\n\n');
}

function notes({ calibration: { slope, source } }: Predictions): string[] {
  if (slope === 0) {
    return [
      "note: on the draw's dev examples the scores say nothing about the labels, so that every label is equally probable and no training example counts. Choose another draw (--seed), or run nexort kernel with more examples (--k).",
    ];
  }
  switch (source) {
    case 'dev':
      return ["Probabilities are calibrated on the draw's dev examples; on texts of another kind they mean less."];
    case 'targets':
      return ['note: the draw has no dev examples, so that probabilities are a guess from the scores.'];
    case 'likelihood':
      return [];
  }
}

/** All with as many decimals as give the largest three digits. */
function signedNumbers(values: readonly number[]): (value: number) => string {
  const largest = Math.max(...values.map(Math.abs));
  const decimals = largest > 0 ? Math.min(Math.max(2 - Math.floor(Math.log10(largest)), 0), 12) : 2;
  return (value) => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(decimals)}`;
}

const probability = ({ probabilities }: Prediction, label: string): string =>
  `${percent(required(probabilities[label], `probability of "${label}"`))} %`;

const indent = (text: string): string => text.replace(/^(?=.)/gm, '  ');

/** One line of a text, or of both of a pair, without what would move the cursor. */
function shorten({ text, text2 }: Pick<NewText, 'text' | 'text2'>, width: number): string {
  if (text2 !== undefined) {
    const half = Math.floor((width - 3) / 2);
    return `${shorten({ text }, half)} | ${shorten({ text: text2 }, half)}`;
  }
  const letters = [...text.replace(/[\p{Cc}\s]+/gu, ' ').trim()];
  const most = Math.max(width, 20);
  return letters.length > most
    ? `${letters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`
    : letters.join('');
}
