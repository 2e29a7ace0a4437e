/** Options that are given and change nothing: told, for whoever gives one means something by it. */

import type { Command } from 'commander';
import { UserError } from '../errors/index.ts';

/** An option, whether it is idle as things are, and what it is for. */
export interface IdleOption {
  /** As it is written, `--ridge`. */
  readonly flag: string;
  readonly idle: boolean;
  /** Behind `--ridge is`. */
  readonly purpose: string;
}

/** Throws {@link UserError} `cli.idle-options` for those that the command line gives; defaults are not meant. */
export function refuseIdle(command: Command, options: readonly IdleOption[]): void {
  const found = options.filter(
    ({ flag, idle }) => idle && command.getOptionValueSource(attribute(command, flag)) === 'cli',
  );
  if (found.length === 0) return;
  const told = found.map(({ flag, purpose }) => `${flag} is ${purpose}`);
  throw new UserError('cli.idle-options', `${told.join('; ')}. Leave ${found.length === 1 ? 'it' : 'them'} out.`, {
    flags: found.map(({ flag }) => flag),
  });
}

function attribute(command: Command, flag: string): string {
  return command.options.find(({ long }) => long === flag)?.attributeName() ?? flag;
}
