/**
 * Prompts as conversations: the prompt is the user's message in the model's chat template, and the label word begins the
 * answer. The whole is tokenized at once, as transformers' `apply_chat_template` does, for vocabularies join what meets at
 * the ends of pieces; what is too long is therefore cut from the texts before they are put in.
 */

import type { Example } from '../data/example.ts';
import * as errors from '../errors.ts';
import { quoted } from '../wording.ts';
import { chatOfMaskedModel, lostByChatTemplate } from './chatErrors.ts';
import { type ChatMessage, type ChatRenderer, chatRenderer } from './chatTemplate.ts';
import { type LabelWords, labelWords } from './labelWords.ts';
import { type BuiltPrompt, type PromptLimits, textOfPiece } from './prompts.ts';
import type { Template } from './template.ts';
import type { PromptTokenizer } from './tokenizer.ts';

/** A model's conversations of one question and the beginning of its answer. */
export interface Chat {
  /** The text that the answer follows; throws {@link UserError} `lm.lost-by-chat-template`, and the errors of {@link ChatRenderer}. */
  render(message: string): string;
  /** What {@link render} makes of `{prompt}`, and behind it `{word}`, as the model's own answers follow. */
  readonly form: string;
  /** Words that begin the answer. */
  readonly words: LabelWords;
}

/** The limits of {@link PromptLimits} are those of the message; the template stands around it. */
export interface ChatLimits extends PromptLimits {
  /** Most tokens of the whole. */
  readonly most: number;
}

const [PROMPT_SIGN, WORD_SIGN] = ['{prompt}', '{word}'] as const;

/**
 * Opens a model's chat template.
 * @throws UserError `lm.chat-of-masked-model`, and the errors of {@link chatRenderer} and of its renderer.
 */
export async function openChat(tokenizer: PromptTokenizer): Promise<Chat> {
  const { folder, special, chat, vocabulary, unknown, token, encode } = tokenizer;
  if (special !== undefined) throw chatOfMaskedModel(folder);
  const write = await chatRenderer(chat);
  const render = (message: string): string => {
    const text = write([userMessage(message)], true);
    // Templates may trim a message, and do nothing else with it.
    if (!text.includes(message.trim())) throw lostByChatTemplate(chat.file, quoted(message));
    return text;
  };
  const asked = render(PROMPT_SIGN);
  const gap = gapBefore(WORD_SIGN, asked, write);
  const before = await encode(asked);
  const idsOf = async (word: string): Promise<readonly number[]> => {
    const whole = await encode(`${asked}${gap}${word}`);
    if (before.every((id, k) => id === whole[k])) return whole.slice(before.length);
    // The word would join the template's last token, behind which the model does not go back.
    return encode(`${gap}${word}`, true);
  };
  const words = labelWords({ vocabulary, unknown, token, idsOf });
  return { render, form: `${asked}${gap}${WORD_SIGN}`, words };
}

const userMessage = (content: string): ChatMessage => ({ role: 'user', content });

/**
 * The space that the template itself puts between the beginning of an answer and its text; none where it writes answers in
 * another way, or refuses them.
 */
function gapBefore(word: string, asked: string, write: ChatRenderer): string {
  let answered: string;
  try {
    answered = write([userMessage(PROMPT_SIGN), { role: 'assistant', content: word }], false);
  } catch {
    return '';
  }
  const rest = answered.startsWith(asked) ? answered.slice(asked.length) : '';
  return rest.trimStart().startsWith(word) ? rest.slice(0, rest.indexOf(word)) : '';
}

/**
 * Puts an example into a prompt and that into a conversation; the label word is read at its last token. Texts are cut as in
 * {@link buildPrompt}, by characters: the first to its cap, then the second to what fits, then the first to what fits.
 * @throws UserError `lm.empty-text`, `lm.missing-second-text`, `lm.no-tokens`, `lm.prompt-too-long`, `lm.unknown-piece`,
 *   and those of {@link Chat.render}.
 */
export async function buildChat(
  template: Template,
  tokenizer: PromptTokenizer,
  chat: Chat,
  example: Pick<Example, 'text' | 'text2'>,
  { maxTokens, most, cap = Number.POSITIVE_INFINITY, where = 'The example' }: ChatLimits,
): Promise<BuiltPrompt> {
  const encode = (text: string): Promise<readonly number[]> => tokenizer.encode(text);
  const texts: Record<'first' | 'second', readonly string[]> = { first: [], second: [] };
  for (const piece of template.pieces) {
    if (piece.kind !== 'first' && piece.kind !== 'second') continue;
    const { given, used, field } = textOfPiece(piece, template, example, where);
    if ((await encode(given)).length === 0) throw errors.noTokens(where, field, given);
    texts[piece.kind] = [...used];
  }
  const message = (first: number, second: number): string =>
    template.pieces
      .map((piece) => {
        if (piece.kind === 'literal') return piece.text;
        if (piece.kind === 'first') return texts.first.slice(0, first).join('');
        return piece.kind === 'second' ? texts.second.slice(0, second).join('') : '';
      })
      .join('');
  const tokens = async (first: number, second: number) => {
    const text = message(first, second);
    return { own: (await encode(text)).length, whole: (await encode(chat.render(text))).length };
  };
  const fits = async (first: number, second: number): Promise<boolean> => {
    const { own, whole } = await tokens(first, second);
    return own <= maxTokens && whole <= most;
  };

  const all = { first: texts.first.length, second: texts.second.length };
  const withinCap = async (length: number): Promise<boolean> =>
    (await encode(texts.first.slice(0, length).join(''))).length <= cap;
  let first = await longest(0, all.first, withinCap);
  let { second } = all;
  if (!(await fits(first, second))) {
    second = await longest(0, second, (length) => fits(first, length));
    if (second === 0) first = await longest(Math.min(1, first), first, (length) => fits(length, 0));
    if (!(await fits(first, second))) {
      const bare = await tokens(0, 0);
      const { own } = await tokens(first, second);
      throw own > maxTokens
        ? errors.promptTooLong(template.source, bare.own, maxTokens)
        : errors.promptTooLong(template.source, bare.whole, most);
    }
  }
  const ids = await encode(chat.render(message(first, second)));
  const isCut = first < all.first || second < all.second;
  const removedTokens = isCut ? (await encode(chat.render(message(all.first, all.second)))).length - ids.length : 0;
  return { ids, place: ids.length - 1, removedTokens };
}

/** The most, up to `most`, for which something holds that holds of less where it holds of more; `least` where of none. */
async function longest(least: number, most: number, holds: (length: number) => Promise<boolean>): Promise<number> {
  if (await holds(most)) return most;
  let [low, high] = [least, most];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}
