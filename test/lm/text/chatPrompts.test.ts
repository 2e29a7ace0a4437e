import { describe, expect, it, test } from 'vitest';
import type { Example } from '../../../src/lm/data/example.ts';
import { buildChat, type ChatLimits, openChat } from '../../../src/lm/text/chatPrompts.ts';
import { parseTemplate } from '../../../src/lm/text/template.ts';
import type { PromptTokenizer } from '../../../src/lm/text/tokenizer.ts';
import { failureOf } from '../../support/failure.ts';
import { byteLevel, loadTiny, spell, wordPiece } from './tinyTokenizers.ts';

const CONFIG = { model_type: 'gpt2' };
const CHAT =
  "{% for m in messages %}{{ '<s>' + m.content + '</s>' }}{% endfor %}{% if add_generation_prompt %}:{% endif %}";

const decoder = (configuration: object, others: Readonly<Record<string, object | string>> = {}) =>
  loadTiny(byteLevel(), { 'config.json': CONFIG, 'tokenizer_config.json': configuration, ...others });

const FILES = { 'config.json': CONFIG, 'tokenizer_config.json': { chat_template: '{{ messages[0].content }}:' } };

/** Every character is a token. */
const wordLevel = (...tokens: readonly string[]): object => ({
  version: '1.0',
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: 'Split', pattern: { Regex: '.' }, behavior: 'Isolated', invert: false },
  post_processor: null,
  decoder: null,
  model: { type: 'WordLevel', unk_token: '</s>', vocab: Object.fromEntries(tokens.map((token, id) => [token, id])) },
});

async function built(prompt: string, example: Pick<Example, 'text' | 'text2'>, limits: Partial<ChatLimits> = {}) {
  const tokenizer = await decoder({ chat_template: CHAT });
  const all = { maxTokens: 100, most: 100, ...limits };
  const chat = await openChat(tokenizer);
  const { ids, place, removedTokens } = await buildChat(parseTemplate(prompt), tokenizer, chat, example, all);
  expect(place).toBe(ids.length - 1);
  return { tokens: spell(tokenizer, ids), removedTokens };
}

describe('a prompt in a chat template', () => {
  it('is the user’s message, without special tokens but the template’s', async () => {
    expect(await built('{a}_great', { text: 'bad' })).toEqual({ tokens: '<s> bad Ġgreat </s> :', removedTokens: 0 });
    expect(await built('{a}?_{b}', { text: 'bad', text2: 'great' })).toEqual({
      tokens: '<s> bad ? Ġgreat </s> :',
      removedTokens: 0,
    });
  });

  it('is cut in its texts where the message is too long, never in the template', async () => {
    // Of 3 tokens of text and 1 of the prompt, 3 fit in all; the template's 3 tokens come on top.
    const text = 'bad bad bad';
    expect(await built('{a}_great', { text }, { maxTokens: 4 })).toMatchObject({ removedTokens: 0 });
    expect(await built('{a}_great', { text }, { maxTokens: 3 })).toEqual({
      tokens: '<s> bad Ġbad Ġgreat </s> :',
      removedTokens: 1,
    });
  });

  it('is cut where the whole is too long for the model', async () => {
    expect(await built('{a}_great', { text: 'bad bad bad' }, { most: 6 })).toEqual({
      tokens: '<s> bad Ġbad Ġgreat </s> :',
      removedTokens: 1,
    });
  });

  it('loses of the first text what is beyond its cap, then of the second, then of the first', async () => {
    const example = { text: 'bad bad bad', text2: 'great great' };
    const prompt = '{a}?_{b}.';
    expect(await built(prompt, example, { cap: 2 })).toEqual({
      tokens: '<s> bad Ġbad ? Ġgreat Ġgreat . </s> :',
      removedTokens: 1,
    });
    expect(await built(prompt, example, { cap: 2, maxTokens: 5 })).toEqual({
      tokens: '<s> bad Ġbad ? Ġgreat . </s> :',
      removedTokens: 2,
    });
    expect(await built(prompt, example, { maxTokens: 3 })).toEqual({ tokens: '<s> bad ? . </s> :', removedTokens: 4 });
  });

  it('is cut within a word where no whole one fits, and between letters of scripts without spaces', async () => {
    expect(await built('{a}_great', { text: 'badbad bad' }, { maxTokens: 2 })).toEqual({
      tokens: '<s> bad Ġgreat </s> :',
      removedTokens: 2,
    });
    const tokenizer = await loadTiny(wordLevel('好', '片', '子', ':', '</s>'), { ...FILES });
    const chat = await openChat(tokenizer);
    const limits = { maxTokens: 2, most: 100 };
    const { ids, removedTokens } = await buildChat(parseTemplate('{a}'), tokenizer, chat, { text: '好片子' }, limits);
    expect({ tokens: spell(tokenizer, ids), removedTokens }).toEqual({ tokens: '好 片 :', removedTokens: 1 });
  });

  it('has room for text', async () => {
    const refused = (limits: Partial<ChatLimits>) => failureOf(() => built('{a}_great', { text: 'bad' }, limits));
    expect(await refused({ maxTokens: 1 })).toMatchObject({
      code: 'lm.prompt-too-long',
      message:
        "The prompt '{a}_great' takes 1 token without any text, and at most 1 fit; expected room for at least one token of text. Shorten the prompt or allow more tokens.",
    });
    expect((await refused({ most: 4 })).message).toContain('takes 4 tokens without any text, and at most 4 fit');
  });

  it('has texts as every prompt', async () => {
    const refused = (prompt: string, example: Pick<Example, 'text' | 'text2'>) =>
      failureOf(() => built(prompt, example, { where: 'line 3' }));
    expect(await refused('{a}', { text: ' ' })).toMatchObject({ code: 'lm.empty-text' });
    expect(await refused('{a}_{b}', { text: 'bad' })).toMatchObject({ code: 'lm.missing-second-text' });
    expect(await refused('{a}', { text: '☃' })).toMatchObject({ code: 'lm.no-tokens' });
  });
});

