/**
 * Does fine-tuning a checkpoint on a task behave like a kernel? Every draw is fine-tuned with every optimizer and measured,
 * and the draws of each optimizer are judged; kept in a run folder, so that a start that is interrupted goes on where it
 * was, to the same bytes.
 */

import { join } from 'node:path';
import { required } from '../../../errors/index.ts';
import type { Engine } from '../../../finite/index.ts';
import type { WorkCommand, WorkJob } from '../../../runs/index.ts';
import { KERNEL_KINDS } from '../../kernel/kernelKinds.ts';
import type { LanguageModel } from '../../model/checkpoint.ts';
import { type MeasuredDraw, measureDraw } from '../../regime/measureDraw.ts';
import { kernelOfOptimizer } from '../../regime/optimizerKernel.ts';
import { type OptimizerRegime, summarizeDraws } from '../../regime/summarizeDraws.ts';
import { inputsOfDraw, type KernelInputs } from '../../run/kernelInputs.ts';
import { classesOf, positionsOf } from '../../run/kernelScores.ts';
import { headFeeds } from '../../run/setting.ts';
import { runKernel } from '../run/kernelRun.ts';
import type { RunSubject } from '../run/kernelSubject.ts';
import type { PlannedWork, WorkerRun } from '../run/kernelWork.ts';
import { modelsBySeed } from '../run/probedHeads.ts';
import { asJson, subjectIdentity } from '../run/subjectIdentity.ts';
import { type JobStore, openTaskWork, planTaskJob, runTaskJob, type TaskJob } from '../run/taskJob.ts';
import { type TaskTraining, taskTrainingResult } from '../run/trainingResult.ts';
import { forecastRegime, type RegimeForecast } from './forecastRegime.ts';
import type { RegimeIdentity, RegimeRunResult } from './regimeRecord.ts';
import type { RegimeOptimizer, RegimeRunOptions } from './regimeRunOptions.ts';
import { DrawBlocks, isOfMeasuring, measuredBlock } from './regimeStore.ts';

/** Where the kernel's own run is kept, below the run folder. */
const KERNEL_FOLDER = 'kernel';
/** Most checkpoints of a training, and least seconds between them. */
const [CHECKPOINTS, CHECKPOINT_SECONDS] = [20, 60];

/**
 * Runs the job, or reads its result where the folder holds it; `read` are its inputs, where they are at hand. Throws the
 * errors of reading models and data, of prompts, draws and selections, of fine-tuning, of kernels and of run folders.
 */
export function runRegime(options: RegimeRunOptions, read?: KernelInputs): Promise<RegimeRunResult> {
  return runTaskJob(options, read, regimeJob(options));
}

/** Opens a run to workers, who measure its draws; throws what {@link runRegime} throws before its work. */
export function planRegimeRun(options: RegimeRunOptions, command: Omit<WorkCommand, 'units'>): Promise<PlannedWork> {
  return planTaskJob(options, regimeJob(options), command);
}

/** Opens the work of a planned run, whose folder is `out`. Throws what {@link runRegime} and joining a run throw. */
export function openRegimeWork(options: RegimeRunOptions & WorkerRun): Promise<WorkJob> {
  return openTaskWork(options, regimeJob(options));
}

