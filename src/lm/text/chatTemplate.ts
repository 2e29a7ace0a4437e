/**
 * Chat templates: how a model's conversations are written, as Hugging Face's checkpoints say it in the language Jinja, in a
 * file of their own or in `tokenizer_config.json`. The only file that sees its interpreter, which is loaded where a
 * template is asked for.
 */

import { type CheckpointFiles, readText } from '../model/checkpointFiles.ts';
import { isJsonObject, type JsonObject } from '../model/json.ts';
import { shown } from '../wording.ts';
import * as errors from './chatErrors.ts';
import { tokenName } from './specialTokens.ts';
import { NAMED_TOKENS } from './tokenizerSettings.ts';

/** Where a checkpoint's files say its chat template, which is read where it is asked for. */
export interface StoredChatTemplate {
  readonly folder: string;
  /** The file that says it. */
  readonly file: string;
  /** What the file says, unchecked. */
  readonly read: () => Promise<unknown>;
  /** The texts of special tokens by the names that templates have for them, `bos_token` and so on. */
  readonly tokens: Readonly<Record<string, string>>;
}

/** One turn of a conversation. */
export interface ChatMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/**
 * Writes a conversation; `opens` adds what an answer begins with.
 * @throws UserError `lm.failed-chat-template`, `lm.refused-by-chat-template`.
 */
export type ChatRenderer = (messages: readonly ChatMessage[], opens: boolean) => string;

/** Looks for it in the files of a checkpoint; as in transformers, the file of its own prevails. */
export function storedChatTemplate(
  files: CheckpointFiles,
  found: readonly string[],
  configuration: JsonObject,
  specialTokens: JsonObject,
): StoredChatTemplate {
  const ownFile = found.includes(errors.CHAT_TEMPLATE_FILE);
  const tokens = NAMED_TOKENS.flatMap((role): [string, string][] => {
    const entry = `${role}_token`;
    const token = tokenName(configuration[entry]) ?? tokenName(specialTokens[entry]);
    return token === undefined ? [] : [[entry, token]];
  });
  return {
    folder: files.folder,
    file: files.path(ownFile ? errors.CHAT_TEMPLATE_FILE : 'tokenizer_config.json'),
    read: async () => (ownFile ? readText(files, errors.CHAT_TEMPLATE_FILE) : configuration.chat_template),
    tokens: Object.fromEntries(tokens),
  };
}

/**
 * Reads a template: of several the one named `default`.
 * @throws UserError `lm.no-chat-template`, `lm.bad-chat-templates`, `lm.no-default-chat-template`,
 *   `lm.failed-chat-template`, and the errors of reading the file.
 */
export async function chatRenderer(stored: StoredChatTemplate): Promise<ChatRenderer> {
  const { file, tokens } = stored;
  const text = defaultTemplate(stored, await stored.read());
  const { Environment, Interpreter, parse, tokenize } = await import('@huggingface/jinja');
  // Blocks take their line with them, as in transformers.
  const program = attempted(file, () => parse(tokenize(text, { lstrip_blocks: true, trim_blocks: true })));
  return (messages, opens) =>
    attempted(file, () => {
      const environment = new Environment();
      const values = {
        ...GLOBALS,
        ...tokens,
        messages,
        add_generation_prompt: opens,
        tools: null,
        documents: null,
        // The label word begins the answer: nothing is thought of before it.
        enable_thinking: false,
      };
      for (const [name, value] of Object.entries(values)) environment.set(name, value);
      const rendered: { readonly value: unknown } = new Interpreter(environment).run(program);
      return String(rendered.value);
    });
}

/** What every template finds, as in transformers. */
const GLOBALS = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
  range: (first: number, second?: number, step = 1): number[] => {
    const [start, end] = second === undefined ? [0, first] : [first, second];
    return Array.from({ length: Math.max(0, Math.ceil((end - start) / step)) }, (_, k) => start + k * step);
  },
  raise_exception: (reason: unknown) => {
    throw new Refusal(String(reason));
  },
  strftime_now: dateOfAllRuns,
};

/** A template's own word against a conversation. */
class Refusal extends Error {}

/** 26 July 2024, which templates of Llama take where they have no clock: a run has the same texts on every day. */
const DATE: Readonly<Record<string, string>> = {
  Y: '2024',
  y: '24',
  m: '07',
  B: 'July',
  b: 'Jul',
  d: '26',
  e: '26',
  j: '208',
  A: 'Friday',
  a: 'Fri',
  H: '00',
  I: '12',
  M: '00',
  S: '00',
  p: 'AM',
  '%': '%',
};

/** The fixed date in the form that a template asks for, by the letters of C's `strftime`. */
function dateOfAllRuns(form: string): string {
  return form.replace(/%-?([A-Za-z%])/g, (whole, letter: string) => {
    const value = DATE[letter];
    if (value === undefined) throw new Error(`strftime_now knows no ${whole}`);
    return whole.startsWith('%-') ? value.replace(/^0(?=\d)/, '') : value;
  });
}

/** What a template does, with its failure as one of ours. */
function attempted<T>(file: string, what: () => T): T {
  try {
    return what();
  } catch (cause) {
    if (cause instanceof Refusal) throw errors.refusedByChatTemplate(file, cause.message);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw errors.failedChatTemplate(file, reason.replace(/\.$/, ''));
  }
}

function defaultTemplate({ folder, file }: StoredChatTemplate, template: unknown): string {
  if (template === undefined || template === null || template === '') throw errors.noChatTemplate(folder);
  if (typeof template === 'string') return template;
  const entries: readonly unknown[] = Array.isArray(template) ? template : [];
  const problems = entries.flatMap((entry, k) => (isNamed(entry) ? [] : [`chat_template[${k}] is ${shown(entry)}`]));
  if (!Array.isArray(template)) problems.push(`chat_template is ${shown(template)}`);
  if (Array.isArray(template) && entries.length === 0) problems.push('chat_template is an empty list');
  if (problems.length > 0) throw errors.badChatTemplates(file, problems);
  const named = entries.filter(isNamed);
  const chosen = named.find(({ name }) => name === 'default');
  if (chosen !== undefined) return chosen.template;
  throw errors.noDefaultChatTemplate(
    file,
    named.map(({ name }) => name),
  );
}

function isNamed(entry: unknown): entry is { readonly name: string; readonly template: string } {
  return isJsonObject(entry) && typeof entry.name === 'string' && typeof entry.template === 'string';
}
