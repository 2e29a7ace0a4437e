/** `nexort tasks`: the tasks known by name, as models are asked them. */

import type { Command } from 'commander';
import { TASKS } from '../../lm/index.ts';
import { type TaskOfModel, tasksOfModel } from '../../lm/node/index.ts';
import { addChatOption, type ChatOption } from '../chatOption.ts';
import { refuseIdle } from '../idleOptions.ts';
import { addModelOptions, givenModel, type ModelOptions } from '../modelOption.ts';
import { runCommand } from '../run.ts';
import { table } from '../table.ts';
import { print } from '../terminal.ts';
import { addTasksRunCommand, type TasksRunGiven } from './tasksRun.ts';

interface Options extends ModelOptions, ChatOption {
  readonly json: boolean;
}

/** Adds the command; `act` gets what its `run` is told, in place of running it. */
export function addTasksCommand(program: Command, act?: (given: TasksRunGiven) => Promise<void>): void {
  const command = program
    .command('tasks')
    .description('list the tasks, their prompts and label words, or run many of them into one table');
  addModelOptions(command, 'as this model is asked them, with the tokens of the words: a folder, or ORG/NAME');
  const tasks = addChatOption(command)
    .option('--json', 'print one JSON object instead of a table', false)
    .addHelpText(
      'after',
      `
Prompts are for models that predict a masked word, {m}; models that predict the next word have others, with the word at the
end. A label word has to be one token of the model: with --model those that are not are told, with words that are. With
--chat-template the prompt is the user's message, and the word begins the answer: what the template puts around both is shown.

Examples:
  nexort tasks
  nexort tasks --model FOLDER
  nexort tasks --model FOLDER --chat-template
  nexort tasks run --data FOLDER`,
    )
    .action((options: Options) =>
      runCommand(async () => {
        refuseIdle(tasks, [
          { option: 'offline', reason: options.model === undefined ? 'it is of a model of the hub' : undefined },
          { option: 'chatTemplate', reason: options.model === undefined ? 'it is of --model' : undefined },
        ]);
        print(await listing(options));
      }),
    );
  addTasksRunCommand(tasks, act);
}

async function listing(options: Options): Promise<string> {
  const { json, model, revision, chatTemplate } = options;
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
  const { predicts, tasks, chat } = await tasksOfModel(given.folder, chatTemplate);
  if (json) {
    return `${JSON.stringify({ model: given.name, predicts, ...(chat === undefined ? {} : { chat }), tasks })}\n`;
  }
  const rows = tasks.map(({ name, prompt, labels }) => [
    name,
    prompt,
    labels.map((label) => `${label.name}: ${label.tokens.join(' ')}`).join(', '),
  ]);
  const problems = tasks.flatMap(wordProblems);
  return `${[
    `${given.name} predicts ${predicts}`,
    ...(chat === undefined ? [] : chatLines(chat)),
    table(['task', 'prompt', 'labels: tokens'], rows),
    ...(problems.length === 0 ? ['Every label word is one token.'] : [problems.join('\n')]),
  ].join('\n')}\n`;
}

/** What stands around a prompt and its word, as it is: in lines of its own. */
const chatLines = (chat: string): readonly string[] => [
  'In its chat template a prompt and the label word stand so:',
  ...chat.split('\n').map((line) => `  ${line}`),
];

/** What is wrong with a task's words, and what could stand in their place. */
function wordProblems({ name, labels }: TaskOfModel): string[] {
  return labels.flatMap(({ name: label, word, tokens, id, alternatives = [] }) => {
    if (id !== undefined) return [];
    const others = alternatives.length === 0 ? '' : `; one token each are ${alternatives.join(', ')}`;
    return [`${name}, ${label}: '${word}' is not one token but [${tokens.join(', ')}]${others}`];
  });
}
