/** `nexort kernel`: classify a task with the empirical kernel of a checkpoint. */

import type { Command } from 'commander';
import { threadTeam } from '../../kernels/node/index.ts';
import { runKernel } from '../../lm/node/index.ts';
import { forecastText } from '../forecastText.ts';
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
import type { ChosenParameters } from '../loraOptions.ts';
import { givenModel } from '../modelOption.ts';
import { progress } from '../progress.ts';
import { runCommand } from '../run.ts';
import { RUNS, runFolderOf } from '../runFolderName.ts';
import { solverRequest } from '../solverOption.ts';
import { print } from '../terminal.ts';

interface Options extends DrawnTaskOptions, KernelSettings {
  readonly out?: string;
  readonly json: boolean;
}

/** Adds the command. */
export function addKernelCommand(program: Command): void {
  const command = program
    .command('kernel')
    .description('classify a task from a few examples with the empirical kernel of a language model');
  addTaskOptions(command);
  addKernelSettings(command)
    .option('--out <folder>', `run folder; an interrupted run goes on there (default: ${RUNS}/TASK-MODEL-…)`)
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

Of your own data, a task file is written beside the run folder, with a prompt and a word for each label: edit it, and give
it as the task (docs/data.md).`,
    )
    .action((task: string, options: Options, command: Command) =>
      runCommand(async () => {
        refuseIdleColumns(command, task, options);
        await kernel(task, options, checkedSettings(command, options));
      }),
    );
}

async function kernel(nameOrFile: string, options: Options, chosen: ChosenParameters): Promise<void> {
  exitOnInterrupt('Interrupted. Everything computed so far is kept: start the same command again to go on.');
  const given = await givenModel(options);
  const settings = settingsOfRun(options, chosen, given);
  const { run: drawn, embedded, made } = await drawnTask(nameOrFile, options, settings.model);
  const run = Object.assign(settings, drawn);
  const { task } = run;
  const shown = progress(`kernel of ${task.name}`);
  const team = threadTeam(options.threads === undefined ? {} : { threads: options.threads });
  const out = options.out ?? runFolderOf(run);
  const tell = async (): Promise<void> => {
    const notes = made === undefined ? [] : await writeTaskFile(made, out);
    for (const note of notes) shown.say(note);
  };
  const { name: model } = given;
  let telling: Promise<void> | undefined;
  try {
    const result = await runKernel({
      ...run,
      out,
      solver: solverRequest(options, task.labels.length),
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
