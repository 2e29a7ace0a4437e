/** The program `nexort`: commands are in `commands/`, each calls one public function. */

import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addTasksCommand } from './commands/tasks.ts';
import { endQuietlyOnClosedPipe } from './output.ts';
import { EXIT } from './run.ts';

const EXAMPLES = `
Examples:
  nexort tasks           list the tasks that are known by name
  nexort help tasks      options and examples of a command

Exit codes: 0 done, 1 failed or a failed verdict, 2 bad usage or input.
With NEXORT_DEBUG=1 errors come with a stack trace.`;

/**
 * Runs the command line and sets the exit code of the process.
 *
 * @param argv As `process.argv`: the interpreter, the script, then the arguments.
 */
export async function main(argv: readonly string[]): Promise<void> {
  endQuietlyOnClosedPipe();
  try {
    await createProgram().parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // The message is on stderr by now; commander ends with 1, and with 0 after --help and --version.
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.badInput;
  }
}

/** The program with all its commands, which runs nothing yet. */
export function createProgram(): Command {
  const program = new Command('nexort')
    .description('Tensor programs at any width, and the fine-tuning of language models as a kernel method.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .addHelpText('after', EXAMPLES)
    .showSuggestionAfterError()
    .showHelpAfterError('Run it with --help for usage and examples.')
    .exitOverride();
  addTasksCommand(program);
  return program;
}

function packageVersion(): string {
  // The sources and their compiled form lie equally deep in the package.
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed === 'object' && parsed !== null && 'version' in parsed) return String(parsed.version);
  return 'unknown';
}
