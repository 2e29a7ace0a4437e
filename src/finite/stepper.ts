/**
 * Training at finite width: a step program whose state stays in memory that the graph reads and that compiled kernels
 * update in place (partition.ts says which part is whose).
 *
 * One step is one run of the graph, which puts gradients beside the states, then one call of a kernel for each group of
 * states that an optimizer updates together. Data of other sizes are steps of another shape over the same states.
 */

import { required } from '../errors/index.ts';
import {
  type Axis,
  bind,
  feedsOf,
  isCarried,
  type NodeOf,
  nodeOf,
  nodesOf,
  outputOf,
  type Program,
  reorder,
  type Sizes,
  type Stepper,
  simplify,
  spaceOf,
  symbolsOf,
  type Tensor,
  type Tensors,
} from '../program/index.ts';
import { type RawTensor, rawTensor } from './backend.ts';
import { bareParameters } from './bareParameters.ts';
import { notHandedOut, otherSizes, releasedStepper } from './errors.ts';
import { withOperators } from './operators.ts';
import { own } from './own.ts';
import { type Partition, partition } from './partition.ts';
import { type PrepareGraph, type Shape, Shapes } from './shape.ts';
import { States, type StepperStart } from './states.ts';

export interface StepperOptions {
  readonly start: StepperStart;
  /** Outputs that a step hands out. */
  readonly outputs: readonly string[];
}

/**
 * Compiles a step program and starts it. Throws {@link UserError} `finite.bad-state`, `finite.not-handed-out`,
 * `program.mismatch`, {@link UnsupportedError} `finite.kernel-too-large`.
 */
export async function finiteStepper(
  whole: Program,
  given: Sizes,
  { start, outputs }: StepperOptions,
  prepare: PrepareGraph,
): Promise<Stepper> {
  const program = bareParameters(simplify(withOperators(asked(whole, outputs))));
  const parts = partition(program);
  const symbols = heldSymbols(program, given, start.state);
  const states = new States(program, bind(carriedOf(program), symbols), parts, start);
  const shapes = new Shapes(program, parts, states, prepare);
  const handed = outputs.map((name) => ({ name, axes: nodeOf(program, outputOf(program, name).value).type.axes }));
  if (!isOpen(program, symbols)) await shapes.at(bind(program, symbols));
  return new FiniteStepper({ program, symbols, parts, states, shapes, outputs: handed });
}

/** The program with the outputs that are asked for. */
function asked(program: Program, outputs: readonly string[]): Program {
  const known = program.outputs.filter(({ role }) => role === 'data').map(({ name }) => name);
  const unknown = outputs.find((name) => !known.includes(name));
  if (unknown !== undefined) throw notHandedOut(program.name, unknown, known);
  const kept = program.outputs.filter(({ role, name }) => role === 'state' || outputs.includes(name));
  return { ...program, outputs: kept };
}

/** States and parameters alone. */
function carriedOf(program: Program): Program {
  return { ...program, nodes: feedsOf(program).filter(({ instruction }) => isCarried(instruction)), outputs: [] };
}

/** Symbols that are known before any data: those given, and where these leave sizes of states open, those of a state. */
function heldSymbols(program: Program, given: Sizes, state: Tensors = {}): Sizes {
  const carried = carriedOf(program);
  return isOpen({ ...program, spaces: spacesOf(program, carried.nodes) }, given)
    ? symbolsOf(carried, given, state)
    : given;
}

/** Whether some size is not told. */
function isOpen({ spaces }: Program, symbols: Sizes): boolean {
  return spaces.some(({ size }) => typeof size !== 'number' && !Object.hasOwn(symbols, size.symbol));
}

/** The spaces of axes of some values. */
function spacesOf({ spaces }: Program, nodes: readonly Program['nodes'][number][]): Program['spaces'] {
  const used = new Set(nodes.flatMap(({ type }) => type.axes.map(spaceOf)));
  return spaces.filter(({ name }) => used.has(name));
}

interface Compiled {
  readonly program: Program;
  /** Those of the state's sizes, and others that were given in case that data do not tell them. */
  readonly symbols: Sizes;
  readonly parts: Partition;
  readonly states: States;
  readonly shapes: Shapes;
  readonly outputs: readonly { readonly name: string; readonly axes: readonly Axis[] }[];
}

class FiniteStepper implements Stepper {
  readonly #compiled: Compiled;
  /** What steps may be given. */
  readonly #inputs: readonly NodeOf<'input'>[];
  /** What the graph is fed; states and parameters with axes lie where it reads them. */
  readonly #fed: ReturnType<typeof feedsOf>;
  /** Shapes by the axes and sizes of data that were found to fit. */
  readonly #known = new Map<string, Shape>();
  /** The last step, whatever became of it. */
  #last: Promise<unknown> = Promise.resolve();
  #released = false;

  constructor(compiled: Compiled) {
    this.#compiled = compiled;
    const { program, parts, states } = compiled;
    this.#inputs = nodesOf(program, 'input').filter(({ instruction }) => instruction.role === 'data');
    this.#fed = feedsOf(parts.graph).filter(({ name }) => !states.arrays.has(name));
  }

  step(data: Tensors): Promise<Tensors> {
    const stepping = this.#step(data);
    this.#last = stepping.catch(() => {});
    return stepping;
  }