function regimeJob(options: RegimeRunOptions): TaskJob<RegimeForecast, RegimeRunResult> {
  const units = options.seeds.flatMap((seed) =>
    options.optimizers.map((_, place) => ({
      name: `draw-${seed}-optimizer-${place + 1}`,
      blocks: [measuredBlock(seed, place)],
      work: 1,
      seed,
      place,
    })),
  );
  return {
    identity: (inputs) => regimeIdentity(options, inputs),
    plan: ({ inputs, subject, engine }) => forecastRegime(options, inputs, subject, engine),
    bytesOf: ({ bytes }) => bytes,
    work: async ({ inputs, subject, run, engine, threads, plan: { bytes, solving, measuring }, seconds }) => {
      const all = solving + measuring;
      options.onForecast?.({ bytes, seconds: all, resumed: run.resumed });
      const share = solving / all;
      const kernelScores = await scoresOfKernels(options, inputs, threads, (done) =>
        options.onProgress?.(share * done),
      );
      const work = await RegimeWork.open({ options, inputs, subject, run, engine, share });
      const draws = await work.measured();
      const ends = { forecastBytes: bytes, seconds: seconds() };
      const result = resultOf(Object.assign({ options, inputs, subject, draws, kernelScores }, ends));
      const { report } = options;
      if (report === undefined) return { result };
      return { result, report: () => report({ result, inputs, draws: Object.fromEntries(draws) }) };
    },
    units,
    isUnfinished: isOfMeasuring,
    share: async ({ inputs, subject, run, engine }) => {
      const work = await RegimeWork.open({ options, inputs, subject, run, engine, share: 0 });
      return async ({ name }) => {
        const { seed, place } = required(
          units.find((unit) => unit.name === name),
          `unit ${name}`,
        );
        await work.draw(seed, required(options.optimizers[place], `optimizer ${place}`), place);
      };
    },
  };
}

async function regimeIdentity(options: RegimeRunOptions, inputs: KernelInputs): Promise<RegimeIdentity> {
  const { optimizers, steps, batch, clipNorm, compared, watchEvery, trainLinear, solveKernel } = options;
  return Object.assign({ job: 'regime' } as const, await subjectIdentity(options, inputs), {
    optimizers: asJson(optimizers.map(({ identity, learningRate }) => [identity, learningRate])),
    steps,
    batch,
    clipNorm: clipNorm ?? null,
    compared,
    watchEvery: watchEvery ?? null,
    linear: trainLinear,
    kernel: solveKernel,
  });
}

/** Scores by draw of the kernels that belong to the optimizers, each solved on its dev examples. */
async function scoresOfKernels(
  options: RegimeRunOptions,
  inputs: KernelInputs,
  threads: number,
  onProgress: (share: number) => void,
): Promise<ReadonlyMap<string, readonly number[]>> {
  if (!options.solveKernel) return new Map();
  const wanted = options.optimizers.map(({ optimizer }) => kernelOfOptimizer(optimizer.name));
  const kinds = KERNEL_KINDS.filter((kind) => wanted.some((one) => one === kind));
  const { report: _, onForecast: __, onProgress: ___, ...subject } = options;
  const solved = Object.assign(subject, {
    out: join(options.out, KERNEL_FOLDER),
    threads,
    solver: { method: 'dev' } as const,
    kernels: kinds,
    onProgress,
  });
  const { kernels } = await runKernel(solved, inputs);
  return new Map(kinds.map((kind) => [kind, required(kernels[kind], `scores of kernel ${kind}`).values]));
}

interface WorkOptions {
  readonly options: RegimeRunOptions;
  readonly inputs: KernelInputs;
  readonly subject: RunSubject;
  readonly run: JobStore;
  readonly engine: Engine;
  /** Of the work, what comes before. */
  readonly share: number;
}

class RegimeWork {
  readonly #given: WorkOptions;
  /** By seed; without heads of the draws it is one. */
  readonly #models: ReadonlyMap<number, LanguageModel>;

  private constructor(given: WorkOptions, models: ReadonlyMap<number, LanguageModel>) {
    this.#given = given;
    this.#models = models;
  }

  static async open(given: WorkOptions): Promise<RegimeWork> {
    const { options, inputs, subject, engine, run } = given;
    return new RegimeWork(given, await modelsBySeed(options, inputs, subject, { engine, store: run }));
  }

