/**
 * Fine-tunes a checkpoint on every draw of a task, over a grid of batch sizes and rates chosen on dev; kept in a run folder,
 * so that a start that is interrupted goes on where it was, to the same bytes.
 */

import { required } from '../../../errors/index.ts';
import type { WorkCommand, WorkJob } from '../../../runs/index.ts';
import { engineTrainer } from '../../finetune/fineTune.ts';
import { pointsOf } from '../../finetune/grid.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import type { PlannedWork, WorkerRun } from '../run/kernelWork.ts';
import { asJson, subjectIdentity } from '../run/subjectIdentity.ts';
import { openTaskWork, planTaskJob, runTaskJob, type TaskJob } from '../run/taskJob.ts';
import type { FineTuneIdentity, FineTuneRunResult } from './fineTuneRecord.ts';
import { fineTuneResult } from './fineTuneResult.ts';
import type { FineTuneRunOptions } from './fineTuneRunOptions.ts';
import { FineTuneWork } from './fineTuneWork.ts';
import { countsOf, measurePace, type Pace, secondsOfRun } from './pace.ts';
import { blocksOfDraw, isOfTraining } from './pointStore.ts';
import { saveChosen } from './saveChosen.ts';
import { trainingOf } from './trainingOf.ts';

/** What is fixed at the first start of a run. */
interface FineTunePlan {
  readonly pace: Pace;
}

/**
 * Runs the job, or reads its result where the folder holds it; `read` are its inputs, where they are at hand. Throws the
 * errors of reading models and data, of prompts, draws and selections, of {@link fineTune} and of run folders;
 * {@link UserError} `lm.memory-too-small`.
 */
export function runFineTune(options: FineTuneRunOptions, read?: KernelInputs): Promise<FineTuneRunResult> {
  return runTaskJob(options, read, fineTuneJob(options));
}

/** Opens a run to workers, who train its draws; throws what {@link runFineTune} throws before its work. */
export function planFineTuneRun(
  options: FineTuneRunOptions,
  command: Omit<WorkCommand, 'units'>,
): Promise<PlannedWork> {
  return planTaskJob(options, fineTuneJob(options), command);
}

/** Opens the work of a planned run, whose folder is `out`. Throws what {@link runFineTune} and joining a run throw. */
export function openFineTuneWork(options: FineTuneRunOptions & WorkerRun): Promise<WorkJob> {
  return openTaskWork(options, fineTuneJob(options));
}

function fineTuneJob(options: FineTuneRunOptions): TaskJob<FineTunePlan, FineTuneRunResult> {
  const { grid, seeds } = options;
  const points = pointsOf(grid.batches, grid.rates);
  const seedOf = new Map(seeds.map((seed) => [`draw-${seed}`, seed]));
  return {
    identity: (inputs) => identityOf(options, inputs),
    plan: async ({ inputs, subject, engine }) => {
      const point = { batch: Math.max(...grid.batches), rate: Math.min(...grid.rates) };
      const own = { model: subject.model, trainer: engineTrainer(engine) };
      const seed = required(seeds[0], 'seed of a draw');
      return { pace: await measurePace(trainingOf({ options, inputs, subject }, own, seed, point), grid.batches) };
    },
    bytesOf: ({ pace }) => pace.bytes,
    work: async ({ inputs, subject, run, engine, plan: { pace }, seconds }) => {
      const forecast = secondsOfRun(pace, options, countsOf(inputs));
      options.onForecast?.({ bytes: pace.bytes, seconds: forecast, resumed: run.resumed });
      const work = await FineTuneWork.open({ options, inputs, subject, run, engine, pace });
      const { points, scored } = await work.points();
      const chosen = await work.chosen(points);
      const before = await work.before();
      const records = chosen.map(({ record }) => record);
      const saved = await saveChosen({ options, inputs, subject }, records, work, run);
      const ends = { forecastBytes: pace.bytes, seconds: seconds() };
      const result = fineTuneResult(
        Object.assign({ options, inputs, subject, points, scored, chosen, before, saved }, ends),
      );
      const { report } = options;
      return report === undefined ? { result } : { result, report: () => report({ result, inputs, points }) };
    },
    units: [...seedOf].map(([name, seed]) => ({ name, blocks: blocksOfDraw(seed, points), work: 1 })),
    isUnfinished: isOfTraining,
    share: async ({ inputs, subject, run, engine, plan: { pace } }) => {
      const work = await FineTuneWork.open({ options, inputs, subject, run, engine, pace });
      return ({ name }) => work.draw(required(seedOf.get(name), `draw of unit ${name}`));
    },
  };
}

async function identityOf(options: FineTuneRunOptions, inputs: KernelInputs): Promise<FineTuneIdentity> {
  const { optimizerIdentity, scheduled, clipNorm, grid, steps, evaluateEvery } = options;
  return {
    job: 'finetune',
    ...(await subjectIdentity(options, inputs)),
    optimizer: optimizerIdentity,
    schedule: scheduled?.text ?? null,
    clipNorm: clipNorm ?? null,
    grid: asJson(grid),
    steps,
    evaluateEvery,
  };
}