  async #step(data: Tensors): Promise<Tensors> {
    this.#check();
    const { parts, states, outputs } = this.#compiled;
    const key = this.#keyOf(data);
    const { graph, results, kernels, ...shape } = this.#known.get(key) ?? (await this.#newShape(key, data));
    const numbers = this.#numbers(shape.numbers, data);
    await graph.run(this.#feeds(data));
    for (const [value, output] of Object.entries(parts.graphNumbers)) {
      numbers.set(value, required(required(results[output], output).data[0], output));
    }
    for (const table of kernels.flatMap(({ tables }) => tables)) {
      const { output, index, over } = table.rows;
      table.take(required(results[output], output).data, reorder(this.#dataOf(index, data), over).data);
    }
    const number = (name: string): number => required(numbers.get(name), name);
    for (const kernel of kernels) kernel.run(kernel.numbers.map(number));
    for (const [state, value] of Object.entries(parts.numberStates)) states.replace(state, [number(value)]);
    for (const [state, output] of Object.entries(parts.graphStates)) {
      states.replace(state, required(results[output], output).data);
    }
    return Object.fromEntries(
      // Copies: the next step writes there again.
      outputs.map(({ name, axes }): [string, Tensor] => {
        const { data, dims } = required(results[name], name);
        return [name, { axes, shape: dims, data: data.slice() }];
      }),
    );
  }

  /** What decides whether data fit, and at which sizes. */
  #keyOf(data: Tensors): string {
    return JSON.stringify(
      this.#inputs.map(({ name }) => {
        const given = own(data, name);
        return given === undefined ? null : [given.axes, given.shape, given.data.length];
      }),
    );
  }

  /** The shape of data that have not come before; draws initial data that nobody gives. */
  async #newShape(key: string, data: Tensors): Promise<Shape> {
    const { states, shapes } = this.#compiled;
    const sizes = this.#sizesOf(data);
    for (const feed of this.#inputs) {
      if (this.#isDrawn(feed, data)) states.drawInitially(feed, sizes);
    }
    const shape = await shapes.at(sizes);
    this.#known.set(key, shape);
    return shape;
  }

  #isDrawn(feed: NodeOf<'input'>, data: Tensors): boolean {
    const { states } = this.#compiled;
    return own(data, feed.name) === undefined && !states.initial.has(feed.name) && states.canDraw(feed);
  }

  /** All sizes of a step on these data; they tell their symbols anew. */
  #sizesOf(data: Tensors): Sizes {
    const { program, symbols, states } = this.#compiled;
    const wanted = this.#inputs.filter(
      (feed) => own(data, feed.name) !== undefined || !(states.initial.has(feed.name) || this.#isDrawn(feed, data)),
    );
    const given = wanted.filter(({ name }) => own(data, name) !== undefined);
    const told = new Set(spacesOf(program, given).flatMap(({ size }) => (typeof size === 'number' ? [] : size.symbol)));
    const open = Object.fromEntries(Object.entries(symbols).filter(([symbol]) => !told.has(symbol)));
    const all = { ...symbols, ...symbolsOf({ ...program, nodes: wanted, outputs: [] }, open, data, true) };
    const sizes = bind(program, all);
    const problems = states.otherThan(sizes, data);
    if (problems.length > 0) throw otherSizes(program.name, problems);
    return sizes;
  }

  /** Numbers of this step that need no graph. */
  #numbers(parts: Shape['numbers'], data: Tensors): Map<string, number> {
    const computed = new Map<string, number>();
    const read = (name: string): number => required(computed.get(name), name);
    for (const { name, reads, value } of parts) {
      computed.set(name, value === undefined ? this.#given(name, data) : value(reads.map(read)));
    }
    return computed;
  }

  /** A number that is held or given. */
  #given(name: string, data: Tensors): number {
    return this.#compiled.states.numbers.get(name) ?? required(this.#dataOf(name, data).data[0], name);
  }

  /** Data of this step, or what is held of them from the start. */
  #dataOf(name: string, data: Tensors): Tensor {
    return required(own(data, name) ?? this.#compiled.states.initial.get(name), name);
  }

  /** Feeds of the graph that change at every step; data of kernels go to their arrays. */
  #feeds(data: Tensors): Record<string, RawTensor> {
    const { numbers, initial, data: copies } = this.#compiled.states;
    for (const copy of copies) {
      const given = own(data, copy.name);
      const held = given === undefined ? required(initial.get(copy.name), copy.name) : undefined;
      if (held !== undefined && held === copy.held) continue;
      copy.held = held;
      copy.data.set(reorder(this.#dataOf(copy.name, data), copy.axes).data);
    }
    return Object.fromEntries(
      this.#fed.map(({ name, type }): [string, RawTensor] => {
        const number = numbers.get(name);
        if (number !== undefined) return [name, { data: Float32Array.of(number), dims: [] }];
        return [name, rawTensor(reorder(this.#dataOf(name, data), type.axes), type.kind)];
      }),
    );
  }

  state(): Tensors {
    this.#check();
    return this.#compiled.states.copy();
  }

  load(state: Tensors): void {
    this.#check();
    this.#compiled.states.load(state);
    // Initial data that are held now may be of other sizes.
    this.#known.clear();
  }

  #check(): void {
    if (this.#released) throw releasedStepper(this.#compiled.program.name);
  }

  /** Waits for a step that is running. */
  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    await this.#last;
    this.#known.clear();
    await this.#compiled.shapes.release();
  }
}
