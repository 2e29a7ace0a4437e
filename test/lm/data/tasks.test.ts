import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findTask, TASKS } from '../../../src/lm/data/tasks.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { parseTemplate } from '../../../src/lm/text/template.ts';
import { labelWordIds, loadTokenizer } from '../../../src/lm/text/tokenizer.ts';
import { failureOf } from '../../support/failure.ts';

/** name | prompt | label: word in logit order | max (cap) | variants | metrics, by hand from the paper's repository. */
const TABLE = `
afinn | {a}_It was{m}. | negative: terrible, positive: great | 128 (110) | | accuracy
sst-2 | {a}_It was{m}. | negative: terrible, positive: great | 128 | | accuracy
sst-5 | {a}_It was{m}. | very negative: terrible, negative: bad, neutral: okay, positive: good, very positive: great | 128 | | accuracy
mr | {a}_It was{m}. | negative: terrible, positive: great | 128 (110) | | accuracy
cr | {a}_It was{m}. | negative: terrible, positive: great | 128 (110) | | accuracy
mpqa | {a}_It was{m}. | negative: terrible, positive: great | 128 (110) | | accuracy
subj | {a}_This is{m}. | subjective: subjective, objective: objective | 128 (110) | | accuracy
trec | {m}:_{a} | description: Description, entity: Entity, abbreviation: Expression, human: Human, location: Location, numeric: Number | 128 (110) | | accuracy
ag_news | {a}_This article is about{m}_news. | World: world, Sports: sports, Business: business, Sci/Tech: tech | 256 (240) | | accuracy
mnli | {a}?{m},_{b} | contradiction: No, entailment: Yes, neutral: Maybe | 256 (240) | pair drop lower | accuracy
snli | {a}?{m},_{b} | contradiction: No, entailment: Yes, neutral: Maybe | 256 | pair drop lower | accuracy
qnli | {a}?{m},_{b} | entailment: Yes, not_entailment: No | 128 | pair drop lower | accuracy
rte | {a}?{m},_{b} | entailment: Yes, not_entailment: No | 256 (240) | pair drop lower | accuracy
mrpc | {a}{m},_{b} | not_equivalent: No, equivalent: Yes | 128 | pair lower | f1 accuracy
qqp | {a}{m},_{b} | not_duplicate: No, duplicate: Yes | 128 | pair lower | f1 accuracy
cola | {a}_This is{m}. | unacceptable: incorrect, acceptable: correct | 128 | | matthews
`;

describe('TASKS', () => {
  it('is the table of the paper, with its extras', () => {
    const rows = TASKS.map((task) => {
      const labels = task.labels.map(({ name, word }) => `${name}: ${word}`).join(', ');
      const limit = task.cap === undefined ? task.maxTokens : `${task.maxTokens} (${task.cap})`;
      const variants = (['pair', 'drop', 'lower'] as const).filter((flag) => task[flag]).join(' ');
      const metrics = [task.metric, ...(task.extraMetrics ?? [])].join(' ');
      return [task.name, task.prompt, labels, limit, variants, metrics].join(' | ').replace('|  |', '| |');
    });
    expect(rows.join('\n')).toBe(TABLE.trim());
  });

  it('has prompts that parse, with a second text in pair tasks only', () => {
    for (const task of TASKS) {
      const { pieces } = parseTemplate(task.prompt, task);
      expect(pieces.some(({ kind }) => kind === 'second')).toBe(task.pair);
    }
  });

  it('has label words that are single tokens of the embedded model', async () => {
    const tokenizer = await loadTokenizer(checkpointFolder(join(import.meta.dirname, '../../../models/tiny-mlm')));
    for (const task of TASKS) expect(await labelWordIds(tokenizer, task.labels)).toHaveLength(task.labels.length);
  });
});

describe('findTask', () => {
  it('finds a task by name', () => {
    expect(findTask('rte').name).toBe('rte');
  });

  it('suggests near names', async () => {
    expect(await failureOf(() => findTask('SST2'))).toMatchObject({
      code: 'lm.unknown-task',
      message: `There is no task 'SST2'. Did you mean sst-2 or sst-5? Known tasks: ${TASKS.map(({ name }) => name).join(', ')}. For a task of your own give the path of its JSON file.`,
    });
    expect((await failureOf(() => findTask('weather'))).message).toMatch(
      "There is no task 'weather'. Known tasks: afinn,",
    );
  });
});
