/**
 * The tasks for models that predict the next word: the label word comes last, and is read at the last position. The paper and
 * its peers have none of these; prompts and words are nexort's own, with the labels of the tasks.
 */

import { required } from '../../errors/index.ts';
import type { Predicts } from '../text/template.ts';
import { TASKS, type Task } from './tasks.ts';

/** What such a model is asked, and its words where they are others. */
interface NextWordPrompt {
  readonly prompt: string;
  /** By label. */
  readonly words?: Readonly<Record<string, string>>;
}

const SENTIMENT: NextWordPrompt = { prompt: '{a}_It was' };
const ASSESSMENT: NextWordPrompt = { prompt: '{a}_This is' };
const THREE_WAY: NextWordPrompt = {
  prompt: '{a}_Question:_{b}_True, false, or neither? Answer:',
  words: { contradiction: 'false', entailment: 'true', neutral: 'neither' },
};
const TWO_WAY: NextWordPrompt = {
  prompt: '{a}_Question:_{b}_Yes or no? Answer:',
  words: { entailment: 'yes', not_entailment: 'no' },
};
const SAMENESS = '{a}_{b}_Do both say the same? Answer:';

const PROMPTS: Readonly<Record<string, NextWordPrompt>> = {
  afinn: SENTIMENT,
  'sst-2': SENTIMENT,
  'sst-5': SENTIMENT,
  mr: SENTIMENT,
  cr: SENTIMENT,
  mpqa: SENTIMENT,
  subj: ASSESSMENT,
  trec: {
    prompt: 'Question:_{a}_The answer is a',
    words: {
      description: 'description',
      entity: 'entity',
      abbreviation: 'abbreviation',
      human: 'human',
      location: 'location',
      numeric: 'number',
    },
  },
  ag_news: {
    prompt: '{a}_This article is about',
    words: { World: 'world', Sports: 'sports', Business: 'business', 'Sci/Tech': 'technology' },
  },
  mnli: THREE_WAY,
  snli: THREE_WAY,
  qnli: TWO_WAY,
  rte: TWO_WAY,
  mrpc: { prompt: SAMENESS, words: { not_equivalent: 'no', equivalent: 'yes' } },
  qqp: { prompt: SAMENESS, words: { not_duplicate: 'no', duplicate: 'yes' } },
  cola: ASSESSMENT,
};

/**
 * The task as a model is asked it: one that is known by name has a prompt for each way to predict, with both texts as they
 * are where the word comes last; a task of one's own is what it says.
 */
export function taskFor(task: Task, predicts: Predicts): Task {
  const known = TASKS.some(({ name, prompt }) => name === task.name && prompt === task.prompt);
  const own = PROMPTS[task.name];
  if (predicts === 'masked words' || !known || own === undefined) return task;
  const { prompt, words } = own;
  const labels = task.labels.map(({ name, word }) => ({
    name,
    word: words === undefined ? word : required(words[name], `word of label ${name}`),
  }));
  return Object.assign({}, task, { prompt, labels, drop: false, lower: false });
}
