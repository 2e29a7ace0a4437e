/** The command line: thin commands, each of which calls one public function. */

import { Command, CommanderError } from 'commander';
import { CHECK_PROCESS } from './checkProcess.ts';
import { addCommands } from './commandList.ts';
import { unwritableOutput } from './processErrors.ts';
import { BAD_INPUT } from './run.ts';
import { harmless, printMessage } from './terminal.ts';
import { version } from './version.ts';

/**
 * Runs the command line on `process.argv`. Sets the exit code; never throws for bad usage. Processes that a
 * command starts come here too.
 */
export async function main(argv: readonly string[]): Promise<void> {
  if (argv[2] === CHECK_PROCESS && process.connected) return (await import('./checkWork.ts')).awaitCheck();
  answerFailingStreams();
  const program = new Command('nexort')
    .description('Tensor programs at any width, and the fine-tuning of language models as a kernel.')
    .version(version())
    .showSuggestionAfterError()
    .showHelpAfterError('(--help shows how)')
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(harmless(text)) })
    // As in a command's own help; commander's listing knows no usage of one's own.
    .configureHelp({ subcommandTerm: (command) => `${command.name()} ${command.usage()}` })
    .addHelpText(
      'after',
      '\nExamples:\n  nexort kernel            the embedded model on the embedded task\n  nexort tasks             tasks by name\n  nexort kernel --help\n  nexort predict runs/my-run --text "a joy to watch"\n  nexort check examples/programs/random-features.nex\n  nexort completion bash   completes commands and options in a shell',
    );
  await addCommands(program, argv.slice(2));
  for (const command of program.commands) command.copyInheritedSettings(program);
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version end the run well; commander has already said what is wrong otherwise.
    process.exitCode = error.exitCode === 0 ? 0 : BAD_INPUT;
  }
}

/** A reader such as `head` may close the pipe early; a full device is told, and what goes into files goes on. */
function answerFailingStreams(): void {
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    printMessage(`error: ${unwritableOutput(error).message}`);
    process.exitCode = BAD_INPUT;
    process.stdout.on('error', () => {});
  });
  // There is nowhere to say so.
  process.stderr.on('error', () => {});
}
