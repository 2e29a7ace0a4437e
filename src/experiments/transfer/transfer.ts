/**
 * Whether the best learning rate, or another hyperparameter, stays where it is as networks grow (theory 6): sweeps over
 * its values and over widths under several parametrizations that are one and the same network at the base width.
 */

import { required } from '../../errors/index.ts';
import type { Net } from '../../nets/index.ts';
import type { Optimizer, Settings } from '../../optimizers/index.ts';
import { baseWidthOf, MUP, type Parametrization, ruleOf, SP } from '../../parametrizations/index.ts';
import type { Program, Tensors } from '../../program/index.ts';
import { drawState, type MakeStepper, miniBatches, type StepOptions, trainingStep } from '../../training/index.ts';
import { checkMemory } from '../check/memory.ts';
import { checkSeeds, seedAt } from '../start.ts';
import { curveSteps, curvesOf, infiniteCurves } from './curves.ts';
import { chanceOf, checkExamples, type Examples, shapeOf, tensorsOf } from './data.ts';
import { badCount, sameNames, severalBaseWidths, tooFewWidthsToCompare } from './errors.ts';
import { checkedValues, LEARNING_RATE, type Swept, sweptNamed, usualValues, withValue } from './hyperparameter.ts';
import {
  type InfiniteOptions,
  infiniteNetwork,
  infiniteSweep,
  limitingParametrization,
  sampledOf,
} from './infinite.ts';
import { metricsOf } from './metrics.ts';
import { sweepOf } from './optimum.ts';
import type { Cell, Sampled, Sweep, TransferResult } from './result.ts';
import { transferCauses } from './settingCauses.ts';
import { trainedNetwork } from './train.ts';

/** Keeps what is trained, so that nothing is trained twice. */
export interface CellStore {
  read(cell: CellKey): Promise<Cell | undefined>;
  write(cell: Cell): Promise<void>;
}

/** Which training of a transfer a cell is: by parametrization, width, value and seed. */
export type CellKey = Pick<Cell, 'parametrization' | 'width' | 'value' | 'seed' | 'sampled'>;

/** What `transfer` sweeps, over which widths, values and parametrizations. */
export interface TransferOptions {
  /** Its output has the axes batch and class. */
  readonly net: Net;
  readonly optimizer: Optimizer;
  /**
   * What is swept: a hyperparameter of the optimizer, `initialScale` in front of the deviation of every random weight, or
   * `outputMultiplier`; default `learningRate`.
   */
  readonly hyperparameter?: string;
  /** Values to try; by default some around the usual one. */
  readonly values?: readonly number[];
  /** All other hyperparameters. */
  readonly settings?: Settings;
  /** Default µP and SP. */
  readonly parametrizations?: readonly Parametrization[];
  /**
   * At this width all of them are the standard network; by default that of the parametrizations that have one, else the
   * smallest width.
   */
  readonly baseWidth?: number;
  readonly examples: Examples;
  readonly widths?: readonly number[];
  readonly seeds?: number;
  /** Of the first network; others follow. */
  readonly seed?: number;
  readonly steps?: number;
  readonly batch?: number;
  /** Whether the infinite network's own curve is drawn beside them, and how widths are sampled for it. */
  readonly infinite?: InfiniteOptions;
  /** Most bytes of the process; default no limit. */
  readonly memory?: number;
  readonly stepper: MakeStepper;
  readonly cells?: CellStore;
  /** Gets the share of what has to be trained that is done. */
  readonly onProgress?: (share: number) => void;
}

const WIDTHS = [64, 128, 256, 512];
const [SEEDS, STEPS, BATCH] = [3, 100, 64];
/** The share of the steps over whose losses a result is averaged: single mini-batches vary. */
const AVERAGED = 0.2;

