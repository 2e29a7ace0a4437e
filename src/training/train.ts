/** The loop: steps of a program with state, evaluations, checkpoints, and an early end where numbers are not finite. */

import { required } from '../errors/index.ts';
import {
  follow,
  nodeOf,
  type Program,
  type SizedRun,
  type Sizes,
  type Stepper,
  symbolsOf,
  type Tensors,
} from '../program/index.ts';
import { miniBatches } from './batches.ts';
import { checkData } from './checkData.ts';
import { type CheckpointStore, checkpointOf, type Reached, resumed, type TrainingIdentity } from './checkpoint.ts';
import { type Divergence, firstDivergence, nameOf } from './divergence.ts';
import * as errors from './errors.ts';
import type { Evaluation } from './evaluation.ts';
import { firstNotFinite } from './places.ts';
import type { Evaluated, Trained, TrainResult } from './result.ts';
import { drawState, type MakeStepper } from './start.ts';

/** All that is trained on, and how much of it at a step. */
export interface ExamplesOf {
  readonly data: Tensors;
  readonly batch: number;
}

/** What `train` repeats, on which data, how often it evaluates and keeps checkpoints. */
export interface TrainOptions {
  /** A step with state and an output `loss`, such as {@link trainingStep} writes. */
  readonly program: Program;
  /** What trains it. */
  readonly stepper: MakeStepper;
  /** Where numbers stop being finite, runs the step once more with every value handed out. */
  readonly run: SizedRun;
  /** The width and whatever else the data leave open. */
  readonly sizes: Sizes;
  /** Of the state at the start; default 0. */
  readonly seed?: number;
  /** The state to start from, of this program or of another; what it lacks is drawn from the seed. */
  readonly initial?: Tensors;
  /**
   * Mini-batches of data, shuffled by the seed as {@link miniBatches} says; or the data of a step, counted from 0, as a
   * function of the step alone.
   */
  readonly batches: ExamplesOf | ((step: number) => Tensors);
  /** Steps in all, those before it is resumed included. */
  readonly steps: number;
  readonly evaluation?: {
    /** Steps between evaluations; there is one at the start and one at the end besides. */
    readonly every: number;
    /** `step` is how many are done. */
    readonly evaluate: (state: Tensors, step: number) => Promise<Evaluation>;
    /** Whether training ends after the last of these evaluations, given the losses so far. */
    readonly until?: (evaluations: readonly Evaluated[], losses: readonly number[]) => boolean;
  };
  readonly checkpoint?: {
    readonly store: CheckpointStore;
    /** Steps between checkpoints; there is one at the end besides. */
    readonly every: number;
    /** What decides the numbers besides program, sizes and seed: data, batch size, version. */
    readonly identity?: TrainingIdentity['identity'];
  };
  /** Steps between looks at the whole state, of which a copy is kept; default 100. The loss is looked at every step. */
  readonly lookEvery?: number;
  /** After every step: how many are done, and the loss before the last. */
  readonly onStep?: (step: number, loss: number) => void;
}

const LOOK_EVERY = 100;

/**
 * Trains. Data are checked first: all of them, or those of the first step where they are a function. Going on from a
 * checkpoint gives the same bytes as never having stopped, for what trains is the same function of the same state and
 * data. With another number of steps between evaluations, those of the checkpoint are kept where they are due, and those
 * that it lacks are not made up for: losses and state are still the same, evaluations are not.
 *
 * Where a loss, or a state every `lookEvery` steps, is not finite, training ends: the steps since the last look are
 * repeated from its copy of the state until the first that makes such a number, and that one is searched for the first
 * instruction that does. At most `lookEvery` steps are repeated, and besides what trains, two copies of the state are
 * held, three while it searches.
 *
 * Throws {@link UserError} `training.no-loss`, `training.bad-steps`, `training.bad-data`; of a checkpoint
 * `training.too-far` and those of {@link resumed}.
 */
