/**
 * Explains measurements by trials: trains the network with one mistake put in, or taken back, and sees whether sizes come
 * out as measured, or as they should be.
 *
 * Trials draw what the measured networks drew, so that the ratio of a trial's size to the measured one, at one width and
 * from one seed, hardly varies: two widths tell most mistakes apart, and its exponent is added to the measured one.
 */

import { required } from '../../errors/index.ts';
import type { Net } from '../../nets/index.ts';
import type { Parametrization } from '../../parametrizations/index.ts';
import type { Program, Stepper, Tensors } from '../../program/index.ts';
import { drawState } from '../../training/index.ts';
import { seedAt } from '../start.ts';
import { cleanStep } from './findings.ts';
import { differs, type Estimate } from './judge.ts';
import { knobsAt, type Shifts, startAt } from './knobs.ts';
import { fitLogs, type MeasureOptions, type Runs, rootMeanSquare, sizeOf } from './measure.ts';
import type { Candidate } from './mistakes.ts';
import type { Expected } from './predict.ts';
import type { Row } from './rows.ts';

export interface TrialOptions extends Omit<MeasureOptions, 'steps' | 'onRun'> {
  readonly net: Net;
  /** What the program trains in; its base width. */
  readonly parametrization: Parametrization;
  /** A step with knobs that hands out all rows. */
  readonly program: Program;
  /** Rows that tell exponents apart: sizes at the start, and changes by the first step. */
  readonly rows: readonly Row[];
  /** What was measured, by all widths and seeds. */
  readonly runs: Runs;
  /** Whether what is expected are the measured exponents themselves, whose errors then are those of the trials too. */
  readonly paired: boolean;
  readonly onTrial?: (share: number) => void;
}

/** A candidate as it is tried: what is turned, and what should come of it. */
export interface Trial {
  readonly candidate: Candidate;
  readonly shifts: Shifts;
  readonly expected: (row: Row, step: number) => Expected;
  /** Those of lower rank come first. */
  readonly rank: number;
}

/** Two of the smallest widths, which a mistake of half a power sets apart, and what they may miss it by. */
const [FAR, SLACK] = [2, 0.15];
/** Widths and seeds of what is left then. */
const [WIDTHS, SEEDS] = [4, 4];

/** The candidates under which everything is as expected, those that fit best first. */
export async function fittingTrials(trials: readonly Trial[], options: TrialOptions): Promise<Candidate[]> {
  const trainer = new Trainer(options);
  const found: { readonly trial: Trial; readonly distance: number }[] = [];
  let done = 0;
  try {
    for (const trial of trials) {
      const distance = await trainer.distance(trial);
      if (distance !== undefined) found.push({ trial, distance });
      done++;
      options.onTrial?.(done / trials.length);
    }
  } finally {
    await trainer.release();
  }
  return found
    .sort((one, other) => one.trial.rank - other.trial.rank || one.distance - other.distance)
    .map(({ trial }) => trial.candidate);
}

class Trainer {
  readonly #options: TrialOptions;
  /** By width: one serves all trials. */
  readonly #steppers = new Map<number, Stepper>();
  readonly #starts = new Map<string, Tensors>();
  /** Exponents of the measured sizes. */
  readonly #measured: readonly Estimate[];

