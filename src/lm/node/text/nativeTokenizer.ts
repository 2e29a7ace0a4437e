import { isJsonObject } from '../../model/json.ts';
import * as errors from '../../text/tokenizerErrors.ts';
import type { Tokenizer, TokenizerDefinition, Tokens } from '../../text/tokenizerLibrary.ts';

/**
 * A tokenizer of Hugging Face's own implementation, `tokenizers`, compiled for Node: the reference for every kind of
 * `tokenizer.json`. It is loaded by the first call. Throws that library's errors.
 * @throws UnsupportedError `lm.no-native-tokenizer` on machines that it has no build for.
 */
export async function nativeTokenizer({ text, json }: TokenizerDefinition): Promise<Tokenizer> {
  const library = await load();
  const tokenizer = library.Tokenizer.fromString(text);
  // They are for whole inputs; a prompt is put together from pieces, and cut as its task says.
  tokenizer.disableTruncation();
  tokenizer.disablePadding();
  const id = (token: string) => tokenizer.tokenToId(token) ?? undefined;
  const unknown =
    isJsonObject(json.model) && typeof json.model.unk_token === 'string' ? json.model.unk_token : undefined;
  const encode = async (piece: string): Promise<Tokens> => {
    try {
      const encoding = await tokenizer.encode(piece, null, { addSpecialTokens: false });
      return { ids: encoding.getIds(), tokens: encoding.getTokens() };
    } catch (cause) {
      // The library fails at a word that it cannot spell where the token for such words is none of the vocabulary's.
      if (unknown === undefined || id(unknown) !== undefined) throw cause;
      return { ids: [undefined], tokens: [unknown] };
    }
  };
  return {
    vocabulary: 1 + Object.values(tokenizer.getVocab(true)).reduce((largest, other) => Math.max(largest, other), -1),
    encode,
    id,
    token: (place) => tokenizer.idToToken(place) ?? undefined,
  };
}

async function load() {
  try {
    return (await import('tokenizers')).default;
  } catch (cause) {
    const [reason] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw errors.noNativeTokenizer(`${process.platform} ${process.arch}`, reason ?? '');
  }
}
