/**
 * Prompts as conversations: the prompt is the user's message in the model's chat template, and the label word begins the
 * answer. The whole is tokenized at once, as transformers' `apply_chat_template` does, for vocabularies join what meets at
 * the ends of pieces; what is too long is therefore cut from the texts themselves, by words, before they are put in.
 */

import { required } from '../../errors/index.ts';
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
 * Puts an example into a prompt and that into a conversation; the label word is read at its last token. Texts are cut in the
 * order of {@link buildPrompt}, at the ends of words.
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
  const all = { first: '', second: '' };
  for (const piece of template.pieces) {
    if (piece.kind !== 'first' && piece.kind !== 'second') continue;
    const { given, used, field } = textOfPiece(piece, template, example, where);
    if ((await encode(given)).length === 0) throw errors.noTokens(where, field, given);
    all[piece.kind] = used;
  }
  const message = (first: string, second: string): string => {
    const parts = { first, second, mask: '', separator: '' };
    return template.pieces.map((piece) => (piece.kind === 'literal' ? piece.text : parts[piece.kind])).join('');
  };
  const tokens = async (first: string, second: string) => {
    const text = message(first, second);
    return { own: (await encode(text)).length, whole: await encode(chat.render(text)) };
  };
  const fits = async (first: string, second: string): Promise<boolean> => {
    const { own, whole } = await tokens(first, second);
    return own <= maxTokens && whole.length <= most;
  };

  let first = await beginning(all.first, async (text) => (await encode(text)).length <= cap);
  const second = await beginning(all.second, (text) => fits(first, text));
  if (second === '') first = await beginning(first, (text) => fits(text, ''));
  const { own, whole: ids } = await tokens(first, second);
  if (own > maxTokens || ids.length > most || (first === '' && all.first !== '')) {
    const bare = await tokens('', '');
    throw bare.own < maxTokens
      ? errors.promptTooLong(template.source, bare.whole.length, most)
      : errors.promptTooLong(template.source, bare.own, maxTokens);
  }
  const isCut = first !== all.first || second !== all.second;
  const removedTokens = isCut ? (await tokens(all.first, all.second)).whole.length - ids.length : 0;
  return { ids, place: ids.length - 1, removedTokens };
}

/** Words with the space before them; of scripts that write without spaces, letters. */
const WORDS = /\s*(?:\p{Lo}\p{M}*|[^\s\p{Lo}]+)|\s+$/gu;

/** The longest beginning of a text that fits, of whole words or, where not even one does, of letters; empty where none. */
async function beginning(text: string, fits: (beginning: string) => Promise<boolean>): Promise<string> {
  if (text === '' || (await fits(text))) return text;
  const words = text.match(WORDS) ?? [];
  const whole = await asManyAsFit(words, fits);
  return whole === '' ? asManyAsFit([...required(words[0], 'a word of a text')], fits) : whole;
}

/** As many of the parts as fit, found by halves: more of them take more room. */
async function asManyAsFit(parts: readonly string[], fits: (beginning: string) => Promise<boolean>): Promise<string> {
  let [low, high] = [0, parts.length];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await fits(parts.slice(0, middle).join(''))) low = middle;
    else high = middle;
  }
  return parts.slice(0, low).join('');
}
