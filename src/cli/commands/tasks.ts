/** `nexort tasks`: the tasks known by name, as models are asked them. */

import type { Command } from 'commander';
import { TASKS } from '../../lm/index.ts';
import { type TaskOfModel, tasksOfModel } from '../../lm/node/index.ts';
import { refuseIdle } from '../idleOptions.ts';
import { addModelOptions, givenModel, type ModelOptions } from '../modelOption.ts';
import { runCommand } from '../run.ts';
import { table } from '../table.ts';
import { print } from '../terminal.ts';
import { addTasksRunCommand, type TasksRunGiven } from './tasksRun.ts';

interface Options extends ModelOptions {
  readonly json: boolean;
}

/** Adds the command; `act` gets what its `run` is told, in place of running it. */
export function addTasksCommand(program: Command, act?: (given: TasksRunGiven) => Promise<void>): void {
  const command = program
    .command('tasks')
    .description('list the tasks, their prompts and label words, or run many of them into one table');
  const tasks = addModelOptions(
    command,
    'as this model is asked them, with the tokens of the words: a folder, or ORG/NAME',
  )
    .option('--json', 'print one JSON object instead of a table', false)
    .addHelpText(
      'after',
      `
Prompts are for models that predict a masked word, {m}; models that predict the next word have others, with the word at the
end. A label word has to be one token of the model: with --model those that are not are told, with words that are.

Examples:
  nexort tasks
  nexort tasks --model FOLDER
  nexort tasks run --data FOLDER`,
    )
    .action((options: Options) =>
      runCommand(async () => {
        refuseIdle(tasks, [
          { option: 'offline', reason: options.model === undefined ? 'it is of a model of the hub' : undefined },
        ]);
        print(await listing(options));
      }),
    );
  addTasksRunCommand(tasks, act);
}

async function listing(options: Options): Promise<string> {
  const { json, model, revision } = options;
  if (model === undefined && revision === undefined) {
    if (json) return `${JSON.stringify({ tasks: TASKS })}\n`;
    const rows = TASKS.map(({ name, prompt, labels }) => [
      name,
      prompt,
      labels.map((label) => `${label.name}: ${label.word}`).join(', '),
    ]);
    return `${table(['task', 'prompt', 'labels: words'], rows)}\n`;
  }
  const given = await givenModel(options);
  const { predicts, tasks } = await tasksOfModel(given.folder);
  if (json) return `${JSON.stringify({ model: given.name, predicts, tasks })}\n`;
  const rows = tasks.map(({ name, prompt, labels }) => [
    name,
    prompt,
    labels.map((label) => `${label.name}: ${label.tokens.join(' ')}`).join(', '),
  ]);
  const problems = tasks.flatMap(wordProblems);
  return `${[
    `${given.name} predicts ${predicts}`,
    table(['task', 'prompt', 'labels: tokens'], rows),
    ...(problems.length === 0 ? ['Every label word is one token.'] : [problems.join('\n')]),
  ].join('\n')}\n`;
}

/** What is wrong with a task's words, and what could stand in their place. */
function wordProblems({ name, labels }: TaskOfModel): string[] {
  return labels.flatMap(({ name: label, word, tokens, id, alternatives = [] }) => {
    if (id !== undefined) return [];
    const others = alternatives.length === 0 ? '' : `; one token each are ${alternatives.join(', ')}`;
    return [`${name}, ${label}: '${word}' is not one token but [${tokens.join(', ')}]${others}`];
  });
}
