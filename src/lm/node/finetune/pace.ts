/** How long trainings take, from a few steps that are made before, and how far a run of them is. */

import { required } from '../../../errors/index.ts';
import { peakMemory } from '../../../runs/index.ts';
import { type FineTuneOptions, fineTune } from '../../finetune/fineTune.ts';
import { pointsOf } from '../../finetune/grid.ts';
import { textBatches } from '../../finetune/textBatches.ts';
import { textLogits } from '../../finetune/textLogits.ts';
import { paddedLength } from '../../kernel/batches.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import type { FineTuneRunOptions } from './fineTuneRunOptions.ts';

/** Seconds, plain data for the plan of a run. */
export interface Pace {
  /** Of a step, by the batch size. */
  readonly steps: Readonly<Record<string, number>>;
  /** Of the forward pass of a text. */
  readonly text: number;
  /** The process at its fullest meanwhile. */
  readonly bytes: number;
}

/** Batches whose lengths are looked at, and steps that are made, the first of which compiles. */
const [LOOKED_AT, STEPS] = [64, 3];
/** Texts whose forward pass is timed. */
const TEXTS = 32;

/** Makes steps of each batch size on a mini-batch of the usual length, and of the largest on the longest texts. */
export async function measurePace(training: FineTuneOptions, batches: readonly number[]): Promise<Pace> {
  const steps: Record<string, number> = {};
  for (const batch of batches) steps[batch] = await secondsOfStep(training, usualBatch(training, batch));
  const longest = training.train.toSorted((a, b) => lengthOf(training, b) - lengthOf(training, a));
  await secondsOfStep(training, longest.slice(0, Math.max(...batches)));
  return { steps, text: await secondsOfText(training), bytes: peakMemory() };
}

const lengthOf = ({ examples }: FineTuneOptions, position: number): number =>
  paddedLength(required(examples[position], `example ${position}`));

/** The texts of a mini-batch that is as long as most. */
function usualBatch(training: FineTuneOptions, batch: number): readonly number[] {
  const { examples, train, seed = 0 } = training;
  const texts = { examples, classes: training.classes, head: {}, rule: training.model.config };
  const drawn = textBatches(texts, { train, batch, seed });
  const all = Array.from({ length: LOOKED_AT }, (_, step) => required(drawn(step).tokens, 'tokens of a batch'));
  const lengths = all.map(({ shape }) => required(shape[1], 'length of a batch')).sort((a, b) => a - b);
  const usual = required(lengths[LOOKED_AT / 2], 'usual length of a batch');
  const short = train.filter((position) => lengthOf(training, position) <= usual);
  return short.toSorted((a, b) => lengthOf(training, b) - lengthOf(training, a)).slice(0, batch);
}

async function secondsOfStep(training: FineTuneOptions, train: readonly number[]): Promise<number> {
  const times: number[] = [];
  const { checkpoint: _, ...plain } = training;
  await fineTune({
    ...plain,
    train,
    dev: [],
    batch: train.length,
    steps: STEPS,
    evaluateEvery: STEPS,
    onStep: () => void times.push(performance.now()),
  });
  const between = times.slice(1).map((time, k) => time - required(times[k], 'time of a step'));
  return Math.min(...between) / 1000;
}

async function secondsOfText({ model, examples, head, dev, train, trainer }: FineTuneOptions): Promise<number> {
  const weights = await model.load(model.net.parameters.map(({ name }) => name));
  const members = [...dev, ...train].slice(0, TEXTS);
  const times: number[] = [];
  for (let pass = 0; pass < 2; pass++) {
    const started = performance.now();
    await textLogits(model.net, weights, { examples, head, rule: model.config }, members, trainer.run);
    times.push(performance.now() - started);
  }
  return Math.min(...times) / 1000 / members.length;
}

type Trained = Pick<FineTuneRunOptions, 'steps' | 'evaluateEvery'>;

/** How far a run is, by the seconds of its parts. */
export class RunShare {
  readonly #onProgress: (share: number) => void;
  #whole: number;
  #done = 0;
  /** Of the training at work. */
  #part = 0;

  constructor(whole: number, onProgress: (share: number) => void) {
    this.#whole = whole;
    this.#onProgress = onProgress;
  }

  /** Further work, which was not known at the start. */
  more(seconds: number): void {
    this.#whole += seconds;
  }

  /** The share of a training that is done. */
  within(seconds: number, share: number): void {
    this.#part = seconds * share;
    this.#tell();
  }

  /** A training or an evaluation is over. */
  over(seconds: number): void {
    this.#done += seconds;
    this.#part = 0;
    this.#tell();
  }

  #tell(): void {
    this.#onProgress(this.#whole === 0 ? 1 : Math.min(1, (this.#done + this.#part) / this.#whole));
  }
}

/** Seconds of one training with its evaluations on so many dev examples. */
export function secondsOfTraining(pace: Pace, batch: number, { steps, evaluateEvery }: Trained, dev: number): number {
  const evaluations = 1 + Math.ceil(steps / evaluateEvery);
  return steps * required(pace.steps[batch], `pace of batch ${batch}`) + evaluations * dev * pace.text;
}

/** Seconds of a run from its start, without what its grid may be extended by. */
export function secondsOfRun(
  pace: Pace,
  { grid, seeds, steps, evaluateEvery }: FineTuneRunOptions,
  counts: { readonly dev: number; readonly test: number },
): number {
  const trainings = pointsOf(grid.batches, grid.rates).map(({ batch }) =>
    secondsOfTraining(pace, batch, { steps, evaluateEvery }, counts.dev),
  );
  const all = trainings.reduce((sum, one) => sum + seeds.length * one, 0);
  return all + (seeds.length + 1) * counts.test * pace.text;
}

/** Examples that are evaluated: of dev in each draw, at most, and of the test. */
export function countsOf({ data, test }: KernelInputs): { readonly dev: number; readonly test: number } {
  return { dev: Math.max(...data.draws.map(({ dev }) => dev.length)), test: test.length };
}
