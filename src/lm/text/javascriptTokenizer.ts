import { Tokenizer as Library } from '@huggingface/tokenizers';
import { javascriptLimits } from './javascriptLimits.ts';
import { javascriptTexts, madeByNormalization } from './javascriptTexts.ts';
import * as errors from './tokenizerErrors.ts';
import type { Tokenizer, TokenizerDefinition } from './tokenizerLibrary.ts';

/** What the library asks for, used or not. */
const ABSENT = { added_tokens: [], normalizer: null, pre_tokenizer: null } as const;

/**
 * A tokenizer of `@huggingface/tokenizers`, which runs in Node and in browsers alike, behind a guard: what that library does
 * not do as the reference implementation is refused, be it a key of `tokenizer.json` or a character of a text.
 * @throws UnsupportedError `lm.unsupported-tokenizer`, and at a text `lm.unsupported-text`.
 */
export function javascriptTokenizer({ json, file }: TokenizerDefinition): Tokenizer {
  const problems = javascriptLimits(json);
  if (problems.length > 0) throw errors.beyondJavascript(file, problems);
  const library = new Library({ ...ABSENT, ...json, post_processor: null, decoder: null }, {});
  const strange = javascriptTexts(json);
  const added = [...library.get_added_tokens_decoder().values()].map(({ content }) => content);
  const made = (text: string) =>
    library.normalizer === null ? undefined : madeByNormalization(text, library.normalizer.normalize(text), added);
  return {
    vocabulary: 1 + [...library.get_vocab().values()].reduce((largest, id) => Math.max(largest, id), -1),
    encode: async (text) => {
      const token = made(text);
      const found = strange(text) ?? (token === undefined ? undefined : `a spelling of the token "${token}"`);
      if (found !== undefined) throw errors.textBeyondJavascript(file, text, found);
      return library.encode(text, { add_special_tokens: false });
    },
    id: (token) => library.token_to_id(token),
    token: (id) => library.id_to_token(id),
  };
}
