/** Which parameters a kernel is over. */

import { unknownSelection } from './kernelErrors.ts';

/** LoRA's factors, whatever they stand beside. */
const FACTORS = ['*.lora_A.weight', '*.lora_B.weight'];

/** The heads of language models, and those on the first token; final norms belong to what they read. */
const HEADS = [
  ...['lm_head.*', 'cls.*', 'classifier.*', 'bert.pooler.*'],
  // DistilBERT's, ModernBERT's and GPT-NeoX's.
  ...['vocab_transform.*', 'vocab_layer_norm.*', 'vocab_projector.*', 'pre_classifier.*'],
  ...['head.*', 'decoder.*', 'embed_out.*'],
];

/** Tables of tokens and positions, with a norm of their own where they have one. */
const EMBEDDINGS = ['*.embeddings.*', '*.embed_tokens.*', '*.embed_in.*', '*.wte.*', '*.wpe.*'];

/** Named choices as patterns over parameter names: the peer's filters are substrings (lm.md), and so are these. */
const named: Readonly<Record<string, readonly string[]>> = {
  all: ['*'],
  'no-embeddings': EMBEDDINGS.map((pattern) => `!${pattern}`),
  'no-head': HEADS.map((pattern) => `!${pattern}`),
  biases: ['*.bias'],
  lora: FACTORS,
  // The peer's own: its filter leaves the head of the language model in (lm.md).
  'lora+head': [...FACTORS, ...HEADS],
};

/**
 * A choice of parameters from the command line: `all`, `no-embeddings`, `no-head`, `biases`, `lora`, `lora+head` or
 * `match:P1,P2,!P3` with `*` for any text. A name is chosen when it matches some pattern without `!` (or there is none) and no pattern with it.
 * Throws {@link UserError} `lm.unknown-selection`.
 */
export function selectParameters(choice: string): (parameter: string) => boolean {
  const known = Object.hasOwn(named, choice) ? named[choice] : undefined;
  const patterns = choice.startsWith('match:') ? choice.slice('match:'.length).split(',') : known;
  if (patterns === undefined || patterns.some((pattern) => pattern.replace('!', '') === ''))
    throw unknownSelection(choice);
  const include = patterns.filter((pattern) => !pattern.startsWith('!')).map(toRegExp);
  const exclude = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => toRegExp(pattern.slice(1)));
  return (parameter) =>
    (include.length === 0 || include.some((test) => test.test(parameter))) &&
    !exclude.some((test) => test.test(parameter));
}

function toRegExp(pattern: string): RegExp {
  const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`);
}
