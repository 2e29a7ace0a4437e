import { Tokenizer as Library } from '@huggingface/tokenizers';
import type { Tokenizer, TokenizerDefinition } from './tokenizerLibrary.ts';

/** A tokenizer of `@huggingface/tokenizers`, which runs in Node and in browsers alike. Throws that library's errors. */
export function javascriptTokenizer({ json, configuration }: TokenizerDefinition): Tokenizer {
  const library = new Library(json, configuration);
  return {
    vocabulary: 1 + [...library.get_vocab().values()].reduce((largest, id) => Math.max(largest, id), -1),
    encode: async (text) => library.encode(text, { add_special_tokens: false }),
    id: (token) => library.token_to_id(token),
    token: (id) => library.id_to_token(id),
  };
}
