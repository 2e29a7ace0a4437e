/** What can stand on a command line, read from the commands' own definitions: what the shells' scripts are written from. */

import type { Argument, Command, Option } from 'commander';

/** What may stand in a place: words of a list, names of files, both, or, with neither, what no list holds. */
export interface Place {
  readonly words: readonly string[];
  readonly files: boolean;
}

export interface CompletedOption {
  /** `--plot`, `-h`. */
  readonly flags: readonly string[];
  readonly description: string;
  /** What follows it; undefined where nothing does. */
  readonly value: Place | undefined;
}

export interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  readonly argument: Place | undefined;
}

/** Words by a command's name, then by option or argument, beside the choices that commander knows. */
export type Known = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** What placeholders for names of files are called. */
const FILES = new Set(['file', 'path', 'folder', 'checkpoint', 'run', 'task', 'model']);

/** The commands of a program. */
export function completedCommands(program: Command, known: Known): readonly CompletedCommand[] {
  return program.commands.map((command) => {
    const words = known[command.name()] ?? {};
    const [argument] = command.registeredArguments;
    return {
      name: command.name(),
      description: command.description(),
      options: [...command.options.map((option) => ofOption(option, words)), HELP],
      argument: argument === undefined ? undefined : ofArgument(argument, words),
    };
  });
}

const HELP: CompletedOption = { flags: ['-h', '--help'], description: 'display help for command', value: undefined };

function ofOption(option: Option, known: Readonly<Record<string, readonly string[]>>): CompletedOption {
  // Commander keeps a second long flag as the short one.
  const flags = [option.short, option.long].filter((flag): flag is string => typeof flag === 'string');
  const [, placeholder] = /[<[]([^>\]]+)[>\]]/.exec(option.flags) ?? [];
  const words = option.argChoices ?? known[option.long ?? ''] ?? [];
  return {
    flags,
    description: option.description,
    value: placeholder === undefined ? undefined : { words, files: takesFiles(placeholder, option.description) },
  };
}

function ofArgument(argument: Argument, known: Readonly<Record<string, readonly string[]>>): Place {
  const words = argument.argChoices ?? known[argument.name()] ?? [];
  return { words, files: FILES.has(argument.name()) };
}

/** Whether a file may stand there: a placeholder says so, or the description of a name. */
function takesFiles(placeholder: string, description: string): boolean {
  return FILES.has(placeholder) || /\bor (a )?(\.json )?files?\b/.test(description);
}
