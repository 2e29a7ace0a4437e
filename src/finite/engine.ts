/**
 * The finite-width engine: programs compiled once for each structure and size, and run in f32.
 *
 * The runtime is an adapter ({@link Backend}): Node's in node, a browser's in web. Everything here is the same for both.
 */

import { required } from '../errors/index.ts';
import {
  bind,
  checked,
  entries,
  feedsOf,
  type Interpreter,
  nodeOf,
  type Program,
  reorder,
  type Sizes,
  type Stepper,
  shapeOf,
  simplify,
  symbolsOf,
  type Tensor,
  type TensorInterpreterOptions,
  type TensorState,
  type Tensors,
  tensorInterpreter,
} from '../program/index.ts';
import { type Backend, type RawTensor, rawTensor } from './backend.ts';
import { releasedStepper } from './errors.ts';
import { inputId } from './lower.ts';
import type { Orders } from './orders.ts';
import { Sessions } from './sessions.ts';
import type { PrepareGraph } from './shape.ts';
import type { StepperStart } from './states.ts';
import { finiteStepper } from './stepper.ts';

/** A program compiled for one set of sizes. */
export interface Compiled {
  readonly sizes: Sizes;
  /**
   * Runs it. Feeds may list their axes in any order; f64 numbers are rounded to f32. Results list axes as the program's
   * outputs do. Throws {@link UserError} `program.mismatch` where feeds do not fit.
   */
  run(feeds: Tensors): Promise<Readonly<Record<string, Tensor<Float32Array>>>>;
}

/** A program compiled for one set of sizes, whose results go to given arrays. */
export interface CompiledInto {
  readonly sizes: Sizes;
  /**
   * Runs that write the outputs, all of them, as f32, row-major on the axes of their orders, into arrays of as many
   * numbers; no feed may be one of these. Throws {@link UserError} `program.mismatch` where feeds do not fit.
   */
  into(results: Readonly<Record<string, Float32Array>>): (feeds: Tensors) => Promise<void>;
}

/** Compiles and caches programs on one backend. */
export class Engine {
  readonly backend: Backend;
  readonly #sessions: Sessions;
  /** Programs are immutable, so one object needs checking and lowering once for each choice of sizes. */
  #compiled = new WeakMap<Program, Map<string, Promise<Compiled>>>();
  #compiledInto = new WeakMap<Program, Map<string, Promise<CompiledInto>>>();

  constructor(backend: Backend) {
    this.backend = backend;
    this.#sessions = new Sessions(backend);
  }

  /** The program compiled for the given sizes; equal programs at equal sizes share one session. */
  compile(program: Program, given: Sizes, orders: Orders = {}): Promise<Compiled> {
    return remembered(this.#compiled, program, bindingKey(given, orders), () => this.#compile(program, given, orders));
  }

  /** The same for results that go to given arrays: large ones need no new memory at each run then. */
  compileInto(program: Program, given: Sizes, orders: Orders = {}): Promise<CompiledInto> {
    const compile = (): Promise<CompiledInto> => this.#compileInto(program, given, orders);
    return remembered(this.#compiledInto, program, bindingKey(given, orders), compile);
  }

  async #compile(original: Program, given: Sizes, orders: Orders): Promise<Compiled> {
    const program = simplify(checked(original));
    const sizes = bind(program, given);
    const { session, ids } = await this.#sessions.keep(program, sizes, orders);
    const raw = rawFeeds(program, given);
    const outputs = program.outputs.map(({ name, value }) => {
      const axes = orders[name] ?? nodeOf(program, value).type.axes;
      return { name, id: required(ids[name], name), axes, shape: shapeOf(axes, sizes) };
    });
    return {
      sizes,
      run: async (feeds) => {
        const results = await session.run(
          raw(feeds),
          outputs.map(({ id }) => id),
        );
        return Object.fromEntries(
          outputs.map(({ name, id, axes, shape }) => [name, { axes, shape, data: required(results[id], name) }]),
        );
      },
    };
  }

  async #compileInto(original: Program, given: Sizes, orders: Orders): Promise<CompiledInto> {
    const program = simplify(checked(original));
    const sizes = bind(program, given);
    const { session, ids } = await this.#sessions.keep(program, sizes, orders, true);
    const raw = rawFeeds(program, given);
    return {
      sizes,
      into: (results) => {
        const written = program.outputs.map(({ name, value }): [string, RawTensor] => {
          const dims = shapeOf(orders[name] ?? nodeOf(program, value).type.axes, sizes);
          const given = required(results[name], `array for output "${name}"`);
          const data = required(given.length === entries(dims) ? given : undefined, `array of ${dims} for "${name}"`);
          return [required(ids[name], name), { data, dims }];
        });
        const run = session.prepare({}, Object.fromEntries(written));
        return (feeds) => run(raw(feeds));
      },
    };
  }

