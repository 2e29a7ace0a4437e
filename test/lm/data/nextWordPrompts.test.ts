import { describe, expect, it } from 'vitest';
import { taskFor } from '../../../src/lm/data/nextWordPrompts.ts';
import { findTask, TASKS } from '../../../src/lm/data/tasks.ts';
import { parseTemplate } from '../../../src/lm/text/template.ts';

/** name | prompt | words in the order of the labels, as the project's notes on tasks have them. */
const TABLE = `
afinn | {a}_It was | terrible, great
sst-2 | {a}_It was | terrible, great
sst-5 | {a}_It was | terrible, bad, okay, good, great
mr | {a}_It was | terrible, great
cr | {a}_It was | terrible, great
mpqa | {a}_It was | terrible, great
subj | {a}_This is | subjective, objective
trec | Question:_{a}_The answer is a | description, entity, abbreviation, human, location, number
ag_news | {a}_This article is about | world, sports, business, technology
mnli | {a}_Question:_{b}_True, false, or neither? Answer: | false, true, neither
snli | {a}_Question:_{b}_True, false, or neither? Answer: | false, true, neither
qnli | {a}_Question:_{b}_Yes or no? Answer: | yes, no
rte | {a}_Question:_{b}_Yes or no? Answer: | yes, no
mrpc | {a}_{b}_Do both say the same? Answer: | no, yes
qqp | {a}_{b}_Do both say the same? Answer: | no, yes
cola | {a}_This is | incorrect, correct
`;

describe('taskFor', () => {
  it('gives models that predict the next word prompts with the word at the end', () => {
    const tasks = TASKS.map((task) => taskFor(task, { family: 'gpt2' }));
    const rows = tasks.map(
      ({ name, prompt, labels }) => `${name} | ${prompt} | ${labels.map(({ word }) => word).join(', ')}`,
    );
    expect(rows.join('\n')).toBe(TABLE.trim());
    for (const [k, task] of tasks.entries()) {
      const { drop, lower, pieces } = parseTemplate(task.prompt, task);
      expect({ drop, lower }).toEqual({ drop: false, lower: false });
      expect(pieces.some(({ kind }) => kind === 'second')).toBe(task.pair);
      const { prompt: _, labels: __, ...others } = task;
      expect(others).toEqual({ ...TASKS[k], drop: false, lower: false, prompt: undefined, labels: undefined });
      expect(task.labels.map(({ name }) => name)).toEqual(TASKS[k]?.labels.map(({ name }) => name));
    }
  });

  it('leaves tasks of models of masked words, and those of ones own, as they are', () => {
    for (const task of TASKS) expect(taskFor(task, { family: 'bert' })).toBe(task);
    const own = { ...findTask('sst-2'), prompt: '{a}_Was it good?' };
    expect(taskFor(own, { family: 'llama' }).prompt).toBe(own.prompt);
  });
});
