/**
 * Fine-tunes a checkpoint on every draw of a task, over a grid of batch sizes and rates chosen on dev; kept in a run folder,
 * so that a start that is interrupted goes on where it was, to the same bytes.
 */

import { required } from '../../../errors/index.ts';
import type { Engine } from '../../../finite/index.ts';
import type { Tensors } from '../../../program/index.ts';
import { type Json, openRun, type RunFolder } from '../../../runs/index.ts';

import { engineTrainer, fineTune, type Trainer } from '../../finetune/fineTune.ts';
import {
  furtherRate,
  type GridPoint,
  type PointOutcome,
  type PointScore,
  pointScore,
  pointsOf,
} from '../../finetune/grid.ts';
import { textLogits } from '../../finetune/textLogits.ts';
import { type EncoderModel, keepingWeights, withWeights } from '../../model/checkpoint.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import { classesOf, positionsOf } from '../../run/kernelScores.ts';
import { checkSetting, headFeeds, PROMPT } from '../../run/setting.ts';
import { kernelPartOf } from '../run/kernelParts.ts';
import { openSubject, type RunSubject } from '../run/kernelSubject.ts';
import { headParameters, probedHeads } from '../run/probedHeads.ts';
import { kernelInputs } from '../run/readInputs.ts';
import { asJson, subjectIdentity } from '../run/subjectIdentity.ts';
import type { FineTuneIdentity, FineTuneRunResult, PointRecord } from './fineTuneRecord.ts';
import { fineTuneResult } from './fineTuneResult.ts';
import type { FineTuneRunOptions } from './fineTuneRunOptions.ts';
import { bestRecord, type ChosenPoint, endedText } from './pointRecords.ts';
import { pointCheckpoints, readPoint, readWeights, removePoint, writePoint, writeWeights } from './pointStore.ts';

/** What is fixed at the first start of a run. */
interface FineTunePlan {
  readonly threads: number;
}

/**
 * Runs the job, or reads its result where the folder holds it; `read` are its inputs, where they are at hand. Throws the
 * errors of reading models and data, of prompts, draws and selections, of {@link fineTune} and of run folders.
 */
