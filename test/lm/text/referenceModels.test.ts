/** The tokens of the small reference checkpoints, whose ids are those of Hugging Face's tokenizers. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/lm/model/config.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { nativeTokenizer } from '../../../src/lm/node/text/nativeTokenizer.ts';
import { buildPrompt } from '../../../src/lm/text/prompts.ts';
import { parseTemplate } from '../../../src/lm/text/template.ts';
import { labelWordIds, loadTokenizer } from '../../../src/lm/text/tokenizer.ts';
import { familyOf } from '../../../src/nets/index.ts';
import { describeWithShared } from '../../support/shared.ts';
import { MODELS } from '../model/references.ts';

interface Values {
  readonly texts: readonly { readonly text: string; readonly ids: readonly number[]; readonly position: number }[];
  readonly odd_texts: readonly {
    readonly text: string;
    readonly ids: readonly number[];
    readonly ids_without_special: readonly number[];
  }[];
  readonly labels: readonly { readonly word: string; readonly token: string; readonly id: number }[];
}

describeWithShared('tokens of', 'reference/lm-models', (root) => {
  describe.each(MODELS)('%s', (name) => {
    const folder = `${root}/${name}`;
    const values = (): Values => JSON.parse(readFileSync(`${folder}/values.json`, 'utf8'));
    const load = async () => {
      const files = checkpointFolder(folder);
      const { predicts } = familyOf(await readConfig(files));
      return { predicts, tokenizer: await loadTokenizer(files, nativeTokenizer) };
    };

    it('has the ids of odd texts, with and without special tokens', async () => {
      const { tokenizer } = await load();
      const { special, begin } = tokenizer;
      const [before, after] = special === undefined ? [begin, []] : [[special.cls], [special.sep]];
      const found: {
        readonly text: string;
        readonly ids: readonly number[];
        readonly ids_without_special: readonly number[];
      }[] = [];
      for (const { text } of values().odd_texts) {
        const ids = await tokenizer.encode(text);
        found.push({ text, ids: [...before, ...ids, ...after], ids_without_special: ids });
      }
      expect(found).toEqual(
        values().odd_texts.map(({ text, ids, ids_without_special }) => ({ text, ids, ids_without_special })),
      );
      expect(found.length).toBeGreaterThan(4);
    });

    it('has the prompts of texts, and the position that is read', async () => {
      const { tokenizer, predicts } = await load();
      const template = parseTemplate(predicts === 'masked words' ? '{a}_It was{m}.' : '{a}_It was');
      const found: unknown[] = [];
      for (const { text } of values().texts) {
        const { ids, place } = await buildPrompt(template, tokenizer, { text }, { maxTokens: 512 });
        found.push({ text, ids, position: place });
      }
      expect(found).toEqual(values().texts.map(({ text, ids, position }) => ({ text, ids, position })));
    });

    it('has the label words', async () => {
      const { tokenizer } = await load();
      const { labels } = values();
      const ids = await labelWordIds(
        tokenizer,
        labels.map(({ word }) => ({ name: word, word })),
      );
      expect(ids.map((id) => ({ id, token: tokenizer.token(id) }))).toEqual(
        labels.map(({ id, token }) => ({ id, token })),
      );
    });
  });
});

describeWithShared('inputs from the field', 'field', (field) => {
  // What the folders' READMEs say of the tokens of Hugging Face's library.
  it.each([
    ['tok-charsmap', 'A GREAT film', '▁a ▁ g rea t ▁ f il m'],
    ['tok-punctuation', 'A DULL film -- no!!', 'a dull film - - n ##o ! !'],
    ['tok-whitespace', 'Quelle idée ratée, hélas', 'Quelle idée ratée , hélas'],
  ])('%s', async (name, text, expected) => {
    const tokenizer = await loadTokenizer(checkpointFolder(`${field}/${name}`), nativeTokenizer);
    expect((await tokenizer.encode(text)).map(tokenizer.token).join(' ')).toBe(expected);
  });
});
