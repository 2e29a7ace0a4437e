import { required, unreachable } from '../../errors/index.ts';
import type { Example } from '../data/example.ts';
import * as errors from '../errors.ts';
import type { SpecialIds } from './specialTokens.ts';
import { plainTemplate, type Template, type TemplatePiece } from './template.ts';
import type { PromptTokenizer } from './tokenizer.ts';

/** How much of the texts is kept. */
export interface PromptLimits {
  /** Most tokens of the whole, special tokens included. */
  readonly maxTokens: number;
  /** Most tokens of the first text. */
  readonly cap?: number;
  /** Where the example comes from, for messages. */
  readonly where?: string;
}

/** Token ids without the position of a mask. */
export interface BuiltText {
  readonly ids: readonly number[];
  /** Tokens of text that did not fit. */
  readonly removedTokens: number;
}

/** Token ids with exactly one position at which the label word is predicted. */
export interface BuiltPrompt extends BuiltText {
  /** That of the mask or, for a decoder, of the last token, which the label word follows. */
  readonly place: number;
}

/**
 * Puts an example into a prompt. What does not fit is removed from the ends of the texts, never from the prompt: the
 * first text is cut to its cap, then the second to what fits, then the first to what fits.
 * @throws UserError `lm.empty-text`, `lm.missing-second-text`, `lm.no-tokens`, `lm.prompt-too-long`,
 *   `lm.unknown-piece`, or `lm.bad-template` without the mask that a masked language model needs.
 */
export async function buildPrompt(
  template: Template,
  tokenizer: PromptTokenizer,
  example: Pick<Example, 'text' | 'text2'>,
  limits: PromptLimits,
): Promise<BuiltPrompt> {
  const { ids, removedTokens, starts } = await assemble(template, tokenizer, example, limits);
  const mask = starts[template.pieces.findIndex(({ kind }) => kind === 'mask')];
  if (mask === undefined && tokenizer.special !== undefined) throw errors.noMask(template.source);
  return { ids, place: mask ?? ids.length - 1, removedTokens };
}

/**
 * An example without a prompt, for a head on the first token: `{a}`, or `{a} [SEP] {b}` for a pair.
 * @throws UserError as {@link buildPrompt}.
 */
export async function buildPlain(
  pair: boolean,
  tokenizer: PromptTokenizer,
  example: Pick<Example, 'text' | 'text2'>,
  limits: PromptLimits,
): Promise<BuiltText> {
  const { ids, removedTokens } = await assemble(plainTemplate(pair), tokenizer, example, limits);
  return { ids, removedTokens };
}

/** The ids with the position at which each piece starts. */
async function assemble(
  template: Template,
  tokenizer: PromptTokenizer,
  example: Pick<Example, 'text' | 'text2'>,
  { maxTokens, cap = Number.POSITIVE_INFINITY, where = 'The example' }: PromptLimits,
): Promise<BuiltText & { readonly starts: readonly number[] }> {
  const encoded: { readonly kind: TemplatePiece['kind']; readonly ids: readonly number[] }[] = [];
  for (const [place, piece] of template.pieces.entries()) {
    // A decoder's text is one; pieces around a mask stand alone, as in LM-BFF.
    const encode: Encode = (text) => tokenizer.encode(text, tokenizer.special === undefined && place > 0);
    encoded.push({ kind: piece.kind, ids: await encodePiece(piece, template, { tokenizer, encode }, example, where) });
  }
  const tokensOf = (wanted: TemplatePiece['kind']) =>
    encoded.reduce((sum, { kind, ids }) => (kind === wanted ? sum + ids.length : sum), 0);
  const [first, second] = [tokensOf('first'), tokensOf('second')];
  const { before, after } = around(tokenizer);
  const fixed = before.length + after.length + encoded.reduce((sum, { ids }) => sum + ids.length, 0) - first - second;
  const room = maxTokens - fixed;
  if (room < 1) throw errors.promptTooLong(template.source, fixed, maxTokens);
  const capped = Math.min(first, cap);
  const keptFirst = Math.min(capped, room);
  const keptSecond = Math.min(second, room - keptFirst);
  const kept: Partial<Record<TemplatePiece['kind'], number>> = { first: keptFirst, second: keptSecond };

  const ids = [...before];
  const starts: number[] = [];
  for (const piece of encoded) {
    starts.push(ids.length);
    ids.push(...piece.ids.slice(0, kept[piece.kind]));
  }
  ids.push(...after);
  return { ids, starts, removedTokens: first + second - keptFirst - keptSecond };
}

/** The tokens around a whole: of a decoder nothing behind, for it reads what follows. */
function around({ special, begin }: PromptTokenizer): Readonly<Record<'before' | 'after', readonly number[]>> {
  return special === undefined ? { before: begin, after: [] } : { before: [special.cls], after: [special.sep] };
}

/** The tokens of a piece of text where it stands. */
type Encode = (text: string) => Promise<readonly number[]>;

interface PieceEncoder {
  readonly tokenizer: PromptTokenizer;
  readonly encode: Encode;
}

async function encodePiece(
  piece: TemplatePiece,
  template: Template,
  { tokenizer, encode }: PieceEncoder,
  example: Pick<Example, 'text' | 'text2'>,
  where: string,
): Promise<readonly number[]> {
  switch (piece.kind) {
    case 'literal':
      return encode(piece.text);
    case 'mask':
      return [specialOf(tokenizer).mask];
    case 'separator':
      // Without a separator there is no head on the first token either, which the net tells.
      return tokenizer.special === undefined ? [] : [tokenizer.special.sep];
    case 'first':
    case 'second': {
      const { given, used, field } = textOfPiece(piece, template, example, where);
      const ids = await encode(used);
      // The space before a text is a token of its own where a byte-level vocabulary has nothing to attach it to.
      if (ids.length < 2 && (await encode(given)).length === 0) throw errors.noTokens(where, field, given);
      return ids;
    }
    default:
      return unreachable(piece, 'encodePiece');
  }
}

function specialOf({ special }: PromptTokenizer): SpecialIds {
  return required(special, 'special tokens of a masked language model');
}

/** A text as it is given, and in the form in which it enters a prompt. */
export interface PieceText {
  readonly given: string;
  readonly used: string;
  readonly field: 'text' | 'text2';
}

/**
 * The text that a piece stands for.
 * @throws UserError `lm.empty-text`, `lm.missing-second-text`.
 */
export function textOfPiece(
  { kind, spaced }: Extract<TemplatePiece, { readonly kind: 'first' | 'second' }>,
  { drop, lower }: Template,
  { text, text2 }: Pick<Example, 'text' | 'text2'>,
  where: string,
): PieceText {
  const space = spaced ? ' ' : '';
  if (kind === 'first') {
    if (text.trim() === '') throw errors.emptyText(where, 'text');
    // Where the text is a single character, dropping it leaves nothing, as in LM-BFF; the prompt still stands.
    return { given: text, used: space + (drop ? text.replace(/.$/su, '') : text), field: 'text' };
  }
  if (text2 === undefined) throw errors.missingSecondText(where);
  if (text2.trim() === '') throw errors.emptyText(where, 'text2');
  const used = lower ? text2.replace(/^./su, (letter) => letter.toLowerCase()) : text2;
  return { given: text2, used: space + used, field: 'text2' };
}
