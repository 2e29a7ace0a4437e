/** Scripts that complete `nexort` in shells. */

import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import type { CompletedCommand } from './words.ts';
import { zshScript } from './zsh.ts';

export { completedCommands } from './words.ts';

/** The scripts by shell. */
export const SHELL_SCRIPTS: Readonly<Record<string, (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};
