/** Conversations in chat templates of several forms against transformers, to the token; chatTemplates.py recorded them. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { required } from '../../../../src/errors/index.ts';
import { buildChat, openChat } from '../../../../src/lm/text/chatPrompts.ts';
import { chatRenderer } from '../../../../src/lm/text/chatTemplate.ts';
import { parseTemplate } from '../../../../src/lm/text/template.ts';
import type { PromptTokenizer } from '../../../../src/lm/text/tokenizer.ts';
import { loadTiny } from '../tinyTokenizers.ts';
import { RECORDED } from './recorded.ts';

interface Reference {
  readonly marks: readonly string[];
  readonly templates: Readonly<Record<string, string>>;
  readonly texts: readonly {
    readonly form: string;
    readonly message: string;
    readonly text: string;
    /** With the answer `great`. */
    readonly answer: string;
  }[];
  /** By tokenizer, of each text, joined by spaces. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
}

const REFERENCE: Reference = JSON.parse(readFileSync(join(import.meta.dirname, 'chatTemplates.json'), 'utf8'));
const { marks, templates, texts, ids } = REFERENCE;

/** A recorded tokenizer with the marks as special tokens, as a decoder's in a folder with a template. */
async function withTemplate(name: string, template: string): Promise<PromptTokenizer> {
  const { json } = required(
    RECORDED.find((one) => one.name === name),
    'a recorded tokenizer',
  );
  const added = json.added_tokens as readonly { readonly id: number }[]; // as references.py wrote them
  const { vocab } = json.model as { readonly vocab: object }; // likewise
  const first = Math.max(Object.keys(vocab).length, 1 + Math.max(...added.map(({ id }) => id)));
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const own = marks.map((content, k) => ({ id: first + k, content, ...flags }));
  return loadTiny(
    { ...json, added_tokens: [...added, ...own] },
    {
      'config.json': { model_type: 'gpt2' },
      'tokenizer_config.json': { bos_token: '<s>', eos_token: { content: '</s>' }, chat_template: template },
    },
  );
}

test.each(Object.entries(templates))('texts of the form "%s"', async (form, template) => {
  const write = await chatRenderer((await withTemplate('bytes', template)).chat);
  const own = texts.filter((one) => one.form === form);
  const found = own.map(({ message }) => {
    const asked = { role: 'user', content: message } as const;
    return [write([asked], true), write([asked, { role: 'assistant', content: 'great' }], false)];
  });
  expect(found).toEqual(own.map(({ text, answer }) => [text, answer]));
  expect(found).toHaveLength(5);
});

test.each(Object.keys(ids))('ids of the tokenizer "%s"', async (name) => {
  const found: string[] = [];
  for (const [form, template] of Object.entries(templates)) {
    const tokenizer = await withTemplate(name, template);
    const chat = await openChat(tokenizer);
    for (const { message } of texts.filter((one) => one.form === form)) {
      const limits = { maxTokens: 512, most: 512 };
      const built = await buildChat(parseTemplate('{a}'), tokenizer, chat, { text: message }, limits);
      expect(built).toMatchObject({ place: built.ids.length - 1, removedTokens: 0 });
      found.push(built.ids.join(' '));
    }
  }
  expect(found).toEqual(ids[name]);
});

// What this vocabulary has in one token after a space, it has in two at the beginning of a line.
test.each([
  ['marks', '<|turn|>user\n{prompt}<|over|>\n<|turn|>assistant\n{word}', ['t', 'he']],
  ['brackets', '<s>[ASK] {prompt} [/ASK] {word}', ['▁the']],
  ['plain', '### Question:\n{prompt}\n\n### Answer: {word}', ['▁the']],
])('the label word of the form "%s" stands where the template puts answers', async (form, expected, tokens) => {
  const tokenizer = await withTemplate('llama', required(templates[form], 'a template'));
  const { form: found, words } = await openChat(tokenizer);
  expect(found).toBe(expected);
  expect((await words.wordTokens('the')).ids.map(tokenizer.token)).toEqual(tokens);
});
