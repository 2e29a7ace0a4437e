/** `nexort tasks run`: the kernels of many tasks into one folder, with a table of what they reach. */

import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { threadTeam } from '../../kernels/node/index.ts';
import { DRAW_SEEDS, readConfig, type Task, taskFor } from '../../lm/index.ts';
import { checkpointFolder, planTasks, runTasks, type TaskTable, tasksIn } from '../../lm/node/index.ts';
import { nodeFiles, writeAtomically } from '../../runs/index.ts';
import { chosenDevice } from '../deviceOption.ts';
import { forecastText } from '../forecastText.ts';
import { refuseIdle } from '../idleOptions.ts';
import { exitOnInterrupt } from '../interrupt.ts';
import { reportOfRun } from '../kernelReport.ts';
import { addKernelSettings, checkedSettings, type KernelSettings, settingsOfRun } from '../kernelSettings.ts';
import { givenModel } from '../modelOption.ts';
import { count } from '../options.ts';
import {
  differenceSentences,
  namedOverview,
  overviewCsv,
  overviewMarkdown,
  overviewText,
  settingsOfTable,
} from '../overviewTexts.ts';
import { progress } from '../progress.ts';
import { environment } from '../reportFile.ts';
import { runCommand } from '../run.ts';
import { solverRequest } from '../solverOption.ts';
import { print } from '../terminal.ts';
import {
  commandGiven,
  idlePlanOptions,
  type PlanOptions,
  planJson,
  plannedNotes,
  planText,
  sameMachinesOption,
} from '../work/planned.ts';

interface Options extends KernelSettings, PlanOptions {
  readonly data: string;
  readonly tasks?: readonly string[];
  readonly out: string;
  readonly workers: number;
  readonly json: boolean;
}

/** What the command is told. */
export interface TasksRunGiven {
  readonly options: Options;
  readonly command: Command;
}

const runTasksCommand = (given: TasksRunGiven): Promise<void> => runCommand(() => tasksRun(given));

/** Workers of a plan that names none. */
const WORKERS = 16;

/** Adds the command to `nexort tasks`; `act` gets what it is told, in place of running it. */
export function addTasksRunCommand(tasks: Command, act = runTasksCommand): void {
  const command = tasks
    .command('run')
    .description('classify many tasks from a few examples, into one folder with a table of the results')
    .requiredOption('--data <folder>', 'folder with the data of tasks, TASK.jsonl and so on (docs/data.md)')
    .option('--tasks <list>', 'some of the tasks (default: all that have data there)', (text: string) =>
      text.split(','),
    );
  addKernelSettings(command)
    .option('--out <folder>', 'folder of the runs, one for each task; an interrupted table goes on there', 'runs/tasks')
    .option('--plan-only', 'compute nothing; open the runs to nexort work and nexort submit', false)
    .addOption(sameMachinesOption())
    .option('--workers <number>', 'of --plan-only: for how many workers the work is cut up', count, WORKERS)
    .option('--json', 'print one JSON object instead of a table', false)
    .addHelpText(
      'after',
      `
Each task is a run of nexort kernel in a folder of its own, with its report; overview.html, overview.md, overview.csv and
overview.json hold the table, and are written anew after each task. Starting the same command again goes on where it was
stopped. Tasks that cannot be run are told at the end. With --plan-only workers compute all runs of the folder together
(nexort work --help); the command without it collects them.

Examples:
  nexort tasks run --data FOLDER --limit 500
  nexort tasks run --data FOLDER --splits FOLDER --kernels sgd,signgd,a-signgd --out runs/table
  nexort tasks run --data FOLDER --tasks sst-2,trec --params biases`,
    )
    .action((options: Options) => {
      // The list's own options come first, whichever of the two commands they were meant for.
      const list = tasks.opts<Pick<Options, 'model' | 'revision' | 'offline' | 'chatTemplate' | 'json'>>();
      const { model = list.model, revision = list.revision } = options;
      const given = Object.assign({}, options, {
        ...(model === undefined ? {} : { model }),
        ...(revision === undefined ? {} : { revision }),
        offline: options.offline || list.offline,
        chatTemplate: options.chatTemplate || list.chatTemplate,
        json: options.json || list.json,
      });
      return act({ options: given, command });
    });
}