/** A sweep whose options are checked: its networks, and how one of them is trained. */
export interface PreparedSweep {
  readonly swept: Swept;
  readonly widths: readonly number[];
  readonly values: readonly number[];
  readonly seeds: readonly number[];
  readonly steps: number;
  readonly batch: number;
  readonly averaged: number;
  readonly baseWidth: number;
  readonly parametrizations: readonly Parametrization[];
  /** How the infinite width is sampled, where it is asked for. */
  readonly sampled?: Sampled;
  /** By parametrization, where the infinite width is asked for: the one that its limit is trained in, or why there is none. */
  readonly limits: ReadonlyMap<string, ReturnType<typeof limitingParametrization>>;
  /** Of all networks, those of one start after one another. */
  readonly keys: readonly CellKey[];
  /** What training a network takes beside another, in any unit. */
  workOf(key: CellKey): number;
  train(key: CellKey): Promise<Cell>;
}

/**
 * Checks what a sweep is told, and trains nothing. Throws {@link UserError} `experiments.one-width`, `experiments.too-large`,
 * `experiments.bad-count`, `experiments.bad-seed`, `experiments.several-base-widths`, `experiments.same-names`,
 * `parametrizations.contradictory-base-width`, those of what is swept ({@link sweptNamed}, {@link checkedValues}), and
 * those of examples.
 */
export function prepareSweep(options: TransferOptions): PreparedSweep {
  const { net, optimizer, settings = {}, examples, stepper } = options;
  const { seeds: count = SEEDS, seed = 0, steps = STEPS } = options;
  const widths = [...new Set(options.widths ?? WIDTHS)].sort((a, b) => a - b);
  if (widths.length < 2) throw tooFewWidthsToCompare(widths);
  const swept = sweptNamed(options.hyperparameter ?? LEARNING_RATE.name, optimizer);
  const values = checkedValues(swept, options.values ?? usualValues(swept));
  for (const [what, given] of Object.entries({ seeds: count, steps, batch: options.batch ?? BATCH })) {
    if (!Number.isSafeInteger(given) || given < 1) throw badCount(what, given);
  }
  checkSeeds(seed, count);
  checkExamples(examples);
  const batch = Math.min(options.batch ?? BATCH, examples.labels.length);
  const averaged = Math.max(1, Math.round(AVERAGED * steps));
  const given = options.parametrizations ?? [MUP, SP];
  const baseWidth = commonBaseWidth(given, options.baseWidth) ?? required(widths[0], 'width');
  const parametrizations = given.map((one) => ({ ...one, baseWidth }));
  const names = parametrizations.map(({ name }) => fileNameOf(name));
  if (new Set(names).size < names.length) throw sameNames(parametrizations.map(({ name }) => name));
  const seeds = Array.from({ length: count }, (_, k) => seed + k);
  const optionsAt = (parametrization: Parametrization, value: number): StepOptions & { readonly net: Net } => {
    const one = withValue(swept, value, net, settings);
    return { net: one.net, parametrization, optimizer, settings: one.settings, loss: 'cross-entropy' };
  };
  const sampled = options.infinite === undefined ? undefined : sampledOf(options.infinite);
  const middle = required(values[Math.floor(values.length / 2)], 'value of a sweep');
  const limits = new Map(
    sampled === undefined
      ? []
      : parametrizations.map((one) => [one.name, limitingParametrization(net, optionsAt(one, middle))] as const),
  );
  const keysAt = (name: string, beside: Pick<CellKey, 'width' | 'sampled'>): CellKey[] =>
    seeds.flatMap((own) => values.map((value): CellKey => ({ parametrization: name, value, seed: own, ...beside })));
  const keys = parametrizations.flatMap(({ name }) => {
    const limit = limits.get(name);
    const finite = widths.flatMap((width) => keysAt(name, { width }));
    if (sampled === undefined || limit === undefined || 'reason' in limit) return finite;
    return [...finite, ...keysAt(name, { width: Number.POSITIVE_INFINITY, sampled })];
  });
  if (options.memory !== undefined) {
    const parametrization = required(parametrizations[0], 'parametrization of a sweep');
    const { net: first, ...how } = optionsAt(parametrization, required(values[0], 'value of a sweep'));
    const step = trainingStep(first, how);
    checkMemory(step, widths, 'n', { ...sizesOf(step, shapeOf(examples)), batch }, options.memory);
  }
  const data = tensorsOf(examples);
  const programs = new Map<string, Program>();
  const initial = lastOnly<Tensors>();
  return {
    swept,
    widths,
    values,
    seeds,
    steps,
    batch,
    averaged,
    baseWidth,
    parametrizations,
    limits,
    ...(sampled === undefined ? {} : { sampled }),
    keys,
    workOf: ({ width, sampled: at }) => (at === undefined ? width : INFINITE_WORK * at.samples) ** 2 + OVERHEAD ** 2,
    train: async (key) => {
      const { width, value } = key;
      const given = required(
        parametrizations.find(({ name }) => name === key.parametrization),
        `parametrization "${key.parametrization}"`,
      );
      const limit = key.sampled === undefined ? undefined : limits.get(key.parametrization);
      const parametrization = limit === undefined || 'reason' in limit ? given : limit;
      const program = remembered(programs, `${given.name} ${value} ${key.sampled !== undefined}`, () => {
        const { net: own, ...how } = optionsAt(parametrization, value);
        return trainingStep(own, how);
      });
      const fixed = { ...sizesOf(program, shapeOf(examples)), batch };
      const miniBatch = miniBatches(data, { batch, seed: key.seed });
      if (key.sampled !== undefined) {
        const at = { sampled: key.sampled, seed: key.seed, sizes: fixed, steps, averaged, batch: miniBatch };
        return { ...key, ...(await infiniteNetwork(program, at)) };
      }
      const sizes = { ...fixed, n: width };
      const state = initial(`${parametrization.name} ${width} ${key.seed} ${swept.inState ? value : ''}`, () =>
        drawState(program, sizes, seedAt(key.seed, width)),
      );
      const training = await stepper(program, sizes, state, ['loss']);
      const cell = { ...key, ...(await trainedNetwork(training, { steps, averaged, batch: miniBatch })) };
      await training.release();
      return cell;
    },
  };
}

