/** `nexort kernel`: classify a task with the empirical kernel of a checkpoint. */

import type { Command } from 'commander';
import { threadTeam } from '../../kernels/node/index.ts';
import { planKernelRun, runKernel } from '../../lm/node/index.ts';
import { chosenDevice } from '../deviceOption.ts';
import { forecastText } from '../forecastText.ts';
import { refuseIdle } from '../idleOptions.ts';
import { exitOnInterrupt } from '../interrupt.ts';
import { reportOfRun } from '../kernelReport.ts';
import { addKernelSettings, checkedSettings, type KernelSettings, settingsOfRun } from '../kernelSettings.ts';
import { kernelSummary } from '../kernelSummary.ts';
import {
  addTaskOptions,
  type DrawnTaskOptions,
  drawnTask,
  refuseIdleColumns,
  taskFileOf,
  writeTaskFile,
} from '../kernelTask.ts';
import { givenModel } from '../modelOption.ts';
import { count } from '../options.ts';
import { progress } from '../progress.ts';
import { runCommand } from '../run.ts';
import { RUNS, runFolderOf } from '../runFolderName.ts';
import { solverRequest } from '../solverOption.ts';
import { print } from '../terminal.ts';
import { commandGiven, idlePlanOptions, type PlanOptions, plannedRun, sameMachinesOption } from '../work/planned.ts';

interface Options extends DrawnTaskOptions, KernelSettings, PlanOptions {
  readonly out?: string;
  readonly workers: number;
  readonly json: boolean;
}

/** What the command is told. */
export interface KernelGiven {
  readonly task: string;
  readonly options: Options;
  readonly command: Command;
}

const runKernelCommand = (given: KernelGiven): Promise<void> => runCommand(() => kernel(given));

/** Workers of a plan that names none. */
const WORKERS = 16;

/** Adds the command; `act` gets what it is told, in place of running it. */
export function addKernelCommand(program: Command, act = runKernelCommand): void {
  const command = program
    .command('kernel')
    .description('classify a task from a few examples with the empirical kernel of a language model');
  addTaskOptions(command);
  addKernelSettings(command)
    .option('--out <folder>', `run folder; an interrupted run goes on there (default: ${RUNS}/TASK-MODEL-…)`)
    .option('--plan-only', 'compute nothing; open the folder to nexort work and nexort submit', false)
    .addOption(sameMachinesOption())
    .option('--workers <number>', 'of --plan-only: for how many workers the work is cut up', count, WORKERS)
    .option('--json', 'print one JSON object instead of tables', false)
    .addHelpText(
      'after',
      `
Starting the same command again goes on where it was stopped, or shows the result of a run that is done.

Examples:
  nexort kernel
  nexort kernel sst-2 --data FOLDER --seeds 13,21
  nexort kernel subj --data FOLDER --params biases --limit 200
  nexort kernel subj --data FOLDER --params lora --lora-rank 4 --lora-targets query,key,value
  nexort kernel --kernels sgd,signgd,a-signgd
  nexort kernel --setting cls-probe
  nexort kernel examples/own-task/tickets.csv --label topic --text message
  nexort kernel examples/own-task/task.json --k 8 --out runs/tickets
  nexort kernel --out runs/shared --plan-only     for several processes: nexort work --help

Of your own data, a task file is written beside the run folder, with a prompt and a word for each label: edit it, and give
it as the task (docs/data.md).`,
    )
    .action((task: string, options: Options, command: Command) => act({ task, options, command }));
}

/** The run that the command is told to make. Throws the errors of its options, tasks and data files. */
export async function kernelRunOf({ task: nameOrFile, options, command }: KernelGiven) {
  refuseIdleColumns(command, nameOrFile, options);
  refuseIdle(command, [
    { option: 'workers', reason: options.planOnly ? undefined : 'it says how --plan-only cuts up the work' },
    ...idlePlanOptions(options),
  ]);
  const chosen = checkedSettings(command, options);
  const model = await givenModel(options);
  const settings = settingsOfRun(options, chosen, model, await chosenDevice(options));
  const { run: drawn, embedded, made } = await drawnTask(nameOrFile, options, settings.model);
  const run = Object.assign(settings, drawn);
  const out = options.out ?? runFolderOf(run);
  const solver = solverRequest(options, run.task.labels.length);
  return { run: Object.assign(run, { out, solver }), model: model.name, embedded, made };
}

async function kernel(given: KernelGiven): Promise<void> {
  exitOnInterrupt('Interrupted. Everything computed so far is kept: start the same command again to go on.');
  const { options } = given;
  const { run, model, embedded, made } = await kernelRunOf(given);
  const { task, out } = run;
  const shown = progress(`kernel of ${task.name}`);
  const tell = async (): Promise<void> => {
    const notes = made === undefined ? [] : await writeTaskFile(made, out);
    for (const note of notes) shown.say(note);
  };
  if (options.planOnly) {
    const command = commandGiven();
    const planned = await planKernelRun({ ...run, workers: options.workers }, command);
    shown.stop();
    await tell();
    print(plannedRun(command, planned, { out, json: options.json }));
    return;
  }
  const team = threadTeam(options.threads === undefined ? {} : { threads: options.threads });
  let telling: Promise<void> | undefined;
  try {
    const result = await runKernel({
      ...run,
      team,
      report: (findings) => reportOfRun(findings, { task, model }),
      onForecast: (forecast) => {
        shown.say(forecastText(forecast));
        telling = tell();
        // Awaited after the run; until then its failure waits.
        telling.catch(() => {});
      },
      onNotice: (text) => shown.say(text),
      onProgress: (share) => shown.update(share),
    });
    shown.stop();
    await (telling ?? tell());
    const named = { ...result, model, ...(made === undefined ? {} : { taskFile: taskFileOf(out) }) };
    print(options.json ? `${JSON.stringify(named)}\n` : kernelSummary(named, embedded));
  } finally {
    shown.stop();
    await team.close();
  }
}