/** The runs that the command is told to make. Throws the errors of its options, and of reading model and data. */
export async function tableRunOf({ options, command }: TasksRunGiven) {
  refuseIdle(command, [
    { option: 'workers', reason: options.planOnly ? undefined : 'it says how --plan-only cuts up the work' },
    ...idlePlanOptions(options),
  ]);
  const chosen = checkedSettings(command, options);
  const found = await tasksIn(options.data, options.splits, options.tasks);
  const given = await givenModel(options);
  const config = await readConfig(checkpointFolder(given.folder));
  const tasks = found.map((own) => Object.assign({}, own, { task: taskFor(own.task, config) }));
  const settings = settingsOfRun(options, chosen, given, await chosenDevice(options));
  const run = Object.assign(settings, {
    tasks,
    out: options.out,
    seeds: options.seeds ?? DRAW_SEEDS,
    solver: (task: Task) => solverRequest(options, task.labels.length),
  });
  return { run, model: given.name };
}

async function tasksRun(asked: TasksRunGiven): Promise<void> {
  exitOnInterrupt('Interrupted. Everything computed so far is kept: start the same command again to go on.');
  const { options } = asked;
  const { run, model } = await tableRunOf(asked);
  const { tasks } = run;
  if (options.planOnly) {
    await plan(run, options);
    return;
  }
  const drawn = tasks.filter(({ splits }) => splits === undefined).map(({ task }) => task.name);
  const shown = progress(`kernels of ${tasks.length} tasks`);
  shown.say(`reading the data of ${tasks.length} tasks`);
  const team = threadTeam(options.threads === undefined ? {} : { threads: options.threads });
  if (options.splits !== undefined && drawn.length > 0) {
    shown.say(`'${options.splits}' has no draws of ${drawn.join(', ')}: they are drawn from the data`);
  }
  try {
    const table = await runTasks({
      ...run,
      team,
      report: (findings, task) => reportOfRun(findings, { task, model }),
      onTask: (task, place) => shown.say(`${place + 1} of ${tasks.length}: ${task.name}`),
      onForecast: (forecast) => shown.say(forecastText({ ...forecast, resumed: false })),
      onNotice: (text) => shown.say(text),
      onProgress: (share) => shown.update(share),
      onOverview: (found) => writeOverview(options, model, found),
    });
    shown.stop();
    print(options.json ? `${JSON.stringify(jsonOf(table))}\n` : overviewText(namedOverview(table), table, options.out));
    if (table.failures.length > 0) process.exitCode = 1;
  } finally {
    shown.stop();
    await team.close();
  }
}

/** Opens every task's run to workers. */
async function plan(run: Awaited<ReturnType<typeof tableRunOf>>['run'], options: Options): Promise<void> {
  const command = commandGiven();
  const { runs, failures } = await planTasks({ ...run, workers: options.workers }, command);
  const failed = failures.map(({ task, error }) => ({ task, code: error.code, message: error.message }));
  const units = runs.reduce((sum, one) => sum + one.units, 0);
  const most = runs.reduce((bytes, { forecastBytes }) => Math.max(bytes, forecastBytes), 0);
  const notes = [
    `${runs.length} runs, one for each task`,
    ...runs.slice(0, 1).flatMap((one) => plannedNotes({ ...one, forecastBytes: most })),
    ...failed.map(({ task, message }) => `not planned: ${task}: ${message}`),
  ];
  const json = planJson({ run: resolve(options.out), units, runs, failures: failed });
  print(options.json ? json : planText({ ...command, units }, options.out, notes));
  if (failures.length > 0) process.exitCode = 1;
}

/** The overview in every form; a reader never sees a file half written. */
async function writeOverview(options: Options, model: string, table: TaskTable): Promise<void> {
  if (table.results.length === 0) return;
  const overview = namedOverview(table);
  const lines = settingsOfTable(table, model);
  const title = `${table.results.length === 1 ? '1 task' : `${table.results.length} tasks`}, ${options.k} examples per class`;
  const { overviewReport } = await import('../../report/index.ts');
  const page = overviewReport({
    title,
    overview,
    sentences: differenceSentences(overview),
    settings: lines,
    environment: environment(),
  });
  const files: readonly (readonly [string, string])[] = [
    ['overview.html', page],
    ['overview.md', overviewMarkdown(title, overview, lines)],
    ['overview.csv', overviewCsv(overview)],
    ['overview.json', `${JSON.stringify(jsonOf(table), null, 2)}\n`],
  ];
  for (const [name, text] of files)
    await writeAtomically(nodeFiles, join(options.out, name), [new TextEncoder().encode(text)]);
}

function jsonOf({ overview, results, failures }: TaskTable) {
  return {
    overview,
    results,
    failures: failures.map(({ task, error }) => ({ task, code: error.code, message: error.message })),
  };
}
