/**
 * One draw of one optimizer: fine-tuned, and measured against its linear model and its kernel. Kernel behavior is that
 * of Malladi et al. 2023, definition 3.2.
 */

import { required } from '../../errors/index.ts';
import type { Engine } from '../../finite/index.ts';
import type { Team } from '../../numeric/wasm/index.ts';
import type { Optimizer, Settings } from '../../optimizers/index.ts';
import type { SizedRun, Tensors } from '../../program/index.ts';
import type { Metric } from '../data/tasks.ts';
import { engineTrainer, type FineTuned, type FineTuneOptions, fineTune } from '../finetune/fineTune.ts';
import type { Encoded } from '../kernel/batches.ts';
import type { OutputWeights } from '../kernel/outputs.ts';
import { type LanguageModel, type Weights, withWeights } from '../model/checkpoint.ts';
import { compareFeatures, type Features, type FixedFeatures, featuresOf, traceOf } from './fixedFeatures.ts';
import { type LinearizedLogits, linearizedLogits, modelLogits } from './linearize.ts';
import { classOutputs, type LinearizationMeasure, measureLinearization } from './logitMeasures.ts';
import { type GroupMovement, groupMovements, movesBetween } from './movement.ts';
import { kernelOfOptimizer } from './optimizerKernel.ts';

/** What `measureDraw` fine-tunes and compares. */
export interface MeasureOptions {
  readonly engine: Engine;
  /** At θ_0; it should keep its weights. */
  readonly model: LanguageModel;
  readonly examples: readonly Encoded[];
  /** The class of each example, by its place among the labels. */
  readonly classes: readonly number[];
  /** Positions of the examples that are trained on. */
  readonly train: readonly number[];
  /** Positions of those that models are compared on. */
  readonly evaluated: readonly number[];
  /** How many of these, from the first, kernels are compared on. */
  readonly compared: number;
  readonly head: Tensors;
  readonly outputs: OutputWeights;
  readonly selected?: (parameter: string) => boolean;
  readonly selection?: string;
  readonly metric: Metric;
  readonly optimizer: Optimizer;
  readonly settings: Settings;
  readonly clipNorm?: number;
  readonly batch: number;
  readonly steps: number;
  readonly seed: number;
  /** Steps between looks at drift and linearization error on the way; none if absent. */
  readonly watchEvery?: number;
  /** Whether the linear model is trained as well. */
  readonly trainLinear: boolean;
  readonly team?: Team;
  /** Where trainings go on from. */
  readonly store?: TrainingStores;
  readonly onProgress?: (share: number) => void;
}

/** What of an interrupted measurement is kept. */
export interface TrainingStores {
  /** Checkpoints of the training of this name, and its state at the end. */
  checkpoint(training: 'model' | 'linear'): Required<FineTuneOptions>['checkpoint'];
  /** Steps between checkpoints. */
  readonly every: number;
  readWatched(): Promise<readonly WatchedStep[]>;
  writeWatched(watched: readonly WatchedStep[]): Promise<void>;
}

/** How far from the kernel regime a training is at a step. */
export interface WatchedStep {
  readonly step: number;
  /** As in {@link LinearizationMeasure}, of the model after so many steps. */
  readonly logitError: number;
  readonly moved: number;
  /** As in {@link FixedFeatures}. */
  readonly relative: number;
  readonly frobenius: number;
}

/** What is found of a training that ended. */
export interface DrawMeasures {
  readonly linearization: LinearizationMeasure;
  readonly fixedFeatures: FixedFeatures;
  /** In the task's metric, of linearized training of the same steps; absent where it is not asked for or diverged. */
  readonly linearTraining?: { readonly score: number; readonly losses: readonly number[] };
  readonly movement: readonly GroupMovement[];
  /** Class outputs of the evaluated examples (logitMeasures.ts), [evaluated × outputs], before, by the linear model, and after. */
  readonly shown: {
    readonly initial: readonly number[];
    readonly linearized: readonly number[];
    readonly trained: readonly number[];
    /** Traces of the kernel, [compared][train], before and after. */
    readonly before: readonly (readonly number[])[];
    readonly after: readonly (readonly number[])[];
  };
}

/** What one fine-tuning was, against its linear model and its kernel. */
export interface MeasuredDraw {
  readonly seed: number;
  readonly optimizer: string;
  readonly status: FineTuned['status'];
  readonly steps: number;
  readonly losses: readonly number[];
  readonly divergence: string | null;
  readonly watched: readonly WatchedStep[];
  /** Null where training diverged. */
  readonly found: DrawMeasures | null;
}

/**
 * Fine-tunes and measures. Throws the errors of {@link fineTune} and of kernels.
 */
export function measureDraw(options: MeasureOptions): Promise<MeasuredDraw> {
  return new Measurement(options).run();
}

/** Shares of the work: the training, the linear one, which is as long and two thirds more, the rest. */
const SHARES = { model: 0.32, linear: 0.53 } as const;

class Measurement {
  readonly #options: MeasureOptions;
  readonly #run: SizedRun;
  readonly #actual: readonly number[];
  /** The evaluated examples alone. */
  readonly #texts: readonly Encoded[];
  #start: Tensors = {};
  #before: Features | undefined;

  constructor(options: MeasureOptions) {
    const { engine, evaluated, classes, examples } = options;
    this.#options = options;
    this.#run = (program, feeds, sizes) => engine.run(program, feeds, sizes);
    this.#actual = evaluated.map((position) => required(classes[position], `class of example ${position}`));
    this.#texts = evaluated.map((position) => required(examples[position], `example ${position}`));
  }