  constructor(options: TrialOptions) {
    this.#options = options;
    const { rows, runs, widths } = options;
    this.#measured = rows.map((row) =>
      fitLogs(
        runs.map((atWidth) => atWidth.map((run) => Math.log(sizeOf(run, row, cleanStep(row))))),
        widths,
      ),
    );
  }

  /** How far the exponents of a trial are from what is expected of it, at most; undefined where it does not fit. */
  async distance(trial: Trial): Promise<number | undefined> {
    const { widths, seeds } = this.#options;
    const near = [0, Math.min(FAR, widths.length - 1)];
    // Sizes at the start are known before a step is made, and tell most mistakes.
    const begin = (at: number): Promise<Sizes> => this.#begin(trial.shifts, at, 0);
    for (const train of [begin, (at: number) => this.#twoSteps(trial.shifts, at, 0)]) {
      const sizes: Sizes[] = [];
      for (const at of near) sizes.push(await train(at));
      if (this.#worst(trial, near, sizes, SLACK) === undefined) return undefined;
    }
    const all = Array.from({ length: Math.min(WIDTHS, widths.length) }, (_, k) => k);
    const sizes: Sizes[] = [];
    for (const at of all) {
      for (let k = 0; k < Math.min(SEEDS, seeds); k++) {
        sizes.push(await this.#twoSteps(trial.shifts, at, k));
      }
    }
    return this.#worst(trial, all, sizes, 0);
  }

  /** The largest distance of an exponent from the expected one; undefined where one does not fit by more than `slack`. */
  #worst(trial: Trial, widthsAt: readonly number[], all: readonly Sizes[], slack: number): number | undefined {
    const { rows } = this.#options;
    let worst = 0;
    for (const [r, row] of rows.entries()) {
      if (!all.every(({ sizes }) => sizes[r] !== undefined)) continue;
      const expected = trial.expected(row, cleanStep(row));
      const { exponent, ...rest } = this.#estimate(r, widthsAt, all);
      const target = expected.exponent;
      if (exponent === undefined || target === undefined) {
        if (differs({ ...rest, ...(exponent === undefined ? {} : { exponent }) }, expected)) return undefined;
        continue;
      }
      const gap = exponent - target;
      const lenient = Math.sign(gap) * Math.max(0, Math.abs(gap) - slack);
      if (differs({ ...rest, exponent: target + lenient }, expected)) return undefined;
      if (!expected.atMost) worst = Math.max(worst, Math.abs(gap));
    }
    return worst;
  }

  /** A trial's exponent: that of its ratios to the measured sizes, added to the measured one. */
  #estimate(r: number, widthsAt: readonly number[], all: readonly Sizes[]): Estimate {
    const { rows, runs, widths, paired } = this.#options;
    const [row, measured] = [rows[r], this.#measured[r]];
    const logs = widthsAt.map((at) =>
      all
        .filter((one) => one.at === at)
        .map(({ k, sizes }) => {
          const run = runs[at]?.[k];
          const before = row === undefined || run === undefined ? Number.NaN : sizeOf(run, row, cleanStep(row));
          return Math.log(required(sizes[r], `size of row ${r}`) / (measured?.exponent === undefined ? 1 : before));
        }),
    );
    const fit = fitLogs(
      logs,
      widthsAt.map((at) => required(widths[at], `width ${at}`)),
    );
    const { exponent: own = 0, standardError: error = 0, degrees } = measured ?? {};
    if (fit.exponent === undefined) return {};
    return {
      exponent: own + fit.exponent,
      standardError: Math.hypot(paired ? 0 : error, fit.standardError ?? 0),
      // Ratios hardly vary, so that the error is that of what was measured.
      ...(paired || degrees === undefined ? {} : { degrees }),
    };
  }

  /** Sizes at the start. */
  async #begin(shifts: Shifts, at: number, k: number): Promise<Sizes> {
    const { rows, scores } = this.#options;
    const { outputs } = await this.#firstStep(shifts, at, k);
    const sizes = rows.map((row) =>
      row.changes ? undefined : rootMeanSquare(entriesOf(outputs, row), { masked: scores.has(row.output) }),
    );
    return { at, k, sizes };
  }

  /** What the first step changes as well. */
  async #twoSteps(shifts: Shifts, at: number, k: number): Promise<Sizes> {
    const { rows, scores } = this.#options;
    const { outputs: before, stepper, data } = await this.#firstStep(shifts, at, k);
    const after = await stepper.step(data);
    const sizes = rows.map((row) => {
      const entries = entriesOf(before, row);
      const masked = scores.has(row.output);
      return row.changes
        ? rootMeanSquare(entriesOf(after, row), { from: entries, masked })
        : rootMeanSquare(entries, { masked });
    });
    return { at, k, sizes };
  }

  /** The first step of a trial, and what makes the next. */
  async #firstStep(shifts: Shifts, at: number, k: number) {
    const { net, widths, seed, symbol, parametrization, sizes } = this.#options;
    const width = required(widths[at], `width ${at}`);
    const bound = { ...sizes, [symbol]: width };
    const n = width / (parametrization.baseWidth ?? 1);
    const data = { ...this.#options.data, ...knobsAt(net, n, shifts) };
    const state = startAt(this.#start(width, seed + k, bound), n, shifts);
    const stepper = await this.#stepper(width, bound, state);
    return { stepper, data, outputs: await stepper.step(data) };
  }

  /** The stepper of a width, at a state. */
  async #stepper(width: number, bound: TrialOptions['sizes'], state: Tensors): Promise<Stepper> {
    const known = this.#steppers.get(width);
    if (known !== undefined) {
      known.load(state);
      return known;
    }
    const { program, stepper } = this.#options;
    const made = await stepper(program, bound, state);
    this.#steppers.set(width, made);
    return made;
  }

  async release(): Promise<void> {
    for (const stepper of this.#steppers.values()) await stepper.release();
  }

  #start(width: number, seed: number, sizes: TrialOptions['sizes']): Tensors {
    const key = `${width} ${seed}`;
    const known = this.#starts.get(key);
    if (known !== undefined) return known;
    const start = singles(drawState(this.#options.program, sizes, seedAt(seed, width)));
    // What all trials begin with is kept, and no more: states are large.
    if (seed === this.#options.seed) this.#starts.set(key, start);
    return start;
  }
}

/** Sizes of the rows at one width, by its place, from one seed; undefined of what is not known yet. */
interface Sizes {
  readonly at: number;
  readonly k: number;
  readonly sizes: readonly (number | undefined)[];
}

/** In single precision, what engines compute in: they need not convert it for every trial. */
function singles(state: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(state).map(([name, { axes, shape, data }]) => [
      name,
      { axes, shape, data: Float32Array.from(data) },
    ]),
  );
}

const entriesOf = (outputs: Tensors, { output }: Row): ArrayLike<number> =>
  required(outputs[output], `output "${output}"`).data;