export async function train(options: TrainOptions): Promise<Trained> {
  const { program, stepper: make, steps, evaluation, checkpoint, seed = 0, onStep = () => {} } = options;
  const { lookEvery = LOOK_EVERY } = options;
  checkOptions(options, lookEvery);
  const started = performance.now();
  const { batches, all, identity } = dataOf(options, seed);
  const { batch: _, ...open } = options.sizes;
  checkData(program, open, all);
  const first = batches(0);
  const sizes = symbolsOf(program, options.sizes, first);
  const own = { program, sizes, seed, identity: { ...identity, ...checkpoint?.identity } };
  const repeat = { program, batches, sizes: options.sizes, run: options.run };
  const starting = { data: first, ...(options.initial === undefined ? {} : { given: options.initial }) };
  const stored = await checkpoint?.store.read();
  const start: Reached =
    checkpoint === undefined || stored === undefined
      ? { step: 0, state: drawState(program, sizes, seed, starting), losses: [], evaluations: [] }
      : resumed(own, stored, checkpoint.store.name);
  if (start.step > steps)
    throw errors.tooFar(required(checkpoint, 'checkpoint to go on from').store.name, start.step, steps);
  const stepper = await make(program, sizes, start.state);
  const losses = [...start.losses];
  // The end of a training that goes on further is no longer one.
  const evaluations = start.evaluations.filter(({ step }) => step === steps || isDue(step, evaluation?.every));
  let seen: Seen = { step: start.step, state: stepper.state() };
  let divergence: Divergence | undefined;
  let stopped = false;
  /** Looks at the state after so many steps where that is due, evaluates it and keeps it. */
  const look = async (done: number): Promise<void> => {
    const over = done >= steps;
    const toEvaluate = (over || isDue(done, evaluation?.every)) && evaluations.at(-1)?.step !== done;
    const toSave = (over || isDue(done, checkpoint?.every)) && (done > start.step || stored === undefined);
    if (!over && !toEvaluate && !toSave && done - seen.step < lookEvery) return;
    const state = stepper.state();
    if (!allFinite(state)) divergence = await search(stepper, seen, done, repeat);
    if (divergence !== undefined) return;
    seen = { step: done, state };
    if (evaluation !== undefined && toEvaluate) {
      evaluations.push({ step: done, ...(await evaluation.evaluate(state, done)) });
    }
    if (checkpoint !== undefined && toSave) {
      await checkpoint.store.write(checkpointOf(own, { step: done, state, losses, evaluations }));
    }
    const last = evaluations.at(-1);
    if (last?.step === done && done < steps) stopped = evaluation?.until?.(evaluations, losses) ?? false;
  };
  try {
    let done = start.step;
    await look(done);
    const to = divergence === undefined && !stopped ? steps : done;
    for await (const outputs of follow(stepper, batches, { from: done, to })) {
      done++;
      if (!allFinite(outputs)) divergence = await search(stepper, seen, done, repeat);
      if (divergence !== undefined) break;
      const loss = required(outputs.loss?.data[0], 'loss of a step');
      losses.push(loss);
      onStep(done, loss);
      await look(done);
      if (divergence !== undefined || stopped) break;
    }
  } finally {
    await stepper.release();
  }
  const seconds = (performance.now() - started) / 1000;
  const result: TrainResult = {
    status: divergence !== undefined ? 'diverged' : stopped ? 'stopped' : 'finished',
    steps: losses.length,
    resumedAt: start.step,
    losses,
    evaluations,
    best: bestOf(evaluations),
    divergence: divergence ?? null,
    seconds,
  };
  return { result, state: seen.state };
}

/** A state that was found finite, after so many steps. */
interface Seen {
  readonly step: number;
  readonly state: Tensors;
}

/** What a step is repeated with. */
interface Repeated {
  readonly program: Program;
  /** Those that data leave open: steps may differ in the others. */
  readonly sizes: Sizes;
  readonly batches: (step: number) => Tensors;
  readonly run: SizedRun;
}

/** The data of each step, what of them is checked before, and what a checkpoint is told of them. */
function dataOf({ batches }: TrainOptions, seed: number) {
  if (typeof batches === 'function') return { batches, all: batches(0), identity: {} };
  const { data, batch } = batches;
  return { batches: miniBatches(data, { batch, seed }), all: data, identity: { batch } };
}

const isDue = (done: number, every: number | undefined): boolean => every !== undefined && done % every === 0;

const allFinite = (tensors: Tensors): boolean => Object.values(tensors).every((one) => firstNotFinite(one) < 0);

/** Repeats the steps since a finite state until the first that is not, at most up to `last`, and searches it. */
async function search(
  stepper: Stepper,
  seen: Seen,
  last: number,
  { program, sizes, batches, run }: Repeated,
): Promise<Divergence> {
  stepper.load(seen.state);
  let [before, done] = [seen.state, seen.step];
  for await (const outputs of follow(stepper, batches, { from: done, to: last })) {
    const state = stepper.state();
    done++;
    if (!allFinite(outputs) || !allFinite(state) || done === last) {
      const data = batches(done - 1);
      const here = symbolsOf(program, sizes, data);
      const found = await firstDivergence(program, { step: done, sizes: here, state: before, data, run });
      return found ?? unexplained(done, { ...outputs, ...state });
    }
    before = state;
  }
  return unexplained(last, {});
}

/** Where only the one that trained saw it, for it rounds otherwise or has a smaller range. */
function unexplained(step: number, values: Tensors): Divergence {
  const [value = '', found] =
    Object.entries(values)
      .map(([name, one]) => [name, one.data[firstNotFinite(one)]] as const)
      .find(([, entry]) => entry !== undefined) ?? [];
  const what = value === '' ? 'a value' : `"${value}"`;
  return {
    step,
    value,
    instruction: '',
    found: found === undefined ? '' : nameOf(found),
    place: {},
    operands: [],
    text: `diverged at step ${step}: ${what} is not finite, though every instruction gives finite ones when the step is repeated in other arithmetic`,
  };
}

function bestOf(evaluations: readonly Evaluated[]): Evaluated | null {
  let best: Evaluated | null = null;
  for (const one of evaluations) {
    if (one.loss !== null && (best === null || one.loss < (best.loss ?? Number.POSITIVE_INFINITY))) best = one;
  }
  return best;
}

function checkOptions({ program, steps, evaluation, checkpoint }: TrainOptions, lookEvery: number): void {
  const loss = program.outputs.find(({ name, role }) => name === 'loss' && role === 'data');
  if (loss === undefined || nodeOf(program, loss.value).type.axes.length > 0) {
    const names = program.outputs.filter(({ role }) => role === 'data').map(({ name }) => name);
    throw errors.noLoss(program.name, names);
  }
  const counts = [
    ['the number of steps', steps],
    ['the number of steps between evaluations', evaluation?.every ?? 1],
    ['the number of steps between checkpoints', checkpoint?.every ?? 1],
    ['the number of steps between looks at the state', lookEvery],
  ] as const;
  for (const [what, given] of counts) {
    if (!Number.isSafeInteger(given) || given < 1) throw errors.badSteps(what, given);
  }
}
