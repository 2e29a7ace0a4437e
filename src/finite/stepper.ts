/**
 * Training at finite width: a step program whose state stays in memory that the graph reads and that compiled kernels
 * update in place (partition.ts says which part is whose).
 *
 * One step is one run of the graph, which puts gradients beside the states, then one call of a kernel for each group of
 * states that an optimizer updates together.
 */

import {
  type Axis,
  bind,
  entries,
  nodeOf,
  nodesOf,
  outputOf,
  type Program,
  reorder,
  type Sizes,
  type Stepper,
  shapeOf,
  type Tensor,
  type Tensors,
} from '../program/index.ts';
import { type Prepared, type RawTensor, rawTensor } from './backend.ts';
import type { Orders } from './orders.ts';
import { type Partition, partition } from './partition.ts';
import { type FloatArray, States } from './states.ts';

/** What a run starts from: draws by the laws of its states, or given states. */
export type StepperStart = { readonly seed: number } | { readonly state: Tensors };

/** Loads the graph and binds what stays where it is: feeds by name, results by output. */
export type PrepareGraph = (
  graph: Program,
  orders: Orders,
  held: Readonly<Record<string, RawTensor>>,
  into: Readonly<Record<string, RawTensor>>,
) => Promise<Prepared>;

export interface StepperOptions {
  readonly start: StepperStart;
  /** Outputs that a step hands out. */
  readonly outputs: readonly string[];
}

/**
 * Compiles a simplified step program at bound sizes and starts it. Throws {@link UserError} `finite.bad-state`,
 * `program.unknown-value`.
 */
export async function finiteStepper(
  program: Program,
  sizes: Sizes,
  { start, outputs }: StepperOptions,
  prepare: PrepareGraph,
): Promise<Stepper> {
  // A name that is no output is told at once.
  const given = outputs.map((name) => nodeOf(program, outputOf(program, name).value).type.axes);
  const parts = partition(program, sizes, outputs);
  const states = new States(program, sizes, parts);
  if ('seed' in start) states.draw(start.seed);
  else states.load(start.state);
  const orders = Object.fromEntries(
    parts.kernels.flatMap(({ streams, axes }) =>
      streams.filter(({ kind }) => kind === 'graph').map(({ name }) => [name, axes] as const),
    ),
  );
  const held = Object.fromEntries(
    parts.graph.nodes.flatMap(({ name }) => {
      const array = states.arrays.get(name);
      return array === undefined ? [] : [[name, array] as const];
    }),
  );
  const results: Record<string, FloatArray> = { ...states.gradients };
  for (const { name, value } of parts.graph.outputs) {
    const dims = shapeOf(nodeOf(program, value).type.axes, sizes);
    results[name] ??= { data: new Float32Array(entries(dims)), dims };
  }
  const run = await prepare(parts.graph, orders, held, results);
  const handed = outputs.map((name, k) => ({ name, axes: given[k] ?? [] }));
  return new FiniteStepper({ program, sizes, parts, states, run, results, outputs: handed });
}

interface Compiled {
  readonly program: Program;
  readonly sizes: Sizes;
  readonly parts: Partition;
  readonly states: States;
  readonly run: Prepared;
  /** What the graph writes, by its outputs. */
  readonly results: Readonly<Record<string, FloatArray>>;
  readonly outputs: readonly { readonly name: string; readonly axes: readonly Axis[] }[];
}

class FiniteStepper implements Stepper {
  readonly #compiled: Compiled;
  /** The inputs that each step is given, alone. */
  readonly #data: Program;

  constructor(compiled: Compiled) {
    this.#compiled = compiled;
    const { program } = compiled;
    const nodes = nodesOf(program, 'input').filter(({ instruction }) => instruction.role === 'data');
    this.#data = { ...program, nodes, outputs: [] };
  }

  async step(data: Tensors): Promise<Tensors> {
    const { parts, states, run, results, outputs, sizes } = this.#compiled;
    bind(this.#data, sizes, data, true);
    const numbers = this.#numbers(data);
    await run(this.#feeds(data));
    for (const [value, output] of Object.entries(parts.graphNumbers)) {
      numbers.set(value, results[output]?.data[0] ?? Number.NaN);
    }
    const number = (name: string): number => numbers.get(name) ?? Number.NaN;
    parts.kernels.forEach((kernel, k) => {
      states.kernels[k]?.(kernel.numbers.map(number));
    });
    for (const [state, value] of Object.entries(parts.numberStates)) states.replace(state, [number(value)]);
    for (const [state, output] of Object.entries(parts.graphStates)) {
      states.replace(state, results[output]?.data ?? []);
    }
    return Object.fromEntries(
      // Copies: the next step writes there again.
      outputs.map(({ name, axes }): [string, Tensor] => {
        const { data, dims } = results[name] ?? { data: new Float32Array(), dims: [] };
        return [name, { axes, shape: dims, data: data.slice() }];
      }),
    );
  }

  /** Numbers of this step that need no graph. */
  #numbers(data: Tensors): Map<string, number> {
    const { parts, states } = this.#compiled;
    const found = new Map<string, number>();
    for (const { name, reads, value } of parts.numbers) {
      const read = value?.(reads.map((other) => found.get(other) ?? Number.NaN));
      found.set(name, read ?? states.numbers.get(name) ?? data[name]?.data[0] ?? Number.NaN);
    }
    return found;
  }

  /** Feeds of the graph that change at every step; data of kernels go to their arrays. */
  #feeds(data: Tensors): Record<string, RawTensor> {
    const { parts, states } = this.#compiled;
    for (const { streams, axes } of parts.kernels) {
      for (const { kind, name } of streams) {
        const given = data[name];
        if (kind !== 'data' || given === undefined) continue;
        for (const array of states.data.get(name) ?? []) array.set(reorder(given, axes).data);
      }
    }
    return Object.fromEntries(
      nodesOf(parts.graph, 'input').flatMap(({ name, type, instruction }): [string, RawTensor][] => {
        const number = states.numbers.get(name);
        if (number !== undefined) return [[name, { data: Float32Array.of(number), dims: [] }]];
        const given = data[name];
        if (instruction.role === 'state' || given === undefined) return [];
        return [[name, rawTensor(reorder(given, type.axes), type.kind)]];
      }),
    );
  }

  state(): Tensors {
    return this.#compiled.states.copy();
  }

  load(state: Tensors): void {
    this.#compiled.states.load(state);
  }

  /** The session stays with the engine, which shares it. */
  async release(): Promise<void> {}
}