/**
 * Trains a network at every width, value and seed under every parametrization, with cross-entropy on mini-batches, and
 * finds how far the best value moves from the smallest to the largest width. Throws what {@link prepareSweep} does.
 */
export async function transfer(options: TransferOptions): Promise<TransferResult> {
  const { net, optimizer, settings = {}, examples, cells, onProgress = () => {} } = options;
  const sweep = prepareSweep(options);
  const { swept, widths, values, seeds, steps, batch, averaged, baseWidth, parametrizations, keys, workOf } = sweep;
  const { limits, sampled } = sweep;
  const known = new Map<string, Cell>();
  for (const key of keys) {
    const cell = await cells?.read(key);
    if (cell !== undefined) known.set(nameOf(key), cell);
  }
  const missing = keys.filter((key) => !known.has(nameOf(key)));
  const total = missing.reduce((sum, key) => sum + workOf(key), 0);
  let done = 0;
  for (const key of missing) {
    const cell = await sweep.train(key);
    await cells?.write(cell);
    known.set(nameOf(key), cell);
    done += workOf(key);
    onProgress(done / total);
  }
  const chance = chanceOf(examples);
  const { name: sweptName, words, scale } = swept;
  const hyperparameter = { name: sweptName, words, scale };
  const cellsAt = (name: string, width: number, value: number, at?: Sampled): Cell[] =>
    seeds.map((own) => {
      const beside = at === undefined ? {} : { sampled: at };
      const cell = nameOf({ parametrization: name, width, value, seed: own, ...beside });
      return required(known.get(cell), `network ${cell}`);
    });
  const lossesAt = (name: string, width: number, at?: Sampled) =>
    values.map((value) => cellsAt(name, width, value, at).map(({ loss }) => loss));
  const measured = parametrizations.map(({ name }) => {
    const limit = limits.get(name);
    const losses = widths.map((width) => lossesAt(name, width));
    return sampled === undefined || limit === undefined || 'reason' in limit
      ? { losses }
      : { losses, infinite: lossesAt(name, Number.POSITIVE_INFINITY, sampled) };
  });
  const metrics = metricsOf(measured, { widths, values, scale });
  const middle = required(values[Math.floor(values.length / 2)], 'value of a sweep');
  // What is swept is at hand too, such as a decay that is 0 unless told.
  const { settings: told } = withValue(swept, middle, net, settings);
  const rule = ruleOf(optimizer, { settings });
  const sweeps = parametrizations.map((parametrization, k): Sweep => {
    const { name } = parametrization;
    const { losses, infinite } = required(measured[k], `losses of "${name}"`);
    const judged = sweepOf(name, widths, values, losses, { hyperparameter, chance });
    const curves = curvesOf(judged.widths, (width, value) => cellsAt(name, width, value));
    const own = required(metrics[k], `metrics of "${name}"`);
    const causes = transferCauses(sweptName, own.exponent, { net, parametrization, optimizer, rule, settings: told });
    const found = { ...judged, ...curves, metrics: own, causes };
    const limit = limits.get(name);
    if (limit === undefined) return found;
    if (infinite === undefined) return 'reason' in limit ? { ...found, infinite: limit } : found;
    const beyond = infiniteSweep(widths, values, { finite: losses, infinite }, { hyperparameter, chance });
    const smallest = required(judged.widths[0], 'width of a sweep');
    const followed = infiniteCurves(smallest, beyond.points, (value) =>
      cellsAt(name, Number.POSITIVE_INFINITY, value, sampled),
    );
    return { ...found, infinite: { ...beyond, ...followed } };
  });
  return {
    net: net.program.name,
    optimizer: optimizer.name,
    hyperparameter,
    learningRate: sweptName === LEARNING_RATE.name ? null : learningRateOf(optimizer, settings),
    data: examples.name,
    source: examples.source,
    chance,
    baseWidth,
    widths,
    values,
    seeds: seeds.length,
    seed: required(seeds[0], 'seed of a sweep'),
    steps,
    batch,
    averaged,
    curveSteps: curveSteps(steps),
    sweeps,
  };
}

