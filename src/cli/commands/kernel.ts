/** `nexort kernel`: classify a task with the empirical kernel of a checkpoint. */

import { createHash } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { threadTeam } from '../../kernels/node/index.ts';
import { DRAW_SEEDS, type LabelValues, withLabelValues } from '../../lm/index.ts';
import { isDataFile, type KernelRunOptions, runKernel } from '../../lm/node/index.ts';
import { columns, labelValues } from '../columnsOption.ts';
import { labelsWithoutData } from '../errors.ts';
import { forecastText } from '../forecastText.ts';
import { refuseIdle } from '../idleOptions.ts';
import { exitOnInterrupt } from '../interrupt.ts';
import { reportOfRun } from '../kernelReport.ts';
import {
  addKernelSettings,
  checkedSettings,
  type KernelSettings,
  modelName,
  settingsOfRun,
} from '../kernelSettings.ts';
import { kernelSummary } from '../kernelSummary.ts';
import { givenTask, type TaskOptions, taskFileOf, writeTaskFile } from '../kernelTask.ts';
import type { ChosenParameters } from '../loraOptions.ts';
import { progress } from '../progress.ts';
import { runCommand } from '../run.ts';
import { solverRequest } from '../solverOption.ts';
import { print } from '../terminal.ts';

/** Draws of the embedded task, which is for a first look. */
const FIRST_LOOK_SEEDS = 3;
/** Where runs are kept unless told otherwise, below the current folder. */
const RUNS = 'runs';

interface Options extends TaskOptions, KernelSettings {
  readonly labels?: LabelValues;
  readonly out?: string;
  readonly json: boolean;
}

/** Adds the command. */
export function addKernelCommand(program: Command): void {
  const command = program
    .command('kernel')
    .description('classify a task from a few examples with the empirical kernel of a language model')
    .argument(
      '[task]',
      "a task's name (nexort tasks lists them), your data as .csv, .tsv or .jsonl, or a task of your own as a JSON file",
      'afinn',
    )
    .option('--label <column>', 'with your data as the task: its column of labels (default: label)')
    .option('--text <column>', 'with your data as the task: its column of texts (default: text)')
    .option('--text2 <column>', 'with your data as the task: its column of second texts, if it compares two')
    .option('--data <path>', 'file or folder with the data: JSON lines, CSV, TSV, LM-BFF folders (docs/data.md)')
    .option('--columns <names>', 'columns of your data, such as label=topic,text=message', columns)
    .option('--labels <values>', 'what stands for labels in your data, such as 0=negative,1=positive', labelValues);
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
        const ofTheirOwn = options.data === undefined && !isDataFile(task);
        refuseIdle(command, [
          {
            option: 'columns',
            reason: ofTheirOwn ? 'it is of --data; of its own data a task names them itself' : undefined,
          },
        ]);
        await kernel(task, options, checkedSettings(command, options));
      }),
    );
}

async function kernel(nameOrFile: string, options: Options, chosen: ChosenParameters): Promise<void> {
  exitOnInterrupt('Interrupted. Everything computed so far is kept: start the same command again to go on.');
  const settings = settingsOfRun(options, chosen);
  const { task: known, source, made } = await givenTask(nameOrFile, options, settings.model);
  const task = options.labels === undefined ? known : withLabelValues(known, options.labels);
  const embedded = source === undefined && options.splits === undefined && task.name === 'afinn';
  if (embedded && options.labels !== undefined) throw labelsWithoutData();
  const run = Object.assign(settings, {
    task,
    ...(source === undefined ? {} : { source }),
    ...(options.splits === undefined ? {} : { splits: options.splits }),
    seeds: options.seeds ?? (embedded ? DRAW_SEEDS.slice(0, FIRST_LOOK_SEEDS) : DRAW_SEEDS),
  });
  const shown = progress(`kernel of ${task.name}`);
  const team = threadTeam(options.threads === undefined ? {} : { threads: options.threads });
  const out = options.out ?? defaultFolder(run);
  const tell = async (): Promise<void> => {
    const notes = made === undefined ? [] : await writeTaskFile(made, out);
    for (const note of notes) shown.say(note);
  };
  const model = modelName(options);
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

/** The same run always gets the same folder; how the kernel is solved does not matter to it. */
function defaultFolder(
  run: Pick<
    KernelRunOptions,
    | 'task'
    | 'model'
    | 'source'
    | 'splits'
    | 'shots'
    | 'seeds'
    | 'parameters'
    | 'untie'
    | 'setting'
    | 'lora'
    | 'limit'
    | 'version'
    | 'runtime'
  >,
): string {
  const path = (name: string | undefined): string | undefined => (name === undefined ? undefined : resolve(name));
  const places = [run.model, run.source?.path, run.source?.test, run.splits].map(path);
  const { task, source, shots, seeds: drawn, parameters, untie, lora, limit, setting } = run;
  const key = JSON.stringify([
    task,
    places,
    source?.columns,
    shots,
    drawn,
    parameters,
    untie,
    limit,
    run.version,
    run.runtime,
    ...(setting === undefined || setting.kind === 'prompt' ? [] : [setting]),
    ...(lora === undefined ? [] : [lora.kind === 'saved' ? resolve(lora.folder) : lora]),
  ]);
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 8);
  return join(RUNS, `${task.name}-${basename(resolve(run.model))}-${digest}`);
}