describe('the label word', () => {
  const opened = async (template: string) => {
    const tokenizer = await decoder({ chat_template: template, bos_token: '<s>' });
    const { words, form } = await openChat(tokenizer);
    return { words, form, tokens: async (word: string) => spell(tokenizer, (await words.wordTokens(word)).ids) };
  };
  const answers = (before: string, space: string): string =>
    `{% for m in messages %}{{ m.content if m.role == 'user' else '${before}${space}' + m.content }}{% endfor %}{% if add_generation_prompt %}${before}{% endif %}`;

  it('follows the beginning of the answer with the space that the template puts there', async () => {
    const [apart, together] = [await opened(answers(':', ' ')), await opened(answers(':', ''))];
    expect([apart.form, together.form]).toEqual(['{prompt}: {word}', '{prompt}:{word}']);
    expect([await apart.tokens('bad'), await together.tokens('bad')]).toEqual(['Ġbad', 'bad']);
  });

  it('does not join what stands before', async () => {
    const { form, tokens } = await opened(answers(': ', ''));
    expect([form, await tokens('bad')]).toEqual(['{prompt}: {word}', 'bad']);
  });

  it('follows directly where answers are written in another way, or refused', async () => {
    const other = await opened('{{ messages[-1].content }}{% if add_generation_prompt %}:{% endif %}');
    expect(other.form).toBe('{prompt}:{word}');
    const refusing =
      "{% for m in messages %}{% if m.role == 'assistant' %}{{ raise_exception('no') }}{% endif %}{{ m.content }}{% endfor %}:";
    expect((await opened(refusing)).form).toBe('{prompt}:{word}');
  });

  it('has to be one token there, with words that are', async () => {
    const { words } = await opened(CHAT);
    expect(await failureOf(() => words.labelWordId('great', 'positive'))).toMatchObject({
      code: 'lm.bad-label-word',
      message:
        "The word 'great' of label 'positive' becomes [g, r, eat], which is 3 tokens; expected one known token. Choose another word for this label. One token each are eat.",
    });
    expect(await words.labelWordId('bad', 'negative')).toBeGreaterThan(0);
  });
});

