/** The trainings of a run, each made once and kept, and what the chosen ones make of the test examples. */

import { required } from '../../../errors/index.ts';
import type { Engine } from '../../../finite/index.ts';
import type { Tensors } from '../../../program/index.ts';
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
import type { LanguageModel } from '../../model/checkpoint.ts';
import { positionsOf } from '../../run/kernelScores.ts';
import { headFeeds } from '../../run/setting.ts';
import type { RunSubject } from '../run/kernelSubject.ts';
import { modelsBySeed } from '../run/probedHeads.ts';
import type { JobStore } from '../run/taskJob.ts';
import type { PointRecord } from './fineTuneRecord.ts';
import { countsOf, type Pace, RunShare, secondsOfRun, secondsOfTraining } from './pace.ts';
import { bestRecord, type ChosenPoint, endedText } from './pointRecords.ts';
import { pointCheckpoints, readPoint, readWeights, removePoint, writePoint, writeWeights } from './pointStore.ts';
import { type TrainingSubject, trainingOf } from './trainingOf.ts';

interface WorkOptions extends TrainingSubject {
  readonly subject: RunSubject;
  readonly run: JobStore;
  readonly engine: Engine;
  readonly pace: Pace;
}

/** Between checkpoints: what is lost by an interruption, against gigabytes that are written. */
const CHECKPOINT_SECONDS = 60;

export class FineTuneWork {
  readonly #given: WorkOptions;
  readonly #trainer: Trainer;
  /** By seed; without heads of the draws it is one. */
  readonly #models: ReadonlyMap<number, LanguageModel>;
  readonly #share: RunShare;

  private constructor(given: WorkOptions, models: ReadonlyMap<number, LanguageModel>) {
    const { options, inputs, pace } = given;
    this.#given = given;
    this.#models = models;
    this.#trainer = engineTrainer(given.engine);
    this.#share = new RunShare(secondsOfRun(pace, options, countsOf(inputs)), (share) => options.onProgress?.(share));
  }

  static async open(given: WorkOptions): Promise<FineTuneWork> {
    const { options, inputs, subject, engine, run } = given;
    return new FineTuneWork(given, await modelsBySeed(options, inputs, subject, { engine, store: run }));
  }

