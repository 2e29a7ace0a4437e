/** Which parameters a kernel is over. */

import { unknownSelection } from './kernelErrors.ts';

/** LoRA's factors, whatever they stand beside. */
const FACTORS = ['*.lora_A.weight', '*.lora_B.weight'];

/** The heads of language models, and those on the first token. */
const HEADS = ['lm_head.*', 'cls.*', 'classifier.*', 'bert.pooler.*'];

/** Named choices as patterns over parameter names: the peer's filters are substrings (lm.md), and so are these. */
const named: Readonly<Record<string, readonly string[]>> = {
  all: ['*'],
  'no-embeddings': ['!*.embeddings.*'],
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
