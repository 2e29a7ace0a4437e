/** `nexort finetune`: train a checkpoint on a task from a few examples, over the paper's grid. */

import type { Command } from 'commander';
import { Option } from 'commander';
import { planFineTuneRun, runFineTune } from '../../lm/node/index.ts';
import { chosenDevice } from '../deviceOption.ts';
import {
  addFineTuneSettings,
  type FineTuneSettings,
  fineTuneSettings,
  refuseIdleEvaluations,
} from '../finetune/options.ts';
import { fineTuneReportOf } from '../finetune/report.ts';
import { fineTuneSummary } from '../finetune/summary.ts';
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
import { givenModel } from '../modelOption.ts';
import { progress } from '../progress.ts';
import { runCommand } from '../run.ts';
import { RUNS, runFolderOf } from '../runFolderName.ts';
import { print } from '../terminal.ts';
import { commandGiven, idlePlanOptions, type PlanOptions, plannedRun, sameMachinesOption } from '../work/planned.ts';

interface Options extends DrawnTaskOptions, SubjectSettings, FineTuneSettings, PlanOptions {
  readonly save: 'best' | 'all' | 'none';
  readonly out?: string;
  readonly json: boolean;
}

/** What the command is told. */
export interface FineTuneGiven {
  readonly task: string;
  readonly options: Options;
  readonly command: Command;
}

const runFineTuneCommand = (given: FineTuneGiven): Promise<void> => runCommand(() => finetune(given));

/** Adds the command; `act` gets what it is told, in place of running it. */
export function addFineTuneCommand(program: Command, act = runFineTuneCommand): void {
  const command = program
    .command('finetune')
    .description('fine-tune a language model on a task from a few examples, with rate and batch size chosen on dev');
  addTaskOptions(command);
  addSubjectSettings(command);
  addFineTuneSettings(command);
  addMachineSettings(command)
    .addOption(
      new Option('--save <models>', "which draws' fine-tuned models are saved as checkpoint folders")
        .choices(['best', 'all', 'none'])
        .default('best'),
    )
    .option('--out <folder>', `run folder; an interrupted run goes on there (default: ${RUNS}/finetune-TASK-MODEL-…)`)
    .option('--plan-only', 'train nothing; open the folder to nexort work and nexort submit', false)
    .addOption(sameMachinesOption())
    .option('--json', 'print one JSON object instead of tables', false)
    .addHelpText(
      'after',
      `
Tasks, draws, settings and parameters are those of nexort kernel. Each draw is trained at every point of the grid, on the
softmax cross-entropy of the label words' logits, and evaluated on its dev examples; the state with the best dev score is kept
(of equal ones that of the least loss), and each draw's best point is scored on the test examples. A rate after whose first
evaluation dev examples are told worse than before, and whose loss grows, is given up, and so are larger ones.

Starting the same command again goes on where it was stopped, to the same bytes. With --plan-only several processes or machines
train the draws (nexort work --help); the command without it chooses among them, scores and ends the run.

Examples:
  nexort finetune
  nexort finetune sst-2 --data FOLDER --optimizer sgd --seeds 13,21
  nexort finetune sst-2 --data FOLDER --batch 8 --learning-rate 1e-4 --steps 300
  nexort finetune subj --data FOLDER --params lora --lora-rank 4 --learning-rate 1e-3,2e-3,5e-3 --grid extend
  nexort finetune subj --data FOLDER --params biases --setting cls-random --schedule linear:warmUp=50`,
    )
    .action((task: string, options: Options, command: Command) => act({ task, options, command }));
}

/** The run that the command is told to make. Throws the errors of its options, tasks and data files. */
export async function fineTuneRunOf({ task: nameOrFile, options, command }: FineTuneGiven) {
  refuseIdleColumns(command, nameOrFile, options);
  refuseIdleEvaluations(command, options);
  refuseIdle(command, idlePlanOptions(options));
  const chosen = checkedSubject(command, options);
  const given = await givenModel(options);
  const settings = Object.assign(
    subjectOfRun(options, chosen, given, await chosenDevice(options)),
    await fineTuneSettings(options),
  );
  const { run: drawn, made } = await drawnTask(nameOrFile, options, settings.model);
  const run = Object.assign(settings, drawn);
  const { optimizerIdentity, scheduled, clipNorm, grid, steps, evaluateEvery } = run;
  const further = [optimizerIdentity, scheduled?.text, clipNorm, grid, steps, evaluateEvery];
  const out = options.out ?? runFolderOf(run, 'finetune', further);
  return { run: Object.assign(run, { out, save: options.save }), model: given.name, made };
}

async function finetune(given: FineTuneGiven): Promise<void> {
  exitOnInterrupt('Interrupted. Everything computed so far is kept: start the same command again to go on.');
  const { options } = given;
  const { run, model, made } = await fineTuneRunOf(given);
  const { out } = run;
  const shown = progress(`fine-tuning on ${run.task.name}`);
  try {
    if (options.planOnly) {
      const command = commandGiven();
      const planned = await planFineTuneRun(run, command);
      shown.stop();
      for (const note of made === undefined ? [] : await writeTaskFile(made, out)) shown.say(note);
      print(plannedRun(command, planned, { out, json: options.json }));
      return;
    }
    const result = await runFineTune({
      ...run,
      report: (findings) => fineTuneReportOf(findings, { task: run.task, model }),
      onForecast: (forecast) => shown.say(forecastText(forecast)),
      onNotice: (text) => shown.say(text),
      onProgress: (share) => shown.update(share),
    });
    shown.stop();
    for (const note of made === undefined ? [] : await writeTaskFile(made, out)) shown.say(note);
    const named = { ...result, model };
    print(options.json ? `${JSON.stringify(named)}\n` : fineTuneSummary(named));
  } finally {
    shown.stop();
  }
}
