/** Messages about chat templates. */

import { UserError } from '../../errors/index.ts';
import { bullets, list } from '../wording.ts';

/** The file that a chat template may have to itself. */
export const CHAT_TEMPLATE_FILE = 'chat_template.jinja';

const WITHOUT = 'leave --chat-template out: the prompt is then the whole text';

/** Masked language models hold no conversations. */
export function chatOfMaskedModel(folder: string): UserError {
  return new UserError(
    'lm.chat-of-masked-model',
    `A chat template is asked for, and the model in '${folder}' predicts masked words; expected a decoder, whose answer begins with the label word. Choose one, or ${WITHOUT}.`,
    { folder },
  );
}

/** Neither file has one. */
export function noChatTemplate(folder: string): UserError {
  return new UserError(
    'lm.no-chat-template',
    `Folder '${folder}' has no chat template: expected the file ${CHAT_TEMPLATE_FILE}, or chat_template in tokenizer_config.json. A model that was not trained on conversations has none: choose one that was, download the file into the folder, or ${WITHOUT}.`,
    { folder },
  );
}

/** `chat_template` is neither a text nor a list of named ones. */
export function badChatTemplates(file: string, problems: readonly string[]): UserError {
  return new UserError(
    'lm.bad-chat-templates',
    `${file} gives no chat template that can be read:${bullets(problems)}\nExpected is a text, or a list such as [{"name": "default", "template": "..."}]. Get the file again from the model's source, or correct it.`,
    { file, problems },
  );
}

/** There are named templates, and none for plain conversations. */
export function noDefaultChatTemplate(file: string, names: readonly string[]): UserError {
  return new UserError(
    'lm.no-default-chat-template',
    `${file} has the chat templates ${list(names)}; expected one of the name default, which plain conversations take. Call the one that you mean default.`,
    { file, names },
  );
}

/** A template is not in the language of templates, or cannot render a conversation of one message. */
export function failedChatTemplate(file: string, reason: string): UserError {
  return new UserError(
    'lm.failed-chat-template',
    `The chat template in ${file} does not render one message of the user and the beginning of an answer: ${reason}. Get it again from the model's source, correct it, or ${WITHOUT}.`,
    { file, reason },
  );
}

/** A template refuses a conversation of one message, in its own words. */
export function refusedByChatTemplate(file: string, reason: string): UserError {
  return new UserError(
    'lm.refused-by-chat-template',
    `The chat template in ${file} refuses one message of the user: "${reason}". Correct the template so that it takes a conversation that this message begins, or ${WITHOUT}.`,
    { file, reason },
  );
}

/** What is rendered does not hold the message. */
export function lostByChatTemplate(file: string, message: string): UserError {
  return new UserError(
    'lm.lost-by-chat-template',
    `The chat template in ${file} does not hold the user's message as it is, ${message}, in what it renders; expected it unchanged. Correct the template, or ${WITHOUT}.`,
    { file, message },
  );
}