  /**
   * A step program that keeps its state: the graph computes gradients, compiled kernels update in place. The state is
   * in f32, numbers without axes in f64. It holds what the program carries: its states, its parameters, which stay as they
   * are, and initial data that steps do not give. `outputs` are those that a step hands out, default all.
   *
   * `given` are sizes that data leave open; those that data tell, such as that of a batch, may differ from step to step:
   * each set of sizes is compiled when it first comes, those that `given` tells all of at once.
   *
   * Throws {@link UserError} `program.mismatch`, `finite.bad-state`, `finite.not-handed-out`, {@link UnsupportedError}
   * `finite.kernel-too-large`; its steps `program.mismatch`, `finite.other-sizes`, `finite.released`.
   */
  async stepper(original: Program, given: Sizes, start: StepperStart, outputs?: readonly string[]): Promise<Stepper> {
    const program = checked(original);
    const handed = outputs ?? program.outputs.filter(({ role }) => role === 'data').map(({ name }) => name);
    return finiteStepper(program, given, { start, outputs: handed }, this.#prepare);
  }

  readonly #prepare: PrepareGraph = async (graph, sizes, orders, held, into) => {
    const { session, ids, isReleased, giveBack } = await this.#sessions.borrow(graph, sizes, orders);
    const run = session.prepare(
      named(held, inputId),
      named(into, (name) => required(ids[name], name)),
    );
    return {
      run: (feeds) => {
        if (isReleased()) throw releasedStepper(graph.name);
        return run(named(feeds, inputId));
      },
      release: giveBack,
    };
  };

  /** Compiles for the sizes that the feeds have, and runs. */
  async run(
    program: Program,
    feeds: Tensors,
    given: Sizes = {},
    orders: Orders = {},
  ): Promise<Readonly<Record<string, Tensor<Float32Array>>>> {
    // Equal sizes reach one cached session, however they are told.
    const compiled = await this.compile(program, symbolsOf(program, given, feeds, true), orders);
    return compiled.run(feeds);
  }

  /** The engine as an interpreter with state: its states are tensors, in f32 once a program has handed them on. */
  interpreter(options: TensorInterpreterOptions): Interpreter<TensorState> {
    return tensorInterpreter((program, feeds, sizes) => this.run(program, feeds, sizes), options);
  }

  /** Releases every session, and forgets what was compiled: the engine can be used again. */
  async release(): Promise<void> {
    this.#compiled = new WeakMap();
    this.#compiledInto = new WeakMap();
    await this.#sessions.release();
  }
}

const bindingKey = (given: Sizes, orders: Orders): string =>
  JSON.stringify([Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1)), orders]);

/** What is compiled of a program, for each key once; what failed may go through another time. */
function remembered<T>(
  known: WeakMap<Program, Map<string, Promise<T>>>,
  program: Program,
  key: string,
  compile: () => Promise<T>,
): Promise<T> {
  const own = known.get(program) ?? new Map<string, Promise<T>>();
  known.set(program, own);
  const found = own.get(key);
  if (found !== undefined) return found;
  const compiled = compile();
  own.set(key, compiled);
  compiled.catch(() => own.delete(key));
  return compiled;
}

/** Feeds as a session takes them, those that the program reads. */
function rawFeeds(program: Program, given: Sizes): (feeds: Tensors) => Record<string, RawTensor> {
  const read = new Set(feedsOf(program).map((node) => node.name));
  return (feeds) => {
    bind(program, given, feeds, true);
    return Object.fromEntries(
      Object.entries(feeds)
        .filter(([name]) => read.has(name))
        .map(([name, feed]) => {
          const { type } = nodeOf(program, name);
          return [inputId(name), rawTensor(reorder(feed, type.axes), type.kind)];
        }),
    );
  };
}

/** The same values under other names. */
function named<T>(values: Readonly<Record<string, T>>, rename: (name: string) => string): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [rename(name), value]));
}
