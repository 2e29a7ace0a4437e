/** `nexort regime`: does fine-tuning a checkpoint on a task behave like a kernel? */

import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { threadTeam } from '../../kernels/node/index.ts';
import { SETTINGS, type Setting, settingText } from '../../lm/index.ts';
import { planRegimeRun, type RegimeRunResult, runRegime } from '../../lm/node/index.ts';
import { nodeFiles, writeAtomically } from '../../runs/index.ts';
import { chosenDevice } from '../deviceOption.ts';
import { forecastText } from '../forecastText.ts';
import { refuseIdle } from '../idleOptions.ts';
import { exitOnInterrupt } from '../interrupt.ts';
import {
  addMachineSettings,
  addSubjectSettings,
  checkedSubject,
  type SubjectSettings,
  subjectOfRun,
} from '../kernelSettings.ts';
import { addTaskOptions, type DrawnTaskOptions, drawnTask, refuseIdleColumns, writeTaskFile } from '../kernelTask.ts';
import type { ChosenParameters } from '../loraOptions.ts';
import { type GivenModel, givenModel } from '../modelOption.ts';
import { duration, progress } from '../progress.ts';
import { addRegimeSettings, type RegimeSettings, refuseIdleWatch, regimeSettings } from '../regime/options.ts';
import { regimeRows, regimeTableMarkdown, regimeTableText } from '../regime/regimeTable.ts';
import { reportOfRegime } from '../regime/report.ts';
import { regimeSummary } from '../regime/summary.ts';
import { FAILED, runCommand } from '../run.ts';
import { RUNS, runFolderOf } from '../runFolderName.ts';
import { print, printMessage } from '../terminal.ts';
import { commandGiven, idlePlanOptions, type PlanOptions, plannedRun, sameMachinesOption } from '../work/planned.ts';

interface Options extends DrawnTaskOptions, SubjectSettings, RegimeSettings, PlanOptions {
  readonly tasks?: readonly string[];
  readonly settings?: readonly Setting['kind'][];
  readonly out?: string;
  readonly json: boolean;
}

/** What the command is told. */
export interface RegimeGiven {
  readonly task: string;
  readonly options: Options;
  readonly command: Command;
}

const runRegimeCommand = (given: RegimeGiven): Promise<void> => runCommand(() => regimeCommand(given));

/** Adds the command; `act` gets what it is told, in place of running it. */
export function addRegimeCommand(program: Command, act = runRegimeCommand): void {
  const command = program
    .command('regime')
    .description('tell whether fine-tuning a language model on a task behaves like a kernel method');
  addTaskOptions(command);
  addSubjectSettings(command);
  addRegimeSettings(command);
  addMachineSettings(command)
    .option(
      '--tasks <list>',
      'several tasks in place of one, for a table; --data is the folder of their data',
      taskNames,
    )
    .option('--settings <list>', 'of --tasks: settings side by side (default: prompt,cls-random)', settingNames)
    .option(
      '--out <folder>',
      `run folder; an interrupted run goes on there (default: ${RUNS}/regime-TASK-MODEL-…; of --tasks ${RUNS}/regimes)`,
    )
    .option('--plan-only', 'of one task: measure nothing; open the folder to nexort work and nexort submit', false)
    .addOption(sameMachinesOption())
    .option('--json', 'print one JSON object instead of text', false)
    .addHelpText(
      'after',
      `
Each draw is fine-tuned with each optimizer, and the model after the last step is compared with the one before (Malladi et
al. 2023, definition 3.2; docs/regime.md):

  linearization    f(θ_0) + ⟨∇f(θ_0), θ − θ_0⟩ has the fine-tuned model's accuracy and logits
  fixed features   the optimizer's kernel, SGD's or for Adam A-SignGD's, is what it was

Both have to pass. Bounds are printed with the verdict, with where they come from. Not judged are the accuracies of the kernel
and of a training of the linear model by the same steps.

With --tasks each task and setting is a run in a folder of its own, and regimes.md and regimes.json hold the table, written
anew after each.

Starting the same command again goes on where it was stopped, to the same bytes. With --plan-only several processes or machines
measure the draws (nexort work --help); the command without it solves the kernel, judges and ends the run.

Exit code 0: kernel behavior for every optimizer, or a table. 1: not, or undecided. 2: bad usage or input.

Examples:
  nexort regime --steps 50
  nexort regime sst-2 --data FOLDER --optimizer sgd,adam --learning-rate sgd=1e-2,adam=1e-4 --seeds 13,21
  nexort regime subj --data FOLDER --setting cls-random --watch-kernel 50
  nexort regime subj --data FOLDER --params lora --lora-rank 4 --optimizer adam --learning-rate 1e-3
  nexort regime --tasks afinn,sst-2,subj,trec --data FOLDER --steps 300 --limit 200`,
    )
    .action((task: string, options: Options, command: Command) => act({ task, options, command }));
}

