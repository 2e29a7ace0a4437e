/** `nexort tasks`: the tasks known by name. */

import type { Command } from 'commander';
import { readConfig, TASKS, type Task, taskFor } from '../../lm/index.ts';
import { checkpointFolder } from '../../lm/node/index.ts';
import { addModelOptions, givenModel, type ModelOptions } from '../modelOption.ts';
import { runCommand } from '../run.ts';
import { table } from '../table.ts';
import { print } from '../terminal.ts';
import { addTasksRunCommand } from './tasksRun.ts';

/** Adds the command. */
export function addTasksCommand(program: Command): void {
  const tasks = program
    .command('tasks')
    .description('list the tasks, their prompts and label words, or run many of them into one table');
  addModelOptions(
    tasks,
    'as this model is asked them, a checkpoint folder or ORG/NAME of the hub: decoders have other prompts',
  )
    .option('--json', 'print one JSON object instead of a table', false)
    .addHelpText(
      'after',
      '\nExamples:\n  nexort tasks\n  nexort tasks --model FOLDER\n  nexort tasks run --data FOLDER',
    )
    .action((options: ModelOptions & { readonly json: boolean }) =>
      runCommand(async () => {
        const shown = await tasksFor(options);
        print(options.json ? `${JSON.stringify({ tasks: shown })}\n` : `${listing(shown)}\n`);
      }),
    );
  addTasksRunCommand(tasks);
}

async function tasksFor(options: ModelOptions): Promise<readonly Task[]> {
  if (options.model === undefined) return TASKS;
  const { folder } = await givenModel(options);
  const config = await readConfig(checkpointFolder(folder));
  return TASKS.map((task) => taskFor(task, config));
}

function listing(tasks: readonly Task[]): string {
  const rows = tasks.map(({ name, prompt, labels }) => [
    name,
    prompt,
    labels.map((label) => `${label.name}: ${label.word}`).join(', '),
  ]);
  return table(['task', 'prompt', 'labels: words'], rows);
}
