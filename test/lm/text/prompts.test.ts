import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { findTask, TASKS } from '../../../src/lm/data/tasks.ts';
import { loadData } from '../../../src/lm/node/data/data.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { nativeTokenizer } from '../../../src/lm/node/text/nativeTokenizer.ts';
import { buildPlain, buildPrompt } from '../../../src/lm/text/prompts.ts';
import { parseTemplate, type Template } from '../../../src/lm/text/template.ts';
import { labelWordIds, loadTokenizer, type PromptTokenizer } from '../../../src/lm/text/tokenizer.ts';
import { failureOf } from '../../support/failure.ts';
import { describeWithFolder, describeWithShared, sharedPath } from '../../support/shared.ts';
import { byteLevel, loadTiny, spell, wordPiece } from './tinyTokenizers.ts';

const ROOMY = { maxTokens: 128 };
const EMBEDDED = join(import.meta.dirname, '../../../models/tiny-mlm');

function templateOf(task: string): Template {
  const found = findTask(task);
  return parseTemplate(found.prompt, found);
}

describe('buildPrompt', () => {
  it('asks a masked language model for the place of the word, which a prompt of a decoder lacks', async () => {
    const masked = await loadTiny(wordPiece());
    expect(
      await failureOf(() => buildPrompt(parseTemplate('{a}_It was'), masked, { text: 'bad' }, ROOMY)),
    ).toMatchObject({
      code: 'lm.bad-template',
      message:
        "The prompt '{a}_It was' has no {m}, where a masked language model predicts the label word; expected it once, as in '{a}_It was{m}.'. Without it, a prompt is for decoders, which predict the word that follows.",
    });
  });

  it('puts a text into a prompt and says where the mask is', async () => {
    const tokenizer = await loadTiny(wordPiece());
    const { ids, place, removedTokens } = await buildPrompt(
      templateOf('sst-2'),
      tokenizer,
      { text: 'Good film.' },
      ROOMY,
    );
    expect(spell(tokenizer, ids)).toBe('[CLS] good film . it was [MASK] . [SEP]');
    expect({ place, removedTokens }).toEqual({ place: 6, removedTokens: 0 });
  });

  it('drops the last character of the first text and lower-cases the first letter of the second', async () => {
    const tokenizer = await loadTiny(wordPiece(false));
    const { ids } = await buildPrompt(templateOf('rte'), tokenizer, { text: 'this is bad.', text2: 'It was' }, ROOMY);
    expect(spell(tokenizer, ids)).toBe('[CLS] this is bad ? [MASK] , it was [SEP]');
    const same = await buildPrompt(templateOf('qqp'), tokenizer, { text: 'this is bad.', text2: 'It was' }, ROOMY);
    expect(spell(tokenizer, same.ids)).toBe('[CLS] this is bad . [MASK] , it was [SEP]');
  });

  it('drops one character, not half of one', async () => {
    const tokenizer = await loadTiny(wordPiece());
    const { ids } = await buildPrompt(templateOf('rte'), tokenizer, { text: 'good😀', text2: 'b' }, ROOMY);
    expect(spell(tokenizer, ids)).toBe('[CLS] good ? [MASK] , b [SEP]');
  });

  it('keeps the space of the template inside the next token of a byte-level vocabulary', async () => {
    const tokenizer = await loadTiny(byteLevel());
    const first = await buildPrompt(parseTemplate('{m}:_{a}'), tokenizer, { text: 'great' }, ROOMY);
    expect(spell(tokenizer, first.ids)).toBe('<s> <mask> : Ġgreat </s>');
    const literal = await buildPrompt(parseTemplate('{a}_bad{m}.'), tokenizer, { text: 'bad' }, ROOMY);
    expect(spell(tokenizer, literal.ids)).toBe('<s> bad Ġbad <mask> . </s>');
  });

  it('cuts the first text to its cap, then the second, then the first', async () => {
    const tokenizer = await loadTiny(wordPiece());
    const example = { text: 'a a a a a a', text2: 'b b b b' };
    const cut = async (maxTokens: number, cap?: number) => {
      const limits = cap === undefined ? { maxTokens } : { maxTokens, cap };
      const { ids, removedTokens } = await buildPrompt(templateOf('mrpc'), tokenizer, example, limits);
      expect(ids.length).toBeLessThanOrEqual(maxTokens);
      return `${spell(tokenizer, ids).replace(/^\[CLS\] | \[SEP\]$/g, '')} / ${removedTokens}`;
    };
    expect(await cut(14)).toBe('a a a a a a [MASK] , b b b b / 0');
    expect(await cut(14, 5)).toBe('a a a a a [MASK] , b b b b / 1');
    expect(await cut(11, 5)).toBe('a a a a a [MASK] , b b / 3');
    expect(await cut(9, 5)).toBe('a a a a a [MASK] , / 5');
    expect(await cut(7, 5)).toBe('a a a [MASK] , / 7');
    expect(await cut(5)).toBe('a [MASK] , / 9');
  });

  it('refuses a prompt that leaves no room for text', async () => {
    const tokenizer = await loadTiny(wordPiece());
    expect(
      await failureOf(() => buildPrompt(templateOf('sst-2'), tokenizer, { text: 'a' }, { maxTokens: 6 })),
    ).toMatchObject({
      code: 'lm.prompt-too-long',
      message:
        "The prompt '{a}_It was{m}.' takes 6 tokens without any text, and at most 6 fit; expected room for at least one token of text. Shorten the prompt or allow more tokens.",
    });
  });

  it('refuses empty and missing texts, saying where they are', async () => {
    const tokenizer = await loadTiny(wordPiece());
    const limits = { ...ROOMY, where: 'rte.jsonl line 7' };
    expect(await failureOf(() => buildPrompt(templateOf('sst-2'), tokenizer, { text: ' \n' }, limits))).toMatchObject({
      code: 'lm.empty-text',
      message:
        'rte.jsonl line 7: "text" is empty; expected at least one character that is not a space. Fill it in or remove the example.',
    });
    expect((await failureOf(() => buildPrompt(templateOf('sst-2'), tokenizer, { text: '' }, ROOMY))).message).toMatch(
      'The example: "text" is empty;',
    );
    expect(
      (await failureOf(() => buildPrompt(templateOf('rte'), tokenizer, { text: 'a.', text2: '' }, limits))).message,
    ).toMatch('rte.jsonl line 7: "text2" is empty;');
    expect(await failureOf(() => buildPrompt(templateOf('rte'), tokenizer, { text: 'a.' }, limits))).toMatchObject({
      code: 'lm.missing-second-text',
      message:
        'rte.jsonl line 7: "text2" is missing; this task compares two texts. Add it, or choose a task with one text.',
    });
  });

  it('refuses a text that looks empty to the model, and shows what is in it', async () => {
    const tokenizer = await loadTokenizer(checkpointFolder(EMBEDDED), nativeTokenizer);
    const limits = { ...ROOMY, where: 'rte.jsonl line 7' };
    expect(
      await failureOf(() => buildPrompt(templateOf('sst-2'), tokenizer, { text: '\u200B' }, limits)),
    ).toMatchObject({
      code: 'lm.no-tokens',
      message:
        'rte.jsonl line 7: "text" is "\\u{200B}", which the tokenizer turns into no token at all; expected text that it can spell. Correct the text or remove the example.',
    });
    const second = { text: 'a.', text2: '\u0001 \uFFFD' };
    expect((await failureOf(() => buildPrompt(templateOf('rte'), tokenizer, second, limits))).message).toMatch(
      'rte.jsonl line 7: "text2" is "\\u{1} \uFFFD", which the tokenizer',
    );
    expect((await failureOf(() => buildPlain(false, tokenizer, { text: '\u200B' }, ROOMY))).code).toBe('lm.no-tokens');
  });

  it('takes a text of one character that is dropped, as LM-BFF does', async () => {
    const tokenizer = await loadTokenizer(checkpointFolder(EMBEDDED), nativeTokenizer);
    const { ids } = await buildPrompt(templateOf('rte'), tokenizer, { text: '.', text2: 'A man.' }, ROOMY);
    expect(spell(tokenizer, ids)).toBe('[CLS] ? [MASK] , a man . [SEP]');
  });

  it.each([
    ['mnli', '[CLS] it was a wet day ? [MASK] , the street was wet . [SEP]'],
    ['snli', '[CLS] it was a wet day ? [MASK] , the street was wet . [SEP]'],
    ['qnli', '[CLS] it was a wet day ? [MASK] , the street was wet . [SEP]'],
    ['rte', '[CLS] it was a wet day ? [MASK] , the street was wet . [SEP]'],
    ['mrpc', '[CLS] it was a wet day . [MASK] , the street was wet . [SEP]'],
    ['qqp', '[CLS] it was a wet day . [MASK] , the street was wet . [SEP]'],
  ])('spells a pair of %s', async (name, spelled) => {
    const tokenizer = await loadTokenizer(checkpointFolder(EMBEDDED), nativeTokenizer);
    const example = { text: 'It was a wet day.', text2: 'The street was wet.' };
    const { ids, place } = await buildPrompt(templateOf(name), tokenizer, example, findTask(name));
    expect(spell(tokenizer, ids)).toBe(spelled);
    expect(ids[place]).toBe(tokenizer.special?.mask);
  });

  describe('for any texts, limits and tasks', () => {
    let tokenizer: PromptTokenizer;
    beforeAll(async () => {
      tokenizer = await loadTokenizer(checkpointFolder(EMBEDDED), nativeTokenizer);
    });

    it('never exceeds the limit, never cuts the prompt, and counts what it removes', async () => {
      const words = fc.array(fc.constantFrom('good', 'film', ',', 'naïve', 'unbelievably', '.'), {
        minLength: 1,
        maxLength: 40,
      });
      const text = words.map((list) => list.join(' '));
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...TASKS),
          text,
          text,
          fc.integer({ min: 12, max: 60 }),
          fc.integer({ min: 1, max: 50 }),
          async (task, first, second, maxTokens, cap) => {
            const template = parseTemplate(task.prompt, task);
            // A drop may leave nothing of a text of one character; a letter more keeps the count comparable.
            const example = { text: `${first}x`, text2: second };
            const whole = await buildPrompt(template, tokenizer, example, { maxTokens: 10_000 });
            const cut = await buildPrompt(template, tokenizer, example, { maxTokens, cap });
            const { cls, sep, mask } = tokenizer.special ?? expect.fail('no special tokens');
            expect(whole.removedTokens).toBe(0);
            expect(cut.ids.length).toBeLessThanOrEqual(maxTokens);
            expect(cut.ids.length + cut.removedTokens).toBe(whole.ids.length);
            expect([cut.ids[0], cut.ids.at(-1), cut.ids[cut.place]]).toEqual([cls, sep, mask]);
            expect(cut.ids.filter((id) => id === mask)).toHaveLength(1);
            const rest = [...cut.ids];
            for (const piece of template.pieces) {
              if (piece.kind !== 'literal') continue;
              const literal = await tokenizer.encode(piece.text);
              const at = rest.findIndex((_, i) => literal.every((id, j) => rest[i + j] === id));
              expect(at).toBeGreaterThanOrEqual(0);
              rest.splice(0, at + literal.length);
            }
          },
        ),
      );
    });
  });
});