describe('a chat template that cannot be taken', () => {
  const refusal = async (tokenizer: PromptTokenizer) => {
    const { code, message } = await failureOf(() => openChat(tokenizer));
    return { code, message: message.replaceAll(tokenizer.folder, 'FOLDER') };
  };
  const OUT = 'leave --chat-template out: the prompt is then the whole text.';

  it('is not there', async () => {
    expect(await refusal(await decoder({}))).toEqual({
      code: 'lm.no-chat-template',
      message: `Folder 'FOLDER' has no chat template: expected the file chat_template.jinja, or chat_template in tokenizer_config.json. A model that was not trained on conversations has none: choose one that was, download the file into the folder, or ${OUT}`,
    });
  });

  it('is of a masked language model', async () => {
    const masked = await loadTiny(wordPiece(), { 'tokenizer_config.json': { chat_template: CHAT } });
    expect(await refusal(masked)).toEqual({
      code: 'lm.chat-of-masked-model',
      message: `A chat template is asked for, and the model in 'FOLDER' predicts masked words; expected a decoder, whose answer begins with the label word. Choose one, or ${OUT}`,
    });
  });

  test.each([
    [{ chat_template: 5 }, ['chat_template is 5']],
    [{ chat_template: [] }, ['chat_template is an empty list']],
    [
      { chat_template: [{ name: 'default' }, { name: 'default', template: CHAT }, 'x'] },
      ['chat_template[0] is {"name":"default"}', 'chat_template[2] is "x"'],
    ],
  ])('is no text and no list of named ones: %j', async (configuration, problems) => {
    expect(await refusal(await decoder(configuration))).toEqual({
      code: 'lm.bad-chat-templates',
      message: `FOLDER/tokenizer_config.json gives no chat template that can be read:${problems.map((one) => `\n  - ${one}`).join('')}\nExpected is a text, or a list such as [{"name": "default", "template": "..."}]. Get the file again from the model's source, or correct it.`,
    });
  });

  it('is one of several of which none is named default', async () => {
    const named = ['tools', 'documents'].map((name) => ({ name, template: CHAT }));
    expect(await refusal(await decoder({ chat_template: named }))).toEqual({
      code: 'lm.no-default-chat-template',
      message:
        'FOLDER/tokenizer_config.json has the chat templates tools, documents; expected one of the name default, which plain conversations take. Call the one that you mean default.',
    });
    const chat = await openChat(
      await decoder({ chat_template: [...named, { name: 'default', template: `${CHAT}!` }] }),
    );
    expect(chat.form).toBe('<s>{prompt}</s>:!{word}');
  });

  test.each([
    [
      '{% if %}',
      /^The chat template in FOLDER\/chat_template\.jinja does not render one message of the user and the beginning of an answer: .+\. Get it again/,
    ],
    ['{{ messages[0].content.nothing() }}', /does not render one message .+: .+\. Get it again/],
    ["{{ strftime_now('%Q') }}", /: strftime_now knows no %Q\. Get it again/],
  ])('does not render: %s', async (template, expected) => {
    const { code, message } = await refusal(await decoder({}, { 'chat_template.jinja': template }));
    expect(code).toBe('lm.failed-chat-template');
    expect(message).toMatch(expected);
    expect(message.endsWith(OUT)).toBe(true);
  });

  it('refuses in its own words', async () => {
    const strict =
      "{% if messages[0].role != 'system' %}{{ raise_exception('A system message comes first.') }}{% endif %}";
    expect(await refusal(await decoder({ chat_template: strict }))).toEqual({
      code: 'lm.refused-by-chat-template',
      message: `The chat template in FOLDER/tokenizer_config.json refuses one message of the user: "A system message comes first.". Correct the template so that it takes a conversation that this message begins, or ${OUT}`,
    });
  });

  it('loses the message, or changes it', async () => {
    expect(await refusal(await decoder({ chat_template: 'Hello!' }))).toEqual({
      code: 'lm.lost-by-chat-template',
      message: `The chat template in FOLDER/tokenizer_config.json does not hold the user's message as it is, "{prompt}", in what it renders; expected it unchanged. Correct the template, or ${OUT}`,
    });
    const tokenizer = await decoder({ chat_template: "{{ messages[0].content | replace('bad', 'good') }}" });
    const { render } = await openChat(tokenizer);
    expect(await failureOf(async () => render('It was bad'))).toMatchObject({ code: 'lm.lost-by-chat-template' });
  });
});

it('the file of its own prevails, and finds the tokens that either file names', async () => {
  const { form } = await openChat(
    await decoder(
      { chat_template: 'Hello!', bos_token: null, eos_token: { content: '</s>' } },
      {
        'chat_template.jinja': '{{ bos_token }}{{ messages[0].content }}{{ eos_token }}{{ pad_token }}',
        'special_tokens_map.json': { bos_token: '<s>' },
      },
    ),
  );
  expect(form).toBe('<s>{prompt}</s>{word}');
});

it('a template that counts, or writes the date, writes the same on every day', async () => {
  const template =
    "{% for k in range(2) %}{{ k }}{% endfor %}{{ range(5, 1, -2) | join }}{{ strftime_now(' %-d.%m.%y ') }}";
  const { form } = await openChat(await decoder({ chat_template: `${template}{{ messages[0].content }}` }));
  expect(form).toBe('0153 26.07.24 {prompt}{word}');
});
