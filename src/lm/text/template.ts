/**
 * The template language of prompts: `{a}` and `{b}` stand for the first and second text, `{m}` for the mask token, `_`
 * for a space that belongs to the next token. Everything else is literal. Without `{m}` the label word is what follows. Each piece is tokenized alone, as in LM-BFF
 * (Gao, Fisch, Chen 2021, github.com/princeton-nlp/LM-BFF, `tokenize_multipart_input`).
 */
import * as errors from '../errors.ts';

/** One part of a prompt; `spaced` puts a space in front of the text, which byte-level vocabularies keep in the token. */
export type TemplatePiece =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'first' | 'second'; readonly spaced: boolean }
  | { readonly kind: 'mask' }
  | { readonly kind: 'separator' };

/** Variants of how the texts enter a prompt. */
export interface TemplateVariants {
  /** Remove the last character of the first text (its full stop, before a question mark). */
  readonly drop?: boolean;
  /** Lower-case the first letter of the second text. */
  readonly lower?: boolean;
}

/** A checked prompt; its pieces stand between the model's first and last special token. */
export interface Template {
  readonly source: string;
  readonly pieces: readonly TemplatePiece[];
  readonly drop: boolean;
  readonly lower: boolean;
}

/**
 * Parses a prompt such as `{a}_It was{m}.`
 * @throws UserError `lm.bad-template` that lists every problem.
 */
export function parseTemplate(source: string, variants: TemplateVariants = {}): Template {
  const { pieces, problems } = scan(source);
  if (problems.length > 0) throw errors.badTemplate(source, problems);
  return { source, pieces, drop: variants.drop ?? false, lower: variants.lower ?? false };
}

/** The prompt of a decoder, which reads the label word behind it: what stands before `{m}`, where only signs stand behind. */
export function promptOfNextWord(source: string): string {
  const [before = '', ...behind] = source.split('{m}');
  if (behind.length === 0) return source;
  if (behind.length > 1 || /[\p{L}\p{N}{}]/u.test(behind.join(''))) throw errors.wordInside(source);
  return before.replace(/[ _]+$/, '');
}

/** What keeps a text from being a prompt; nothing for a good one. */
export function templateProblems(source: string): readonly string[] {
  return scan(source).problems;
}

function scan(source: string): { readonly pieces: readonly TemplatePiece[]; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const parts = source.split(/(\{[^{}]*\})/).filter((part) => part !== '');
  const pieces: TemplatePiece[] = [];
  let spaced = false;
  parts.forEach((part, index) => {
    const slot = parseSlot(part, spaced);
    if (slot !== undefined) {
      pieces.push(slot);
      spaced = false;
    } else if (/[{}]/.test(part)) {
      problems.push(`'${part}' is neither {a}, {b} nor {m}`);
    } else {
      const text = part.replaceAll('_', ' ');
      const next = parts[index + 1];
      spaced = text.endsWith(' ');
      if (spaced && next !== '{a}' && next !== '{b}')
        problems.push(`the space at the end of '${part}' has no next token`);
      const literal = spaced ? text.slice(0, -1) : text;
      if (literal !== '') pieces.push({ kind: 'literal', text: literal });
    }
  });
  if (problems.some((problem) => problem.endsWith('has no next token'))) {
    problems.push(`such spaces left out, it is "${withoutStraySpaces(source)}"`);
  }
  const uses = (kind: TemplatePiece['kind']) => pieces.filter((piece) => piece.kind === kind).length;
  if (uses('first') !== 1) problems.push(`{a} stands ${uses('first')} times; expected once`);
  if (uses('second') > 1) problems.push(`{b} stands ${uses('second')} times; expected at most once`);
  if (uses('mask') > 1) problems.push(`{m} stands ${uses('mask')} times; expected once`);
  return { pieces, problems };
}

/** A prompt without spaces in front of its mask, whose word brings its own, and at its end. */
const withoutStraySpaces = (source: string): string => source.replace(/[ _]+(?=\{m\}|$)/g, '');

/** No prompt: the text, or two texts with one separator between, as the setting with a head on the first token has it. */
export function plainTemplate(pair: boolean): Template {
  const first = { kind: 'first', spaced: false } as const;
  const second = [{ kind: 'separator' }, { kind: 'second', spaced: false }] as const;
  return {
    source: pair ? '{a} [SEP] {b}' : '{a}',
    pieces: pair ? [first, ...second] : [first],
    drop: false,
    lower: false,
  };
}

function parseSlot(part: string, spaced: boolean): TemplatePiece | undefined {
  switch (part) {
    case '{a}':
      return { kind: 'first', spaced };
    case '{b}':
      return { kind: 'second', spaced };
    case '{m}':
      return { kind: 'mask' };
    default:
      return undefined;
  }
}