const SETTINGS_OF_TABLES: readonly Setting['kind'][] = ['prompt', 'cls-random'];

const KEPT = 'Interrupted. Everything computed so far is kept: start the same command again to go on.';

async function regimeCommand(given: RegimeGiven): Promise<void> {
  const { options, command } = given;
  const { tasks, settings = SETTINGS_OF_TABLES } = options;
  refuseIdle(command, idlePlanOptions(options));
  if (tasks !== undefined) {
    refuseIdleWatch(command, options);
    refuseIdleOfTable(command);
    await regimes(tasks, options, checkedSubject(command, options, settings));
    return;
  }
  exitOnInterrupt(KEPT);
  const asked = await regimeRunOf(given);
  if (options.planOnly) {
    await planRegime(asked, options.json);
    return;
  }
  const result = await regime(asked);
  print(options.json ? `${JSON.stringify(result)}\n` : regimeSummary(result));
  if (result.verdict !== 'kernel') process.exitCode = FAILED;
}

/** The run that the command is told to make, of one task. Throws the errors of its options, tasks and data files. */
export async function regimeRunOf({ task, options, command }: RegimeGiven) {
  refuseIdleWatch(command, options);
  const chosen = checkedSubject(command, options);
  refuseIdle(command, [{ option: 'settings', reason: 'it is of --tasks; of one task there is --setting' }]);
  refuseIdleColumns(command, task, options);
  return taskRunOf(task, options, chosen, await givenModel(options));
}

type AskedRegime = Awaited<ReturnType<typeof taskRunOf>>;

/** The run of one task. */
async function taskRunOf(nameOrFile: string, options: Options, chosen: ChosenParameters, given: GivenModel) {
  const settings = Object.assign(
    subjectOfRun(options, chosen, given, await chosenDevice(options)),
    await regimeSettings(options),
  );
  const { run: drawn, made } = await drawnTask(nameOrFile, options, settings.model);
  const run = Object.assign(settings, drawn);
  const { optimizers, steps, batch, clipNorm, compared, watchEvery, trainLinear, solveKernel } = run;
  const asked = optimizers.map(({ identity, learningRate }) => [identity, learningRate]);
  const further = [asked, steps, batch, clipNorm, compared, watchEvery, trainLinear, solveKernel];
  const out = options.out ?? runFolderOf(run, 'regime', further);
  return { run: Object.assign(run, { out }), model: given.name, made };
}

async function planRegime({ run, made }: AskedRegime, json: boolean): Promise<void> {
  const { out } = run;
  const command = commandGiven();
  const planned = await planRegimeRun(run, command);
  for (const note of made === undefined ? [] : await writeTaskFile(made, out)) printMessage(note);
  print(plannedRun(command, planned, { out, json }));
}

