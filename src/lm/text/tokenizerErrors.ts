/** Messages about what a tokenizer's files ask for. */
import { UnsupportedError, UserError } from '../../errors/index.ts';
import { bullets } from '../wording.ts';

/** Keys of `tokenizer_config.json` that `tokenizer.json` contradicts, where the reference's classes do not agree. */
export function contradictedTokenizer(file: string, problems: readonly string[]): UserError {
  return new UserError(
    'lm.contradicted-tokenizer',
    `${file} and tokenizer_config.json beside it contradict each other:${bullets(problems)}\nThe classes of the transformers library differ in which of the two they follow. Save the tokenizer again with the class that the model was trained with, or remove what is wrong.`,
    { file, problems },
  );
}

/** A tokenizer that draws its tokens at random. */
export function randomTokenizer(file: string, dropout: number): UnsupportedError {
  return new UnsupportedError(
    'lm.random-tokenizer',
    `${file}: model.dropout is ${dropout}, with which the tokens of a text change from call to call; expected null. Set it to null to get the model's usual tokens.`,
    { file, dropout },
  );
}

/** The native library has no build for this machine, or was installed without it. */
export function noNativeTokenizer(machine: string, reason: string): UnsupportedError {
  return new UnsupportedError(
    'lm.no-native-tokenizer',
    `The native library 'tokenizers' cannot be loaded on ${machine}: ${reason}. Install nexort's packages again on this machine; it has builds for Linux, macOS, Windows and Android on x64 and arm64. Elsewhere give loadTokenizer the javascriptTokenizer of nexort/lm.`,
    { machine, reason },
  );
}

/** What the tokenizer in JavaScript does not do as the reference implementation. */
export function beyondJavascript(file: string, problems: readonly string[]): UnsupportedError {
  return new UnsupportedError(
    'lm.unsupported-tokenizer',
    `${file} needs what the tokenizer in JavaScript, which browsers use, does not do as the original:${bullets(problems)}\nIn Node, give loadTokenizer the nativeTokenizer of nexort/lm/node, as the command line does.`,
    { file, problems },
  );
}

/** A text with a character that the tokenizer in JavaScript may take for another kind than the original does. */
export function textBeyondJavascript(file: string, text: string, found: string): UnsupportedError {
  return new UnsupportedError(
    'lm.unsupported-text',
    `${JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)} has ${found}, which the tokenizer in JavaScript does not treat as the original does (${file}). Leave it out, or use nativeTokenizer of nexort/lm/node in Node.`,
    { file, text, found },
  );
}