  /** Every draw of every optimizer; those that are not there are measured. */
  async measured(): Promise<ReadonlyMap<string, readonly MeasuredDraw[]>> {
    const { share: before } = this.#given;
    const { optimizers, seeds, onProgress: tell = () => {} } = this.#given.options;
    const onProgress = (share: number): void => tell(before + (1 - before) * share);
    const found = new Map(optimizers.map(({ name }): [string, MeasuredDraw[]] => [name, []]));
    const all = seeds.length * optimizers.length;
    let done = 0;
    for (const seed of seeds) {
      for (const [k, optimizer] of optimizers.entries()) {
        const over = done;
        const own = await this.draw(seed, optimizer, k, (share) => onProgress((over + share) / all));
        required(found.get(optimizer.name), `draws of ${optimizer.name}`).push(own);
        done++;
        onProgress(done / all);
      }
    }
    return found;
  }

  /** One draw of one optimizer, by its place; it is measured where it is not there. */
  async draw(
    seed: number,
    { optimizer, settings, learningRate, name }: RegimeOptimizer,
    place: number,
    onProgress: (share: number) => void = () => {},
  ): Promise<MeasuredDraw> {
    const { options, inputs, subject, run, engine } = this.#given;
    const { task, steps, batch, clipNorm, compared, watchEvery, trainLinear, team } = options;
    const blocks = new DrawBlocks(run, seed, place);
    const known = await blocks.measured();
    if (known !== undefined) return known;
    const draw = required(
      inputs.data.draws.find((one) => one.seed === seed),
      `draw ${seed}`,
    );
    const own = inputsOfDraw(inputs, draw);
    const found = await measureDraw({
      engine,
      model: required(this.#models.get(seed), `model of draw ${seed}`),
      examples: own.encoded,
      classes: classesOf(task, own.examples),
      train: positionsOf(own, draw.train),
      evaluated: positionsOf(own, own.test),
      compared,
      head: headFeeds(inputs.labelIds),
      outputs: subject.outputs,
      selected: subject.selected,
      selection: options.parameters,
      metric: task.metric,
      optimizer,
      settings: Object.assign({}, settings, { learningRate }),
      ...(clipNorm === undefined ? {} : { clipNorm }),
      batch,
      steps,
      seed,
      ...(watchEvery === undefined ? {} : { watchEvery }),
      trainLinear,
      ...(team === undefined ? {} : { team }),
      store: blocks.stores(Math.ceil(steps / CHECKPOINTS), options.checkpointSeconds ?? CHECKPOINT_SECONDS),
      onProgress,
    });
    await blocks.finish(found);
    if (found.divergence !== null) options.onNotice?.(`${name}, draw ${seed}: ${found.divergence}.`);
    return found;
  }
}

interface ResultOptions extends TaskTraining {
  readonly options: RegimeRunOptions;
  readonly draws: ReadonlyMap<string, readonly MeasuredDraw[]>;
  /** By kind of kernel. */
  readonly kernelScores: ReadonlyMap<string, readonly number[]>;
}

function resultOf(given: ResultOptions): RegimeRunResult {
  const { options, inputs, draws, kernelScores } = given;
  const { task, batch, compared, watchEvery } = options;
  const evaluated = inputs.test.length;
  const byName = options.optimizers.map(({ name, optimizer, learningRate }): [string, OptimizerRegime] => {
    const scores = kernelScores.get(kernelOfOptimizer(optimizer.name));
    const own = required(draws.get(name), `draws of ${name}`);
    const asked = { draws: own, optimizer: name, learningRate, metric: task.metric, evaluated };
    return [name, summarizeDraws(scores === undefined ? asked : Object.assign(asked, { kernelScores: scores }))];
  });
  const verdicts = new Set(byName.map(([, { verdict }]) => verdict));
  const [verdict, ...others] = verdicts;
  return {
    verdict: others.length > 0 ? 'mixed' : required(verdict, 'verdict of an optimizer'),
    ...taskTrainingResult(given),
    compared: Math.min(compared, evaluated),
    optimizers: Object.fromEntries(byName),
    batch,
    watchEvery: watchEvery ?? null,
  };
}
