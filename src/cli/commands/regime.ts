/** `nexort regime`: does fine-tuning a checkpoint on a task behave like a kernel? */

import type { Command } from 'commander';
import { threadTeam } from '../../kernels/node/index.ts';
import { runRegime } from '../../lm/node/index.ts';
import { forecastText } from '../forecastText.ts';
import { exitOnInterrupt } from '../interrupt.ts';
import {
  addMachineSettings,
  addSubjectSettings,
  checkedSubject,
  modelName,
  type SubjectSettings,
  subjectOfRun,
} from '../kernelSettings.ts';
import { addTaskOptions, type DrawnTaskOptions, drawnTask, refuseIdleColumns, writeTaskFile } from '../kernelTask.ts';
import type { ChosenParameters } from '../loraOptions.ts';
import { progress } from '../progress.ts';
import { addRegimeSettings, type RegimeSettings, refuseIdleWatch, regimeSettings } from '../regime/options.ts';
import { reportOfRegime } from '../regime/report.ts';
import { regimeSummary } from '../regime/summary.ts';
import { FAILED, runCommand } from '../run.ts';
import { RUNS, runFolderOf } from '../runFolderName.ts';
import { print } from '../terminal.ts';

interface Options extends DrawnTaskOptions, SubjectSettings, RegimeSettings {
  readonly out?: string;
  readonly json: boolean;
}

/** Adds the command. */
export function addRegimeCommand(program: Command): void {
  const command = program
    .command('regime')
    .description('tell whether fine-tuning a language model on a task behaves like a kernel method');
  addTaskOptions(command);
  addSubjectSettings(command);
  addRegimeSettings(command);
  addMachineSettings(command)
    .option('--out <folder>', `run folder; an interrupted run goes on there (default: ${RUNS}/regime-TASK-MODEL-…)`)
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

Starting the same command again goes on where it was stopped, to the same bytes.

Exit code 0: kernel behavior for every optimizer. 1: not, or undecided. 2: bad usage or input.

Examples:
  nexort regime --steps 50
  nexort regime sst-2 --data FOLDER --optimizer sgd,adam --learning-rate sgd=1e-2,adam=1e-4 --seeds 13,21
  nexort regime subj --data FOLDER --setting cls-random --watch-kernel 50
  nexort regime subj --data FOLDER --params lora --lora-rank 4 --optimizer adam --learning-rate 1e-3`,
    )
    .action((task: string, options: Options, command: Command) =>
      runCommand(async () => {
        refuseIdleColumns(command, task, options);
        refuseIdleWatch(command, options);
        await regime(task, options, checkedSubject(command, options));
      }),
    );
}

async function regime(nameOrFile: string, options: Options, chosen: ChosenParameters): Promise<void> {
  exitOnInterrupt('Interrupted. Everything computed so far is kept: start the same command again to go on.');
  const settings = Object.assign(subjectOfRun(options, chosen), await regimeSettings(options));
  const { run: drawn, made } = await drawnTask(nameOrFile, options, settings.model);
  const run = Object.assign(settings, drawn);
  const { optimizers, steps, batch, clipNorm, compared, watchEvery, trainLinear, solveKernel } = run;
  const asked = optimizers.map(({ identity, learningRate }) => [identity, learningRate]);
  const further = [asked, steps, batch, clipNorm, compared, watchEvery, trainLinear, solveKernel];
  const out = options.out ?? runFolderOf(run, 'regime', further);
  const shown = progress(`kernel regime of ${run.task.name}`);
  const team = threadTeam(options.threads === undefined ? {} : { threads: options.threads });
  const model = modelName(options);
  try {
    const result = await runRegime({
      ...run,
      out,
      team,
      report: (findings) => reportOfRegime(findings, { task: run.task, model }),
      onForecast: (forecast) => shown.say(forecastText(forecast)),
      onNotice: (text) => shown.say(text),
      onProgress: (share) => shown.update(share),
    });
    shown.stop();
    for (const note of made === undefined ? [] : await writeTaskFile(made, out)) shown.say(note);
    const named = { ...result, model };
    print(options.json ? `${JSON.stringify(named)}\n` : regimeSummary(named));
    if (result.verdict !== 'kernel') process.exitCode = FAILED;
  } finally {
    shown.stop();
    await team.close();
  }
}
