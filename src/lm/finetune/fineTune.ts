/**
 * Fine-tuning: a language model's net trained on the classes of texts, by softmax cross-entropy of its logits (Malladi et
 * al. 2023; of prompts these are the label words', also where there are two). Dropout is off.
 *
 * The step is that of every training (`training/step.ts`) in the standard parametrization, which for a net without width
 * axes is the optimizer as libraries have it. Parameters that are not chosen get no gradients.
 */

import { required } from '../../errors/index.ts';
import type { Engine } from '../../finite/index.ts';
import type { Optimizer, Settings } from '../../optimizers/index.ts';
import { SP } from '../../parametrizations/index.ts';
import type { SizedRun, Tensors } from '../../program/index.ts';
import {
  type CheckpointStore,
  type Divergence,
  type MakeStepper,
  startName,
  type TrainedParameter,
  train,
  trainingStep,
} from '../../training/index.ts';
import type { Metric } from '../data/tasks.ts';
import type { Encoded } from '../kernel/batches.ts';
import { nothingSelected } from '../kernel/kernelErrors.ts';
import type { LanguageModel } from '../model/checkpoint.ts';
import { BestState, sparing } from './bestState.ts';
import { type DevScore, devScore, evaluationOf, type TooLarge, tooLarge } from './devScores.ts';
import { parameterNear } from './parameterNear.ts';
import { type ClassifiedTexts, textBatches } from './textBatches.ts';
import { textLogits } from './textLogits.ts';

/** What trains, and what evaluates. */
export interface Trainer {
  readonly stepper: MakeStepper;
  readonly run: SizedRun;
}

/** Training in f32 on an engine, the optimizer in compiled kernels. */
export function engineTrainer(engine: Engine): Trainer {
  return {
    stepper: (program, sizes, state, outputs) => engine.stepper(program, sizes, { state }, outputs),
    run: (program, feeds, sizes) => engine.run(program, feeds, sizes),
  };
}

/** What `fineTune` trains, on which examples, how, and for how long. */
export interface FineTuneOptions {
  readonly trainer: Trainer;
  readonly model: Pick<LanguageModel, 'net' | 'config' | 'load'>;
  readonly examples: readonly Encoded[];
  /** The class of each example, by its place among the labels. */
  readonly classes: readonly number[];
  /** Positions of the examples that are trained on. */
  readonly train: readonly number[];
  /** Positions of those that the best state is chosen on; none: the last state is taken. */
  readonly dev: readonly number[];
  /** The head's data (setting.ts, `headFeeds`). */
  readonly head: Tensors;
  /** Whether a parameter is trained; default all. */
  readonly selected?: (parameter: string) => boolean;
  /** Name of the selection, for errors. */
  readonly selection?: string;
  readonly optimizer: Optimizer;
  /** Its learning rate, which may follow a schedule, and whatever else differs from its own. */
  readonly settings?: Settings;
  /** The most that the norm of all gradients together may be. */
  readonly clipNorm?: number;
  /** Examples of a step; all of them, in their order, where there are no more. */
  readonly batch: number;
  readonly steps: number;
  /** Steps between evaluations on the dev examples; there is one at the start and one at the end besides. */
  readonly evaluateEvery: number;
  /** Of the order of mini-batches; default 0. */
  readonly seed?: number;
  /** In which the best state is chosen; default accuracy. */
  readonly metric?: Metric;
  /**
   * Whether f(θ_0) + ⟨∇f(θ_0), θ − θ_0⟩ is trained in the model's place, its linearization at the start (training/step.ts);
   * evaluations would be of the model, so there are no dev examples then. Default false.
   */
  readonly linearized?: boolean;
  /** Whether training ends at its first evaluation where that says that the rate is too large; default false. */
  readonly stopTooLarge?: boolean;
  /** Where training goes on from, and where the best state is kept beside it. */
  readonly checkpoint?: {
    readonly store: CheckpointStore;
    readonly best: CheckpointStore;
    /** Least seconds between checkpoints, which are made at evaluations; what is trained does not depend on them. */
    readonly seconds: number;
    /** What decides the numbers besides model, optimizer and seed. */
    readonly identity?: Readonly<Record<string, string | number>>;
  };
  /** After every step: how many are done, and the loss before the last. */
  readonly onStep?: (step: number, loss: number) => void;
  /** At every evaluation of this call, with the weights then, by parameter: those that are trained. */
  readonly onEvaluation?: (score: DevScore, weights: Tensors) => void | Promise<void>;
}

