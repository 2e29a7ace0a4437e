/** The command line: thin commands, each of which calls one public function. */

import { Command, CommanderError } from 'commander';
import { CHECK_PROCESS } from './checkProcess.ts';
import { BAD_INPUT } from './run.ts';
import { version } from './version.ts';

/** What adds each command, in the order of help, which needs all of them; a command that is named is loaded alone. */
const COMMANDS: ReadonlyMap<string, () => Promise<(program: Command) => void>> = new Map([
  ['kernel', async () => (await import('./commands/kernel.ts')).addKernelCommand],
  ['predict', async () => (await import('./commands/predict.ts')).addPredictCommand],
  ['tasks', async () => (await import('./commands/tasks.ts')).addTasksCommand],
  ['check', async () => (await import('./commands/check.ts')).addCheckCommand],
  ['classify', async () => (await import('./commands/classify.ts')).addClassifyCommand],
  ['ntk', async () => (await import('./commands/ntk.ts')).addNtkCommand],
  ['coord', async () => (await import('./commands/coord.ts')).addCoordCommand],
  ['transfer', async () => (await import('./commands/transfer.ts')).addTransferCommand],
  ['train', async () => (await import('./commands/train.ts')).addTrainCommand],
  ['doctor', async () => (await import('./commands/doctor.ts')).addDoctorCommand],
]);

/**
 * Runs the command line on `process.argv`. Sets the exit code; never throws for bad usage. Processes that a
 * command starts come here too.
 */
export async function main(argv: readonly string[]): Promise<void> {
  if (argv[2] === CHECK_PROCESS && process.connected) return (await import('./checkWork.ts')).awaitCheck();
  endQuietlyOnClosedPipe();
  const program = new Command('nexort')
    .description('Tensor programs at any width, and the fine-tuning of language models as a kernel.')
    .version(version())
    .showSuggestionAfterError()
    .showHelpAfterError('(--help shows how)')
    .exitOverride()
    .addHelpText(
      'after',
      '\nExamples:\n  nexort kernel            the embedded model on the embedded task\n  nexort tasks             tasks by name\n  nexort kernel --help\n  nexort predict runs/my-run --text "a joy to watch"\n  nexort check examples/programs/random-features.nex',
    );
  const asked = COMMANDS.get(argv[2] ?? '');
  for (const load of asked === undefined ? COMMANDS.values() : [asked]) (await load())(program);
  for (const command of program.commands) command.copyInheritedSettings(program);
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version end the run well; commander has already said what is wrong otherwise.
    process.exitCode = error.exitCode === 0 ? 0 : BAD_INPUT;
  }
}

/** A reader such as `head` may close the pipe early. */
function endQuietlyOnClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}
