/**
 * The tasks of the paper on kernels of fine-tuning (Malladi et al. 2023, "A Kernel-Based View of Language Model
 * Fine-Tuning", github.com/princeton-nlp/LM-Kernel-FT), with its prompts, label words, order of logits, token limits
 * and metrics, which are LM-BFF's.
 */

import { nearNames } from '../../errors/wording/index.ts';
import type { LabelWord } from '../text/tokenizer.ts';
import * as errors from './dataErrors.ts';

/** All metrics. */
export const METRICS = ['accuracy', 'f1', 'matthews'] as const;

/** What predictions are scored by; `f1` and `matthews` are for two labels, of which `f1` takes the second as positive. */
export type Metric = (typeof METRICS)[number];

/** The name of a label by what stands for it in the data: `{ '0': 'negative', '1': 'positive' }`. */
export type LabelValues = Readonly<Record<string, string>>;

/** A text classification task in prompt form. */
export interface Task {
  readonly name: string;
  /** In the language of template.ts. */
  readonly prompt: string;
  /** In the order of the logits: of two labels, the second is the positive one. */
  readonly labels: readonly LabelWord[];
  /** What stands for the labels in the data; absent, their names do. */
  readonly labelValues?: LabelValues;
  /** Most tokens of a prompted example. */
  readonly maxTokens: number;
  /** Most tokens of the first text. */
  readonly cap?: number;
  /** Whether an example has two texts. */
  readonly pair: boolean;
  /** Whether the first text loses its last character. */
  readonly drop: boolean;
  /** Whether the second text's first letter is lower-cased. */
  readonly lower: boolean;
  readonly metric: Metric;
  /** What else is printed. */
  readonly extraMetrics?: readonly Metric[];
}

const SINGLE = { maxTokens: 128, pair: false, drop: false, lower: false, metric: 'accuracy' } as const;
const SENTIMENT = { ...SINGLE, prompt: '{a}_It was{m}.', labels: words({ negative: 'terrible', positive: 'great' }) };
const INFERENCE = { prompt: '{a}?{m},_{b}', pair: true, drop: true, lower: true, metric: 'accuracy' } as const;
const THREE_WAY = words({ contradiction: 'No', entailment: 'Yes', neutral: 'Maybe' });
const TWO_WAY = words({ entailment: 'Yes', not_entailment: 'No' });
const SAMENESS = {
  prompt: '{a}{m},_{b}',
  maxTokens: 128,
  pair: true,
  drop: false,
  lower: true,
  metric: 'f1',
  extraMetrics: ['accuracy'],
} as const;

/** All tasks that are known by name. */
export const TASKS: readonly Task[] = [
  { name: 'afinn', ...SENTIMENT, cap: 110 },
  { name: 'sst-2', ...SENTIMENT },
  {
    name: 'sst-5',
    ...SENTIMENT,
    labels: words({
      'very negative': 'terrible',
      negative: 'bad',
      neutral: 'okay',
      positive: 'good',
      'very positive': 'great',
    }),
  },
  { name: 'mr', ...SENTIMENT, cap: 110 },
  { name: 'cr', ...SENTIMENT, cap: 110 },
  { name: 'mpqa', ...SENTIMENT, cap: 110 },
  {
    name: 'subj',
    ...SINGLE,
    prompt: '{a}_This is{m}.',
    labels: words({ subjective: 'subjective', objective: 'objective' }),
    cap: 110,
  },
  {
    name: 'trec',
    ...SINGLE,
    prompt: '{m}:_{a}',
    labels: words({
      description: 'Description',
      entity: 'Entity',
      abbreviation: 'Expression',
      human: 'Human',
      location: 'Location',
      numeric: 'Number',
    }),
    cap: 110,
  },
  {
    name: 'ag_news',
    ...SINGLE,
    prompt: '{a}_This article is about{m}_news.',
    labels: words({ World: 'world', Sports: 'sports', Business: 'business', 'Sci/Tech': 'tech' }),
    maxTokens: 256,
    cap: 240,
  },
  { name: 'mnli', ...INFERENCE, labels: THREE_WAY, maxTokens: 256, cap: 240 },
  { name: 'snli', ...INFERENCE, labels: THREE_WAY, maxTokens: 256 },
  { name: 'qnli', ...INFERENCE, labels: TWO_WAY, maxTokens: 128 },
  { name: 'rte', ...INFERENCE, labels: TWO_WAY, maxTokens: 256, cap: 240 },
  { name: 'mrpc', ...SAMENESS, labels: words({ not_equivalent: 'No', equivalent: 'Yes' }) },
  { name: 'qqp', ...SAMENESS, labels: words({ not_duplicate: 'No', duplicate: 'Yes' }) },
  {
    name: 'cola',
    ...SINGLE,
    prompt: '{a}_This is{m}.',
    labels: words({ unacceptable: 'incorrect', acceptable: 'correct' }),
    metric: 'matthews',
  },
];

/**
 * The task of a name.
 * @throws UserError `lm.unknown-task` with the nearest names.
 */
export function findTask(name: string): Task {
  const task = TASKS.find((candidate) => candidate.name === name);
  if (task !== undefined) return task;
  const known = TASKS.map((candidate) => candidate.name);
  throw errors.unknownTask(name, nearNames(name, known), known);
}

/** Labels with their words, in the order written (string keys keep it; none here looks like a number). */
function words(byLabel: Readonly<Record<string, string>>): readonly LabelWord[] {
  return Object.entries(byLabel).map(([name, word]) => ({ name, word }));
}
