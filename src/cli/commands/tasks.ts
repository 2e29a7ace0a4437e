/** `nexort tasks`: the tasks known by name. */

import type { Command } from 'commander';
import { TASKS } from '../../lm/index.ts';
import { runCommand } from '../run.ts';
import { table } from '../table.ts';
import { print } from '../terminal.ts';
import { addTasksRunCommand } from './tasksRun.ts';

/** Adds the command. */
export function addTasksCommand(program: Command): void {
  const tasks = program
    .command('tasks')
    .description('list the tasks, their prompts and label words, or run many of them into one table')
    .option('--json', 'print one JSON object instead of a table', false)
    .addHelpText('after', '\nExamples:\n  nexort tasks\n  nexort tasks run --data FOLDER')
    .action(({ json }: { readonly json: boolean }) =>
      runCommand(async () => {
        print(json ? `${JSON.stringify({ tasks: TASKS })}\n` : `${listing()}\n`);
      }),
    );
  addTasksRunCommand(tasks);
}

function listing(): string {
  const rows = TASKS.map(({ name, prompt, labels }) => [
    name,
    prompt,
    labels.map((label) => `${label.name}: ${label.word}`).join(', '),
  ]);
  return table(['task', 'prompt', 'labels: words'], rows);
}