/** One run. */
async function regime({ run, model, made }: AskedRegime): Promise<RegimeRunResult> {
  exitOnInterrupt(KEPT);
  const { out } = run;
  const shown = progress(`kernel regime of ${run.task.name}`);
  const team = threadTeam({ threads: run.threads });
  try {
    const result = await runRegime({
      ...run,
      team,
      report: (findings) => reportOfRegime(findings, { task: run.task, model }),
      onForecast: (forecast) => shown.say(forecastText(forecast)),
      onNotice: (text) => shown.say(text),
      onProgress: (share) => shown.update(share),
    });
    shown.stop();
    for (const note of made === undefined ? [] : await writeTaskFile(made, out)) shown.say(note);
    return { ...result, model };
  } finally {
    shown.stop();
    await team.close();
  }
}

/** A run of every task in every setting, and the table. */
async function regimes(tasks: readonly string[], options: Options, chosen: ChosenParameters): Promise<void> {
  const { settings = SETTINGS_OF_TABLES, out = join(RUNS, 'regimes'), data, splits, ...others } = options;
  const results: RegimeRunResult[] = [];
  const model = await givenModel(options);
  for (const task of tasks) {
    for (const setting of settings) {
      printMessage(`${results.length + 1} of ${tasks.length * settings.length}: ${task}, ${setting}`);
      const own = { ...others, setting, out: join(out, `${task}-${setting}`) };
      const found = EMBEDDED.includes(task)
        ? own
        : { ...own, ...(data === undefined ? {} : { data }), ...(splits === undefined ? {} : { splits }) };
      results.push(await regime(await taskRunOf(task, found, chosen, model)));
      await writeTable(results, options, out, model);
    }
  }
  const rows = regimeRows(results);
  print(options.json ? `${JSON.stringify({ rows, results })}\n` : regimeTableText(rows));
}

/** Tasks whose data come with nexort. */
const EMBEDDED: readonly string[] = ['afinn'];

async function writeTable(
  results: readonly RegimeRunResult[],
  options: Options,
  out: string,
  { name }: GivenModel,
): Promise<void> {
  const rows = regimeRows(results);
  const seeds = [...new Set(results.map((result) => result.seeds.join(', ')))].join('; ');
  const lines = [
    `model ${name}, ${options.k} examples per class, draws of seeds ${seeds}`,
    `${options.steps} steps of ${options.batch} examples, parameters ${options.params}`,
    ...results.map(
      ({ task, setting, evaluated, compared, seconds }) =>
        `${task}, ${setting.kind === 'prompt' ? settingText(setting) : setting.kind}: ${evaluated} evaluated, kernels on ${compared} of them, ${duration(seconds)}`,
    ),
  ];
  const files: readonly (readonly [string, string])[] = [
    ['regimes.md', regimeTableMarkdown(rows, lines)],
    ['regimes.json', `${JSON.stringify({ rows, results }, null, 2)}\n`],
  ];
  for (const [file, text] of files) await writeAtomically(nodeFiles, join(out, file), [new TextEncoder().encode(text)]);
}

/** What of one task a table has no use for. */
function refuseIdleOfTable(command: Command): void {
  const reason = 'it is of one task, and --tasks names several';
  refuseIdle(
    command,
    (['label', 'text', 'text2', 'labels', 'columns', 'planOnly'] as const).map((option) => ({ option, reason })),
  );
  refuseIdle(command, [{ option: 'setting', reason: 'with --tasks there is --settings' }]);
}

function taskNames(text: string): string[] {
  const given = text.split(',').map((name) => name.trim());
  if (given.includes('')) throw new InvalidArgumentError('Give names of tasks, such as sst-2,subj.');
  return given;
}

function settingNames(text: string): Setting['kind'][] {
  return text.split(',').map((name) => {
    const known = SETTINGS.find((setting) => setting === name.trim());
    if (known === undefined) throw new InvalidArgumentError(`Give some of ${SETTINGS.join(', ')}.`);
    return known;
  });
}