describe('buildPlain', () => {
  it('has the text alone, or one separator between two', async () => {
    const tokenizer = await loadTiny(wordPiece());
    const example = { text: 'good film', text2: 'bad' };
    expect(spell(tokenizer, (await buildPlain(false, tokenizer, example, ROOMY)).ids)).toBe('[CLS] good film [SEP]');
    expect(spell(tokenizer, (await buildPlain(true, tokenizer, example, ROOMY)).ids)).toBe(
      '[CLS] good film [SEP] bad [SEP]',
    );
    expect(await buildPlain(true, tokenizer, example, { maxTokens: 5 })).toEqual({
      ids: [2, 15, 16, 3, 3],
      removedTokens: 1,
    });
  });
});

/** The parts of the reference files (run.py of LM-Kernel-FT, see their README) that concern tokens. */
interface ReferenceInputs {
  readonly inputs_train: readonly { readonly input_ids: number[]; readonly mask_pos: number }[];
  readonly inputs_test: readonly { readonly input_ids: number[]; readonly mask_pos: number }[];
  readonly texts: readonly (readonly string[])[];
  readonly label_word_ids: readonly number[];
}

function readReference(name: string): ReferenceInputs {
  // A file of known layout beside the repository.
  return JSON.parse(readFileSync(sharedPath(`reference/lm/${name}`) ?? '', 'utf8')) as ReferenceInputs;
}