/**
 * The base width that is given, or that parametrizations have of their own. Throws {@link UserError}
 * `parametrizations.contradictory-base-width`, `experiments.several-base-widths` where these contradict one another.
 */
export function commonBaseWidth(
  parametrizations: readonly Parametrization[],
  given: number | undefined,
): number | undefined {
  if (given !== undefined) for (const one of parametrizations) baseWidthOf(one, given);
  const own = parametrizations.flatMap(({ name, baseWidth }) => (baseWidth === undefined ? [] : [{ name, baseWidth }]));
  const [first, ...rest] = own;
  if (rest.some(({ baseWidth }) => baseWidth !== first?.baseWidth)) throw severalBaseWidths(own);
  return given ?? first?.baseWidth;
}

/** The rate of every network; null for a schedule. */
function learningRateOf({ hyperparameters }: Optimizer, settings: Settings): number | null {
  const rate = settings.learningRate ?? hyperparameters.learningRate?.value;
  return typeof rate === 'number' ? rate : null;
}

/** Of the sizes of an input's axes those that a program leaves open. */
function sizesOf({ spaces }: Program, shape: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const open = new Set(spaces.flatMap(({ size }) => (typeof size === 'number' ? [] : [size.symbol])));
  return Object.fromEntries(Object.entries(shape).filter(([name]) => open.has(name)));
}

/** A step at infinite width over one at the width of as many samples, roughly. */
const INFINITE_WORK = 4;

/** The width at which what a step costs whatever the width is as much as its products. */
const OVERHEAD = 128;

/** Names a cell: also the block of a run folder that holds it. */
export function nameOf({ parametrization, width, value, seed, sampled }: CellKey): string {
  const at = sampled === undefined ? width : `inf-${sampled.samples}-${sampled.subsample}`;
  return `cells/${fileNameOf(parametrization)}/${at}/${value}/${seed}`;
}

const fileNameOf = (name: string): string => name.replaceAll(/[^\w.+=@-]/g, '_').replace(/^\./, '_');

function remembered<T>(map: Map<string, T>, key: string, make: () => T): T {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

/** Remembers the value made last: states of wide networks are large. */
function lastOnly<T>(): (key: string, make: () => T) => T {
  let last: { readonly key: string; readonly value: T } | undefined;
  return (key, make) => {
    if (last?.key !== key) last = { key, value: make() };
    return last.value;
  };
}