  async run(): Promise<MeasuredDraw> {
    const { model, optimizer, seed, trainLinear, watchEvery, store, onProgress = () => {} } = this.#options;
    this.#start = await model.load(model.net.parameters.map(({ name }) => name));
    const watched = new Map((await store?.readWatched())?.map((one) => [one.step, one]));
    const tuned = await this.#train('model', async (step, weights) => {
      onProgress((SHARES.model * step) / this.#options.steps);
      if (watchEvery === undefined || step === 0 || step % watchEvery !== 0) return;
      watched.set(step, await this.#watch(step, weights));
      await store?.writeWatched(watchedInOrder(watched));
    });
    const found = tuned.status === 'finished' ? await this.#measure(tuned.weights) : null;
    const linear =
      found !== null && trainLinear
        ? await this.#train('linear', (step) => {
            onProgress(SHARES.model + (SHARES.linear * step) / this.#options.steps);
          })
        : undefined;
    const linearTraining = linear?.status === 'finished' ? await this.#linearScore(linear) : undefined;
    onProgress(1);
    return {
      seed,
      optimizer: optimizer.name,
      status: tuned.status,
      steps: tuned.steps,
      losses: tuned.losses,
      divergence: tuned.divergence?.text ?? null,
      watched: watchedInOrder(watched).filter(({ step }) => step <= tuned.steps),
      found: found === null || linearTraining === undefined ? found : Object.assign(found, { linearTraining }),
    };
  }

  /** Trains the model, or its linearization; nothing is chosen on dev examples: both take all steps. */
  #train(training: 'model' | 'linear', onStop: (step: number, weights: Tensors) => unknown): Promise<FineTuned> {
    const { engine, watchEvery, steps, store, ...options } = this.#options;
    const every = training === 'model' ? (watchEvery ?? store?.every) : store?.every;
    const asked: FineTuneOptions = {
      ...options,
      steps,
      trainer: engineTrainer(engine),
      dev: [],
      linearized: training === 'linear',
      evaluateEvery: Math.min(every ?? steps, steps),
      onEvaluation: async ({ step }, weights) => {
        await onStop(step, weights);
      },
      ...(store === undefined ? {} : { checkpoint: store.checkpoint(training) }),
    };
    return fineTune(asked);
  }

  async #measure(weights: Tensors): Promise<DrawMeasures> {
    const { metric, model } = this.#options;
    const moved = movesBetween(this.#start, weights);
    const linear = await this.#linearized(moved, this.#texts);
    const trained = await this.#logitsAt(weights, this.#texts);
    const before = await this.#featuresBefore();
    const after = await this.#features(withWeights(model, weights as Weights)); // an engine trains in f32
    const { initial, linearized } = linear;
    const shown = (logits: Float64Array): number[] => [...classOutputs(logits, linear.classes)];
    return {
      linearization: measureLinearization({ initial, linearized, trained }, this.#actual, metric),
      fixedFeatures: compareFeatures(before, after),
      movement: groupMovements(this.#start, moved),
      shown: {
        initial: shown(initial),
        linearized: shown(linearized),
        trained: shown(trained),
        before: traceOf(before),
        after: traceOf(after),
      },
    };
  }

  async #watch(step: number, weights: Tensors): Promise<WatchedStep> {
    const { compared, metric, model } = this.#options;
    const texts = this.#texts.slice(0, compared);
    const { initial, linearized } = await this.#linearized(movesBetween(this.#start, weights), texts);
    const trained = await this.#logitsAt(weights, texts);
    const actual = this.#actual.slice(0, compared);
    const { logitError, moved } = measureLinearization({ initial, linearized, trained }, actual, metric);
    const after = await this.#features(withWeights(model, weights as Weights)); // an engine trains in f32
    const { relative, frobenius } = compareFeatures(await this.#featuresBefore(), after);
    return { step, logitError, moved, relative, frobenius };
  }

  async #linearScore({ weights, losses }: FineTuned): Promise<DrawMeasures['linearTraining']> {
    const { initial, linearized } = await this.#linearized(movesBetween(this.#start, weights), this.#texts);
    const logits = { initial, linearized, trained: linearized };
    return { score: measureLinearization(logits, this.#actual, this.#options.metric).linearized, losses };
  }

  #linearized(moved: Tensors, examples: readonly Encoded[]): Promise<LinearizedLogits> {
    const { model, head } = this.#options;
    return linearizedLogits({ run: this.#run, model, moved, examples, head });
  }

  #logitsAt(weights: Tensors, examples: readonly Encoded[]): Promise<Float64Array> {
    const { model, head } = this.#options;
    const own = withWeights(model, weights as Weights); // an engine trains in f32
    return modelLogits({ run: this.#run, model: own, examples, head });
  }

  async #featuresBefore(): Promise<Features> {
    this.#before ??= await this.#features(this.#options.model);
    return this.#before;
  }

  #features(model: LanguageModel): Promise<Features> {
    const { engine, examples, train, compared, outputs, head, selected, team, optimizer } = this.#options;
    const columns = train.map((position) => required(examples[position], `example ${position}`));
    return featuresOf({
      engine,
      model,
      examples: [...columns, ...this.#texts.slice(0, compared)],
      train: train.length,
      outputs,
      head,
      kind: kernelOfOptimizer(optimizer.name),
      ...(selected === undefined ? {} : { selected }),
      ...(team === undefined ? {} : { team }),
    });
  }
}

const watchedInOrder = (watched: ReadonlyMap<number, WatchedStep>): WatchedStep[] =>
  [...watched.values()].sort((a, b) => a.step - b.step);
