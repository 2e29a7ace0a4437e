/**
 * Whether the best learning rate stays where it is as networks grow (theory 6): sweeps over rates and widths under
 * several parametrizations that are one and the same network at the base width.
 */

import type { Net } from '../../nets/index.ts';
import type { Optimizer, Settings } from '../../optimizers/index.ts';
import { MUP, type Parametrization, SP } from '../../parametrizations/index.ts';
import type { Program, Tensors } from '../../program/index.ts';
import { trainingStep } from '../../training/index.ts';
import type { FiniteRun } from '../check/finite.ts';
import { drawStart, seedAt } from '../start.ts';
import { batches, checkExamples, type Examples } from './data.ts';
import { badCount, badRate, sameNames, tooFewRates, tooFewWidthsToCompare } from './errors.ts';
import { type Losses, sweepOf } from './optimum.ts';
import type { Cell, TransferResult } from './result.ts';
import { train } from './train.ts';

/** Keeps what is trained, so that nothing is trained twice. */
export interface CellStore {
  read(cell: CellKey): Promise<Cell | undefined>;
  write(cell: Cell): Promise<void>;
}

export type CellKey = Pick<Cell, 'parametrization' | 'width' | 'rate' | 'seed'>;

export interface TransferOptions {
  /** Its output has the axes batch and class. */
  readonly net: Net;
  readonly optimizer: Optimizer;
  /** All but the learning rate. */
  readonly settings?: Settings;
  /** Default µP and SP; their own base widths, where they have one, go before `baseWidth`. */
  readonly parametrizations?: readonly Parametrization[];
  /** At this width all of them are the standard network; default the smallest. */
  readonly baseWidth?: number;
  readonly examples: Examples;
  readonly widths?: readonly number[];
  readonly rates?: readonly number[];
  readonly seeds?: number;
  /** Of the first network; others follow. */
  readonly seed?: number;
  readonly steps?: number;
  readonly batch?: number;
  readonly run: FiniteRun;
  readonly cells?: CellStore;
  /** Gets the share of what has to be trained that is done. */
  readonly onProgress?: (share: number) => void;
}

const WIDTHS = [64, 128, 256, 512];
const RATES = Array.from({ length: 11 }, (_, k) => 2 ** (k - 12));
const [SEEDS, STEPS, BATCH] = [3, 100, 64];
/** The share of the steps over whose losses a result is averaged: single mini-batches vary. */
const AVERAGED = 0.2;

/**
 * Trains a network at every width, rate and seed under every parametrization, with cross-entropy on mini-batches, and
 * finds how far the best rate moves from the smallest to the largest width. Throws {@link UserError}
 * `experiments.one-width`, `experiments.too-few-rates`, `experiments.bad-rate`, `experiments.bad-count`, and those of
 * examples.
 */
export async function transfer(options: TransferOptions): Promise<TransferResult> {
  const { net, optimizer, settings = {}, examples, run, cells, onProgress = () => {} } = options;
  const { seeds = SEEDS, seed = 0, steps = STEPS } = options;
  const widths = rising(options.widths ?? WIDTHS);
  const rates = rising(options.rates ?? RATES);
  if (widths.length < 2) throw tooFewWidthsToCompare(widths);
  const wrong = rates.find((rate) => !(rate > 0 && Number.isFinite(rate)));
  if (wrong !== undefined) throw badRate(wrong);
  if (rates.length < 3) throw tooFewRates(rates);
  for (const [what, given] of Object.entries({ seeds, steps, batch: options.batch ?? BATCH })) {
    if (!Number.isSafeInteger(given) || given < 1) throw badCount(what, given);
  }
  checkExamples(examples);
  const batch = Math.min(options.batch ?? BATCH, examples.labels.length);
  const averaged = Math.max(1, Math.round(AVERAGED * steps));
  const baseWidth = options.baseWidth ?? widths[0] ?? 1;
  const parametrizations = (options.parametrizations ?? [MUP, SP]).map((one) => ({ baseWidth, ...one }));
  const names = parametrizations.map(({ name }) => fileNameOf(name));
  if (new Set(names).size < names.length) throw sameNames(parametrizations.map(({ name }) => name));
  const seedsOf = Array.from({ length: seeds }, (_, k) => seed + k);
  const keys = parametrizations.flatMap(({ name }) =>
    widths.flatMap((width) =>
      seedsOf.flatMap((own) => rates.map((rate): CellKey => ({ parametrization: name, width, rate, seed: own }))),
    ),
  );
  const known = new Map<string, Cell>();
  for (const key of keys) {
    const cell = await cells?.read(key);
    if (cell !== undefined) known.set(nameOf(key), cell);
  }
  const missing = keys.filter((key) => !known.has(nameOf(key)));
  const workOf = ({ width }: CellKey): number => width ** 2 + OVERHEAD ** 2;
  const total = missing.reduce((sum, key) => sum + workOf(key), 0);
  let done = 0;
  const programs = new Map<string, Program>();
  const initial = lastOnly<Tensors>();
  for (const key of missing) {
    const { width, rate } = key;
    const parametrization = parametrizations.find(({ name }) => name === key.parametrization) ?? MUP;
    const program = remembered(programs, `${parametrization.name} ${rate}`, () =>
      trainingStep(net, {
        parametrization,
        optimizer,
        settings: { ...settings, learningRate: rate },
        loss: 'cross-entropy',
      }),
    );
    const sizes = { n: width, batch, input: examples.input };
    const state = initial(
      `${parametrization.name} ${width} ${key.seed}`,
      () => drawStart(program, sizes, seedAt(key.seed, width)).state,
    );
    const inputs = batches(examples, batch, key.seed);
    const cell = { ...key, ...(await train(program, state, { steps, averaged, sizes, batch: inputs, run })) };
    await cells?.write(cell);
    known.set(nameOf(key), cell);
    done += workOf(key);
    onProgress(done / total);
  }
  const sweeps = parametrizations.map(({ name }) => {
    const losses: Losses = widths.map((width) =>
      rates.map((rate) =>
        seedsOf.map((own) => known.get(nameOf({ parametrization: name, width, rate, seed: own }))?.loss ?? null),
      ),
    );
    return sweepOf(name, widths, rates, losses);
  });
  return {
    net: net.program.name,
    optimizer: optimizer.name,
    data: examples.name,
    baseWidth,
    widths,
    rates,
    seeds,
    steps,
    batch,
    averaged,
    sweeps,
  };
}

/** The width at which what a step costs whatever the width is as much as its products. */
const OVERHEAD = 128;

/** Names a cell: also the block of a run folder that holds it. */
export function nameOf({ parametrization, width, rate, seed }: CellKey): string {
  return `cells/${fileNameOf(parametrization)}/${width}/${rate}/${seed}`;
}

const fileNameOf = (name: string): string => name.replaceAll(/[^\w.+=@-]/g, '_').replace(/^\./, '_');

const rising = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b);

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
