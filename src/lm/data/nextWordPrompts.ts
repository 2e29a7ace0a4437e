/**
 * Prompts of the tasks for decoders, whose label word comes last and is read at the last token. The peer has none: these
 * are ours.
 */

import { required } from '../../errors/index.ts';
import { familyOf, type LanguageModelConfig } from '../../nets/index.ts';
import { promptOfNextWord } from '../text/template.ts';
import { TASKS, type Task } from './tasks.ts';

interface NextWordPrompt {
  readonly prompt: string;
  /** In the order of the task's labels; by default the task's own. */
  readonly words?: readonly string[];
}

const SENTIMENT: NextWordPrompt = { prompt: '{a}_It was' };
const IS: NextWordPrompt = { prompt: '{a}_This is' };
const INFERENCE: NextWordPrompt = {
  prompt: '{a}_Question:_{b}_True, false, or neither? Answer:',
  words: ['false', 'true', 'neither'],
};
const ANSWER: NextWordPrompt = { prompt: '{a}_Question:_{b}_Yes or no? Answer:', words: ['yes', 'no'] };
const SAMENESS: NextWordPrompt = { prompt: '{a}_{b}_Do both say the same? Answer:', words: ['no', 'yes'] };

/** By the names of tasks. */
const PROMPTS: Readonly<Record<string, NextWordPrompt>> = {
  afinn: SENTIMENT,
  'sst-2': SENTIMENT,
  'sst-5': SENTIMENT,
  mr: SENTIMENT,
  cr: SENTIMENT,
  mpqa: SENTIMENT,
  subj: IS,
  cola: IS,
  trec: {
    prompt: 'Question:_{a}_The answer is a',
    words: ['description', 'entity', 'abbreviation', 'human', 'location', 'number'],
  },
  ag_news: { prompt: '{a}_This article is about', words: ['world', 'sports', 'business', 'technology'] },
  mnli: INFERENCE,
  snli: INFERENCE,
  qnli: ANSWER,
  rte: ANSWER,
  mrpc: SAMENESS,
  qqp: SAMENESS,
};

/**
 * The task as a model is asked it: of a decoder with the prompt that the label word ends. Tasks known by name have prompts and
 * words of their own for it; one's own prompt is taken up to its `{m}`. Throws {@link UserError} `lm.word-inside-prompt`.
 */
export function taskFor(task: Task, config: Pick<LanguageModelConfig, 'family'>): Task {
  if (familyOf(config).predicts !== 'the next word') return task;
  const known = TASKS.find(({ name, prompt }) => name === task.name && prompt === task.prompt);
  const own = known === undefined ? undefined : PROMPTS[known.name];
  if (own === undefined) return { ...task, prompt: promptOfNextWord(task.prompt) };
  const { prompt, words } = own;
  const labels = words === undefined ? task.labels : task.labels.map(renamed(words));
  return { ...task, prompt, labels, drop: false, lower: false };
}

const renamed = (words: readonly string[]) => (label: Task['labels'][number], k: number) => ({
  ...label,
  word: required(words[k], `word of label "${label.name}"`),
});