/** What fine-tuning gives. */
export interface FineTuned {
  /** `too large`: ended at its first evaluation, for which see {@link FineTuned.tooLarge}. */
  readonly status: 'finished' | 'too large' | 'diverged';
  /** Steps done. */
  readonly steps: number;
  /** The step that it went on from; 0 for a training from the start. */
  readonly resumedAt: number;
  /** By step, each before its update. */
  readonly losses: readonly number[];
  readonly evaluations: readonly DevScore[];
  /** The evaluation whose weights are kept; the last state where nothing is chosen. */
  readonly best: DevScore;
  readonly tooLarge: TooLarge | null;
  /** What went wrong first, where it diverged, and the trained parameter nearest to it. */
  readonly divergence: (Divergence & { readonly parameter: string | null }) | null;
  /** Of this call alone. */
  readonly seconds: number;
  /** The trained parameters after the last step that was seen to be finite. */
  readonly weights: Tensors;
  /** The trained parameters at the best evaluation. */
  readonly bestWeights: Tensors;
}

/**
 * Fine-tunes a model. Throws {@link UserError} `lm.nothing-selected`, the errors of {@link trainingStep} and of
 * {@link train}, and those of reading tensors.
 */
export async function fineTune(options: FineTuneOptions): Promise<FineTuned> {
  const { trainer, model, examples, classes, dev, head, metric = 'accuracy', seed = 0 } = options;
  const { net } = model;
  const { program, names } = fineTuningStep(options);
  const texts: ClassifiedTexts = { examples, classes, head, rule: model.config };
  const weights = await model.load(net.parameters.map(({ name }) => name));
  const starts = options.linearized === true ? startsOf(weights, names) : {};
  const initial = Object.assign({}, weights, starts);
  const actual = dev.map((position) => required(classes[position], `class of dev example ${position}`));
  const best = new BestState(options.checkpoint?.best);
  const { result, state } = await train({
    program,
    stepper: (step, sizes, start) => trainer.stepper(step, sizes, start, ['loss']),
    run: trainer.run,
    sizes: {},
    seed,
    initial,
    batches: textBatches(texts, { train: options.train, batch: options.batch, seed }),
    steps: options.steps,
    evaluation: {
      every: options.evaluateEvery,
      evaluate: async (weights, step) => {
        const logits = dev.length === 0 ? new Float64Array() : await textLogits(net, weights, texts, dev, trainer.run);
        const evaluation = evaluationOf(logits, actual, metric);
        const [found, trained] = [devScore({ step, ...evaluation }), chosenOf(weights, names)];
        best.see(found, trained);
        await options.onEvaluation?.(found, trained);
        return evaluation;
      },
      until: (evaluations, losses) =>
        options.stopTooLarge === true && tooLarge(evaluations.map(devScore), losses) !== undefined,
    },
    ...(options.checkpoint === undefined
      ? {}
      : {
          checkpoint: {
            store: sparing(options.checkpoint.store, { names, initial, best, seconds: options.checkpoint.seconds }),
            every: options.evaluateEvery,
            identity: { batch: options.batch, ...options.checkpoint.identity },
          },
        }),
    ...(options.onStep === undefined ? {} : { onStep: options.onStep }),
  });
  const { status, divergence, steps, resumedAt, losses, seconds } = result;
  const evaluations = result.evaluations.map(devScore);
  const stopped = status === 'stopped' ? tooLarge(evaluations, losses) : undefined;
  const kept = await best.kept();
  return {
    status: status === 'stopped' ? 'too large' : status,
    steps,
    resumedAt,
    losses,
    evaluations,
    best: kept.score,
    tooLarge: stopped ?? null,
    divergence: divergence === null ? null : { ...divergence, parameter: parameterNear(program, divergence, names) },
    seconds,
    weights: chosenOf(state, names),
    bestWeights: kept.weights,
  };
}

/** The program of a step, and the parameters that it trains. */
function fineTuningStep(options: FineTuneOptions) {
  const { model, optimizer, settings, clipNorm, selected, selection, linearized } = options;
  const { net } = model;
  const known = net.parameters.map(({ name }) => name);
  const names = new Set(selected === undefined ? known : known.filter(selected));
  if (names.size === 0) throw nothingSelected(selection ?? '', known);
  const program = trainingStep(net, {
    parametrization: SP,
    optimizer,
    loss: 'cross-entropy',
    trainable: ({ name }: TrainedParameter) => names.has(name),
    ...(settings === undefined ? {} : { settings }),
    ...(clipNorm === undefined ? {} : { clipNorm }),
    ...(linearized === undefined ? {} : { linearized }),
  });
  return { program, names };
}

/** θ_0 of the trained parameters, as a step of the linearization reads it. */
function startsOf(weights: Tensors, names: ReadonlySet<string>): Tensors {
  const trained = Object.entries(weights).filter(([name]) => names.has(name));
  return Object.fromEntries(trained.map(([name, value]) => [startName(name), value]));
}

/** Of a state, what is trained. */
function chosenOf(state: Tensors, names: ReadonlySet<string>): Tensors {
  return Object.fromEntries(Object.entries(state).filter(([name]) => names.has(name)));
}