export async function runFineTune(options: FineTuneRunOptions, read?: KernelInputs): Promise<FineTuneRunResult> {
  const started = performance.now();
  const inputs = read ?? (await kernelInputs(options));
  checkSetting(options.setting ?? PROMPT, options.task, inputs.data);
  const subject = await openSubject(options, inputs);
  let run: RunFolder<Json> | undefined;
  let engine: Engine | undefined;
  try {
    run = await openRun<Json>({
      folder: options.out,
      identity: await identityOf(options, inputs),
      plan: () => ({ threads: options.threads }),
      ...(options.files === undefined ? {} : { files: options.files }),
      ...(options.onNotice === undefined ? {} : { onNotice: options.onNotice }),
    });
    const stored = run.result as unknown as FineTuneRunResult | undefined; // as this function wrote it
    if (stored !== undefined) return { ...stored, out: options.out, stored: true };
    const { threads } = run.plan as unknown as FineTunePlan; // as this function made it
    if (threads !== options.threads) options.onNotice?.(`The run goes on with ${threads} threads, as it was begun.`);
    engine = options.engine(threads);
    const work = await FineTuneWork.open({ options, inputs, subject, run, engine });
    const { points, scored } = await work.points();
    const chosen = await work.chosen(points);
    const before = await work.before();
    const result = fineTuneResult({
      options,
      inputs,
      subject,
      points,
      scored,
      chosen,
      before,
      saved: [],
      forecastBytes: 0,
      seconds: (performance.now() - started) / 1000,
    });
    if (options.report !== undefined) {
      await run.writeFile('report.html', await options.report({ result, inputs, points }));
    }
    await run.finish(asJson(result));
    return result;
  } finally {
    await engine?.release();
    await run?.close();
    await subject.model.close();
  }
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

interface WorkOptions {
  readonly options: FineTuneRunOptions;
  readonly inputs: KernelInputs;
  readonly subject: RunSubject;
  readonly run: RunFolder<Json>;
  readonly engine: Engine;
}

class FineTuneWork {
  readonly #given: WorkOptions;
  readonly #trainer: Trainer;
  /** By seed; without heads of the draws it is one. */
  readonly #models: ReadonlyMap<number, EncoderModel>;

  private constructor(given: WorkOptions, models: ReadonlyMap<number, EncoderModel>) {
    this.#given = given;
    this.#models = models;
    this.#trainer = engineTrainer(given.engine);
  }

  static async open(given: WorkOptions): Promise<FineTuneWork> {
    const { options, inputs, subject, engine, run } = given;
    const heads = await probedHeads(options, inputs, subject.parts, { engine, store: run });
    const kept = keepingWeights(subject.model);
    const models = options.seeds.map((seed): [number, EncoderModel] => {
      const head = heads[subject.parts.indexOf(kernelPartOf(subject.parts, seed))];
      return [seed, head === undefined ? kept : withWeights(kept, headParameters(kept, head))];
    });
    return new FineTuneWork(given, new Map(models));
  }

  /** Every training of the grid, and of what it is extended by. */
  async points(): Promise<{ readonly points: readonly PointRecord[]; readonly scored: readonly PointScore[] }> {
    const { options } = this.#given;
    const { batches, rates } = options.grid;
    const records: PointRecord[] = [];
    const tried: PointScore[] = [];
    let open = pointsOf(batches, rates);
    const done = new Set(rates);
    for (let k = 0; open.length > 0; k++) {
      const [point, ...others] = open;
      const outcomes = await this.#pointOf(required(point, 'point of a grid'), tried, records);
      tried.push(pointScore(required(point, 'point of a grid'), outcomes));
      open = others;
      options.onProgress?.(Math.min(1, (k + 1) / (batches.length * done.size)));
      if (open.length > 0) continue;
      const rate = furtherRate(options.grid, tried);
      if (rate === undefined) break;
      options.onNotice?.(`The best rate so far is the largest of the grid: ${rate} is tried too.`);
      done.add(rate);
      open = pointsOf(batches, [rate]);
    }
    return { points: records, scored: tried };
  }

  /** A point in all draws, unless a smaller rate has failed in all of them. */
  async #pointOf(point: GridPoint, tried: readonly PointScore[], records: PointRecord[]): Promise<PointOutcome[]> {
    const { options } = this.#given;
    if (tried.some(({ batch, rate, finished }) => batch === point.batch && rate < point.rate && finished === 0)) {
      return options.seeds.map(() => ({ status: 'skipped' }));
    }
    const own: PointRecord[] = [];
    for (const seed of options.seeds) own.push(await this.#train(seed, point, records));
    records.push(...own);
    return own;
  }

  async #train(seed: number, point: GridPoint, before: readonly PointRecord[]): Promise<PointRecord> {
    const { options, run } = this.#given;
    const known = await readPoint(run, seed, point);
    if (known !== undefined) return known;
    options.onPoint?.(seed, point);
    const checkpoint = pointCheckpoints(run, seed, point);
    const found = await fineTune({ ...this.#trainingOf(seed, point), checkpoint });
    const { status, steps, losses, evaluations, best, tooLarge, divergence } = found;
    const record: PointRecord = { seed, ...point, status, steps, losses, evaluations, best, tooLarge, divergence };
    // Weights first: where only they are written, the training ends anew from its last checkpoint.
    if (bestRecord([...before.filter((one) => one.seed === seed), record]) === record) {
      await writeWeights(run, seed, point, found.bestWeights);
    }
    await writePoint(run, record);
    await checkpoint.remove();
    const ended = endedText(record);
    if (ended !== undefined) options.onNotice?.(ended);
    return record;
  }

  #trainingOf(seed: number, { batch, rate }: GridPoint): Parameters<typeof fineTune>[0] {
    const { options, inputs, subject } = this.#given;
    const { task, optimizer, settings, scheduled, clipNorm, steps, evaluateEvery } = options;
    const { train, dev } = drawOfSeed(inputs, seed);
    return {
      trainer: this.#trainer,
      model: required(this.#models.get(seed), `model of draw ${seed}`),
      examples: inputs.encoded,
      classes: classesOf(task, inputs.examples),
      train: positionsOf(inputs, train),
      dev: positionsOf(inputs, dev),
      head: headFeeds(inputs.labelIds),
      selected: subject.selected,
      selection: options.parameters,
      optimizer,
      settings: { ...settings, learningRate: scheduled === undefined ? rate : scheduled.rate(rate) },
      ...(clipNorm === undefined ? {} : { clipNorm }),
      batch,
      steps,
      evaluateEvery,
      seed,
      metric: task.metric,
      stopTooLarge: true,
    };
  }

  /** Each draw's best training, with its weights and its logits of the test examples. */
  async chosen(records: readonly PointRecord[]): Promise<readonly ChosenPoint[]> {
    const { options, run } = this.#given;
    const chosen: ChosenPoint[] = [];
    for (const seed of options.seeds) {
      const own = records.filter((one) => one.seed === seed);
      const record = required(bestRecord(own), `training of draw ${seed}`);
      const model = required(this.#models.get(seed), `model of draw ${seed}`);
      let weights = await readWeights(run, seed, record);
      if (weights === undefined) {
        // Damaged since: that training is made again.
        await removePoint(run, seed, record);
        await this.#train(seed, record, []);
        weights = required(await readWeights(run, seed, record), `weights of draw ${seed}`);
      }
      chosen.push({ record, model, weights, logits: await this.#testLogits(model, weights) });
    }
    return chosen;
  }

  /** Logits of the test examples by the models as they were, one for all draws or one for each. */
  async before(): Promise<readonly Float64Array[]> {
    const logits: Float64Array[] = [];
    for (const model of new Set(this.#models.values())) logits.push(await this.#testLogits(model, {}));
    return logits;
  }

  async #testLogits(model: EncoderModel, weights: Tensors): Promise<Float64Array> {
    const { inputs } = this.#given;
    const all = await model.load(model.net.parameters.map(({ name }) => name));
    const texts = { examples: inputs.encoded, head: headFeeds(inputs.labelIds), rule: model.config };
    return textLogits(model.net, { ...all, ...weights }, texts, positionsOf(inputs, inputs.test), this.#trainer.run);
  }
}

function drawOfSeed({ data }: KernelInputs, seed: number) {
  return required(
    data.draws.find((draw) => draw.seed === seed),
    `draw ${seed}`,
  );
}
