/**
 * Prompts of decoders against transformers: `../shared/reference/lm-models`, whose prompts are tokenized as a whole, where ours
 * are put together from pieces.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { taskFor } from '../../../src/lm/data/nextWordPrompts.ts';
import { findTask, TASKS } from '../../../src/lm/data/tasks.ts';
import { readConfig } from '../../../src/lm/model/config.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { nativeTokenizer } from '../../../src/lm/node/text/nativeTokenizer.ts';
import { prompterOf } from '../../../src/lm/run/kernelInputs.ts';
import { parseTemplate } from '../../../src/lm/text/template.ts';
import { labelWordIds, loadTokenizer } from '../../../src/lm/text/tokenizer.ts';
import { failureOf } from '../../support/failure.ts';
import { describeWithShared } from '../../support/shared.ts';

const GPT2 = { family: 'gpt2' } as const;
const BERT = { family: 'bert' } as const;

describe('tasks for a decoder', () => {
  it('end with the label word, with words of their own where the prompt asks for others', () => {
    for (const task of TASKS) {
      const asked = taskFor(task, GPT2);
      expect(
        parseTemplate(asked.prompt).pieces.some(({ kind }) => kind === 'mask'),
        task.name,
      ).toBe(false);
      expect(asked.labels.map(({ name }) => name)).toEqual(task.labels.map(({ name }) => name));
      expect(taskFor(asked, GPT2)).toEqual(asked);
      expect(taskFor(task, BERT)).toBe(task);
    }
    expect(taskFor(findTask('rte'), GPT2)).toMatchObject({
      prompt: '{a}_Question:_{b}_Yes or no? Answer:',
      labels: [{ word: 'yes' }, { word: 'no' }],
      drop: false,
      lower: false,
    });
  });

  it('have one’s own prompt up to the label word', async () => {
    const own = (prompt: string) => taskFor({ ...findTask('sst-2'), name: 'mine', prompt }, GPT2).prompt;
    expect(own('{a}_All in all, it was{m}.')).toBe('{a}_All in all, it was');
    expect(own('{a}_Overall:_{m}')).toBe('{a}_Overall:');
    expect(own('{a}_I felt')).toBe('{a}_I felt');
    expect(await failureOf(() => own('{m}:_{a}'))).toMatchObject({
      code: 'lm.word-inside-prompt',
      message:
        "The prompt '{m}:_{a}' has words behind {m}, of which a decoder sees nothing when it predicts the label word; expected a prompt that the word ends, such as '{a}_It was'. Write one for this model.",
    });
  });
});

describeWithShared('prompts of decoders', 'reference/lm-models', (folder) => {
  test.each(['gpt2', 'llama', 'llama3_sharded', 'mistral', 'qwen3'])('%s', async (name) => {
    const files = checkpointFolder(`${folder}/${name}`);
    const tokenizer = await loadTokenizer(files, nativeTokenizer);
    const values = JSON.parse(readFileSync(`${folder}/${name}/values.json`, 'utf8')) as {
      readonly texts: readonly { readonly text: string; readonly ids: readonly number[]; readonly position: number }[];
      readonly labels: readonly { readonly word: string; readonly id: number }[];
    };
    const { labels } = values;
    const words = labels.map(({ word }) => ({ name: word, word }));
    expect(await labelWordIds(tokenizer, words)).toEqual(labels.map(({ id }) => id));
    const task = { ...findTask('sst-2'), labels: words };
    const { prompt } = await prompterOf(task, tokenizer, await readConfig(files));
    const built = [];
    for (const { text } of values.texts) built.push(await prompt({ text }));
    expect(built).toEqual(values.texts.map(({ ids, position: place }) => ({ ids, place, removedTokens: 0 })));
  });
});