describeWithShared('the reference inputs', 'reference/lm/tiny_roberta', (folder) => {
  it('are reproduced in the prompt setting', async () => {
    const reference = readReference('tiny_prompt.json');
    const tokenizer = await loadTokenizer(checkpointFolder(folder), nativeTokenizer);
    const task = findTask('sst-2');
    expect(await labelWordIds(tokenizer, task.labels)).toEqual(reference.label_word_ids);
    for (const [split, inputs] of [reference.inputs_train, reference.inputs_test].entries()) {
      const built = await Promise.all(
        (reference.texts[split] ?? []).map((text) => buildPrompt(templateOf('sst-2'), tokenizer, { text }, ROOMY)),
      );
      expect(built.length).toBeGreaterThan(0);
      expect(built).toEqual(
        inputs.map(({ input_ids, mask_pos }) => ({ ids: input_ids, place: mask_pos, removedTokens: 0 })),
      );
    }
  });

  it('are reproduced in the setting without prompt', async () => {
    const reference = readReference('tiny_finetune_cls.json');
    const tokenizer = await loadTokenizer(checkpointFolder(folder), nativeTokenizer);
    for (const [split, inputs] of [reference.inputs_train, reference.inputs_test].entries()) {
      const built = await Promise.all(
        (reference.texts[split] ?? []).map((text) => buildPlain(false, tokenizer, { text }, ROOMY)),
      );
      expect(built.length).toBeGreaterThan(0);
      expect(built.map(({ ids }) => ids)).toEqual(inputs.map(({ input_ids }) => input_ids));
    }
  });
});

