import type { Command } from 'commander';
import { TASKS } from '../../lm/tasks.ts';
import { print, printJson } from '../output.ts';
import { runCommand } from '../run.ts';
import { formatTable } from '../table.ts';

const EXAMPLES = `
Examples:
  nexort tasks          a table of all tasks
  nexort tasks --json   the same with every setting, for programs`;

/** Adds `nexort tasks`: the tasks known by name, with prompt, label words and metric. */
export function addTasksCommand(program: Command): void {
  program
    .command('tasks')
    .description('list the classification tasks that are known by name')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action((options: { readonly json?: true }) => runCommand(() => listTasks(options.json === true)));
}

function listTasks(json: boolean): 'done' {
  if (json) {
    printJson({ tasks: TASKS });
    return 'done';
  }
  const rows = TASKS.map((task) => [
    task.name,
    task.labels.map((label) => label.word).join(' '),
    task.metric,
    String(task.maxTokens),
    task.prompt,
  ]);
  const columns = [
    { title: 'task' },
    { title: 'label words' },
    { title: 'metric' },
    { title: 'tokens', align: 'right' },
    { title: 'prompt' },
  ] as const;
  print(formatTable(columns, rows));
  return 'done';
}