  /** Every training of the grid, and of what it is extended by. */
  async points(): Promise<{ readonly points: readonly PointRecord[]; readonly scored: readonly PointScore[] }> {
    const { options } = this.#given;
    const { batches, rates } = options.grid;
    const points: PointRecord[] = [];
    const scored: PointScore[] = [];
    let open: readonly GridPoint[] = pointsOf(batches, rates);
    while (open.length > 0) {
      for (const point of open) scored.push(pointScore(point, await this.#pointOf(point, scored, points)));
      const rate = furtherRate(options.grid, scored);
      open = rate === undefined ? [] : pointsOf(batches, [rate]);
      if (rate === undefined) break;
      options.onNotice?.(`the best rate so far is the largest of the grid: ${rate} is tried too`);
      for (const { batch } of open) this.#share.more(options.seeds.length * this.#secondsAt(batch));
    }
    return { points, scored };
  }

  /**
   * A draw at every point of the grid, as one of several processes trains it: which points are skipped, and by what the grid is
   * extended, is known when all draws are there.
   */
  async draw(seed: number): Promise<void> {
    const { batches, rates } = this.#given.options.grid;
    const own: PointRecord[] = [];
    for (const point of pointsOf(batches, rates)) own.push(await this.#train(seed, point, own));
  }

  /** A point in all draws, unless a smaller rate has failed in all of them. */
  async #pointOf(point: GridPoint, scored: readonly PointScore[], points: PointRecord[]): Promise<PointOutcome[]> {
    const { seeds } = this.#given.options;
    if (scored.some(({ batch, rate, finished }) => batch === point.batch && rate < point.rate && finished === 0)) {
      for (const _ of seeds) this.#share.over(this.#secondsAt(point.batch));
      return seeds.map(() => ({ status: 'skipped' }));
    }
    const own: PointRecord[] = [];
    for (const seed of seeds) {
      own.push(await this.#train(seed, point, points));
      this.#share.over(this.#secondsAt(point.batch));
    }
    points.push(...own);
    return own;
  }

  /** Trains, or reads what was trained; `before` are the trainings that are done. */
  async #train(seed: number, point: GridPoint, before: readonly PointRecord[]): Promise<PointRecord> {
    const { options, run } = this.#given;
    const known = await readPoint(run, seed, point);
    if (known !== undefined) return known;
    options.onPoint?.(seed, point);
    const { remove, ...checkpoint } = pointCheckpoints(run, seed, point);
    const model = this.#modelOf(seed);
    const seconds = this.#secondsAt(point.batch);
    const found = await fineTune({
      ...trainingOf(this.#given, { model, trainer: this.#trainer }, seed, point),
      checkpoint: { ...checkpoint, seconds: options.checkpointSeconds ?? CHECKPOINT_SECONDS },
      onStep: (step) => this.#share.within(seconds, step / options.steps),
    });
    const { status, steps, losses, evaluations, best, tooLarge, divergence } = found;
    const record: PointRecord = { seed, ...point, status, steps, losses, evaluations, best, tooLarge, divergence };
    // Weights first: where only they are written, the training ends anew from its last checkpoint.
    if (bestRecord([...before.filter((one) => one.seed === seed), record]) === record) {
      await writeWeights(run, seed, point, found.bestWeights);
    }
    await writePoint(run, record);
    await remove();
    const ended = endedText(record, options.task.metric);
    if (ended !== undefined) options.onNotice?.(ended);
    return record;
  }

  /** Each draw's best training, with its logits of the test examples. */
  async chosen(points: readonly PointRecord[]): Promise<readonly ChosenPoint[]> {
    const chosen: ChosenPoint[] = [];
    for (const seed of this.#given.options.seeds) {
      const record = required(bestRecord(points.filter((one) => one.seed === seed)), `training of draw ${seed}`);
      const { model, weights } = await this.trained(record);
      chosen.push({ record, logits: await this.#testLogits(model, weights) });
    }
    return chosen;
  }

  /** The model of a draw and its trained parameters at its best point. */
  async trained(record: PointRecord): Promise<{ readonly model: LanguageModel; readonly weights: Tensors }> {
    const { seed } = record;
    const { run } = this.#given;
    const model = this.#modelOf(seed);
    const kept = await readWeights(run, seed, record);
    if (kept !== undefined) return { model, weights: kept };
    // Damaged since: that training is made again.
    await removePoint(run, seed, record);
    await this.#train(seed, record, []);
    return { model, weights: required(await readWeights(run, seed, record), `weights of draw ${seed}`) };
  }

  /** Logits of the test examples by the models as they were, one for all draws or one for each. */
  async before(): Promise<readonly Float64Array[]> {
    const logits: Float64Array[] = [];
    for (const model of new Set(this.#models.values())) logits.push(await this.#testLogits(model, {}));
    return logits;
  }

  async #testLogits(model: LanguageModel, weights: Tensors): Promise<Float64Array> {
    const { inputs, pace } = this.#given;
    const all = await model.load(model.net.parameters.map(({ name }) => name));
    const texts = { examples: inputs.encoded, head: headFeeds(inputs.labelIds), rule: model.config };
    const members = positionsOf(inputs, inputs.test);
    const logits = await textLogits(model.net, { ...all, ...weights }, texts, members, this.#trainer.run);
    this.#share.over(members.length * pace.text);
    return logits;
  }

  #modelOf(seed: number): LanguageModel {
    return required(this.#models.get(seed), `model of draw ${seed}`);
  }

  #secondsAt(batch: number): number {
    const { options, inputs, pace } = this.#given;
    return secondsOfTraining(pace, batch, options, countsOf(inputs).dev);
  }
}
