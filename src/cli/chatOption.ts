/** `--chat-template`: prompts as conversations with a model. */

import type { Command } from 'commander';

/** Whether prompts go through the model's chat template. */
export interface ChatOption {
  readonly chatTemplate: boolean;
}

/** Adds it. */
export function addChatOption(command: Command): Command {
  return command.option(
    '--chat-template',
    "of decoders: the prompt is the user's message in the model's chat template, and the label word begins the answer",
    false,
  );
}
