/**
 * The interpreter of programs whose widths are sampled: kets (IVb 2.6.5), or a width simulated exactly in law without
 * its matrices (theory: lazy Gaussian operators).
 */

import { stream } from '../numeric/index.ts';
import {
  analyze,
  bind,
  type Exponent,
  type Interpreter,
  isZeroPower,
  type Program,
  type Ran,
  raised,
  type Sizes,
  signOf,
  type Tensor,
  type Tensors,
} from '../program/index.ts';
import { entrywiseGroups } from './entrywiseGroups.ts';
import { badWidth, foreignState, notExported, outsideFragment } from './errors.ts';
import { InitialValues, type MatrixSampler } from './initialValues.ts';
import { Known } from './known.ts';
import { Normals, type Sampling } from './normals.ts';
import { type KetOutputs, type ProductParts, Run } from './run.ts';
import { type Held, KetState } from './state.ts';

/** What `ketInterpreter` is told: samples of a width, and how values are drawn. */
export interface KetOptions {
  /** n: how many coordinates are sampled of a width of ratio 1. */
  readonly width: number;
  readonly seed: number;
  /** Default pseudo-random. */
  readonly sampling?: Sampling;
  /** Left-over powers of n at their limit 0 (true) or at the width (false, the default). */
  readonly limit?: boolean;
  /** Initial matrices sampled along the directions they meet (default), stored whole (n² numbers each), or a sampler. */
  readonly matrices?: 'lazy' | 'dense' | MatrixSampler;
  /** How many coordinates averages inside nonlinear outer products read; default all. */
  readonly subsample?: number;
  /** Relative size of directions that lazy matrices leave out: far below n^(−r) where a step moves features by that much. */
  readonly tolerance?: number;
  /** Sizes of fixed spaces that are symbols and that data leave open. */
  readonly sizes?: Sizes;
  /** Products with matrices whose hat and dot parts are wanted ({@link KetRan.parts}), by the names of their values. */
  readonly parts?: readonly string[];
}

/** What a run gives. */
export interface KetRan extends Ran<KetState, KetOutputs> {
  /**
   * The parts of a product that was asked for, under the name of it or of a renaming of it. Throws
   * {@link UnsupportedError} `kets.unsupported`.
   */
  parts(name: string): ProductParts;
}

/** An interpreter at one width, with draws from one seed. */
export interface KetInterpreter extends Interpreter<KetState, KetOutputs> {
  /**
   * Runs a program once. States that it names start from their laws where the state has none, drawn by their names;
   * initial data that it draws stay in the state. Throws {@link UserError} `kets.outside-fragment` for programs that leave
   * NE⊗OR⊤, `kets.foreign-state`, `kets.not-given`, `kets.other-law`, and `program.mismatch` for sizes that are missing.
   */
  run(program: Program, state: KetState, data?: Tensors): KetRan;
  /**
   * Values without a width axis, all of a state or those named. Throws {@link UnsupportedError} `kets.not-exported` where
   * another is among them.
   */
  exported(state: KetState, names?: readonly string[]): Tensors;
  /** Most bytes of columns that a run has held at once so far: values, state, and what is known of the matrices. */
  readonly peakBytes: number;
}

/**
 * Kets at a width. Two states of one start share their matrices: the joint law of what is made of them is exact in
 * whatever order they are run, and the numbers are the same for the same order of runs. A fork draws the same numbers
 * whatever its origin is asked meanwhile, and agrees with it in what was known when it was made.
 *
 * Throws {@link UserError} `kets.bad-width`.
 */
export function ketInterpreter(options: KetOptions): KetInterpreter {
  return new SampledKets(options);
}

class SampledKets implements KetInterpreter {
  readonly #options: KetOptions;
  /** States made here; another's have other widths and draws. */
  readonly #own = new WeakSet<KetState>();
  #peakBytes = 0;

  constructor(options: KetOptions) {
    const { width } = options;
    if (!Number.isSafeInteger(width) || width < 1) throw badWidth(width);
    this.#options = options;
  }

  get peakBytes(): number {
    return this.#peakBytes;
  }

  start(given: Tensors = {}): KetState {
    const { seed, sampling = 'pseudo' } = this.#options;
    return this.#made(new KetState(new Known(new Normals(sampling, stream(seed, 'kets'))), given, new Map()));
  }

  run(program: Program, state: KetState, data: Tensors = {}): KetRan {
    this.#check(state);
    const { width, seed, limit = false, matrices = 'lazy', tolerance, subsample = width, parts = [] } = this.#options;
    const forms = new Map([...state.values].map(([name, { form }]) => [name, form]));
    const analysis = analyze(program, forms);
    if (analysis.violations.length > 0) throw outsideFragment(program.name, analysis.violations);
    const { symbol, isWidth } = analysis.widths;
    const bound = { ...this.#options.sizes, ...(symbol === undefined ? {} : { [symbol]: width }) };
    const sizes = bind(program, bound, { ...data, ...state.given });
    const groups = entrywiseGroups(analysis.program, isWidth);
    const drawing = {
      width,
      sizes,
      stream: stream(seed, 'kets'),
      known: state.known,
      limit,
      matrices,
      isWidth,
      groups,
    };
    const initialValues = new InitialValues({ ...drawing, ...(tolerance === undefined ? {} : { tolerance }) });
    const run = new Run({ program, analysis, state, data, sizes, initialValues, width, limit, subsample, parts });
    const ran = run.run();
    this.#peakBytes = Math.max(this.#peakBytes, run.peakBytes);
    return { outputs: ran.outputs, state: this.#made(ran.state), parts: (name) => run.parts(name) };
  }

  fork(state: KetState): KetState {
    this.#check(state);
    return this.#made(state.fork());
  }

  exported(state: KetState, names: readonly string[] = [...state.values.keys(), ...Object.keys(state.given)]): Tensors {
    this.#check(state);
    const held = names.flatMap((name): [string, Held][] => {
      const one = state.values.get(name);
      return one === undefined ? [] : [[name, one]];
    });
    const wide = held.filter(([, { value }]) => value.kind !== 'scalars').map(([name]) => name);
    if (wide.length > 0) throw notExported(wide);
    const numbers = held.map(([name, { value, form }]): [string, Tensor] => {
      const { axes, shape, data } = value;
      const factor = form.kind === 'plain' && !isZeroPower(form.exponent) ? this.#power(form.exponent) : 1;
      return [name, { axes, shape, data: Float64Array.from(data as ArrayLike<number>, (x) => x * factor) }]; // scalars
    });
    const given = Object.entries(state.given).filter(([name]) => names.includes(name));
    return Object.fromEntries([...given, ...numbers]);
  }

  release(state: KetState): void {
    this.#check(state);
    state.release();
  }

  #power(exponent: Exponent): number {
    const { width, limit = false } = this.#options;
    return signOf(exponent) === 0 ? 1 : limit ? 0 : raised(width, exponent);
  }

  #made(state: KetState): KetState {
    this.#own.add(state);
    return state;
  }

  #check(state: KetState): void {
    if (!this.#own.has(state)) throw foreignState();
  }
}