describeWithShared('the pairs of the paper', 'data/tasks', (data) => {
  const tokenizers = [EMBEDDED, sharedPath('reference/lm/tiny_roberta')].filter((path) => path !== undefined);
  const names = TASKS.filter(({ pair }) => pair).map(({ name }) => name);
  const cases = tokenizers.flatMap((path) => names.map((name) => [name, basename(path), path] as const));

  it.each(cases)('%s is assembled piece by piece, with the tokens of %s', async (name, _, path) => {
    const task = findTask(name);
    const tokenizer = await loadTokenizer(checkpointFolder(path), nativeTokenizer);
    const { cls, sep, mask } = tokenizer.special ?? expect.fail('no special tokens');
    const { test } = await loadData({ task, source: { path: data }, shots: 1, seeds: [] });
    const question = ['mrpc', 'qqp'].includes(name) ? [] : await tokenizer.encode('?');
    const comma = await tokenizer.encode(',');
    let whole = 0;
    for (const example of test.slice(0, 300)) {
      const { text, text2 = '' } = example;
      const shortened = question.length > 0 ? [...text].slice(0, -1).join('') : text;
      const lowered = [...text2].map((letter, index) => (index === 0 ? letter.toLowerCase() : letter)).join('');
      const first = await tokenizer.encode(shortened);
      const second = await tokenizer.encode(` ${lowered}`);
      const cut = first.slice(0, task.cap);
      const room = task.maxTokens - 3 - question.length - comma.length;
      const kept = cut.slice(0, room);
      const rest = second.slice(0, room - kept.length);
      const built = await buildPrompt(templateOf(name), tokenizer, example, task);
      expect(built).toEqual({
        ids: [cls, ...kept, ...question, mask, ...comma, ...rest, sep],
        place: 1 + kept.length + question.length,
        removedTokens: first.length + second.length - kept.length - rest.length,
      });
      if (built.removedTokens === 0) whole++;
    }
    expect(whole).toBeGreaterThan(100);
  });
});

describeWithFolder('the six-layer encoder', 'NEXORT_MINILM', '../shared/models/get-minilm', (folder) => {
  it('gets the reference token ids', async () => {
    const path = sharedPath('reference/lm/minilm_kernels.json') ?? '';
    // A file of known layout beside the repository.
    const reference = JSON.parse(readFileSync(path, 'utf8')) as { sentences: string[]; input_ids: number[][] };
    const tokenizer = await loadTokenizer(checkpointFolder(folder), nativeTokenizer);
    // The reference was made from its sentences as they stand in the file.
    const built = await Promise.all(reference.sentences.map((text) => buildPlain(false, tokenizer, { text }, ROOMY)));
    expect(built.map(({ ids }) => ids)).toEqual(reference.input_ids);
  });
});
