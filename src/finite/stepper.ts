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
  type NodeOf,
  nodeOf,
  nodesOf,
  outputOf,
  type Program,
  reorder,
  type Sizes,
  type Stepper,
  shapeOf,
  simplify,
  type Tensor,
  type Tensors,
} from '../program/index.ts';
import { type Prepared, type RawTensor, rawTensor } from './backend.ts';
import { notHandedOut, parametersOfStep } from './errors.ts';
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
 * Compiles a step program and starts it. Throws {@link UserError} `finite.bad-state`, `finite.not-handed-out`,
 * `finite.parameters-of-step`, `program.mismatch`, {@link UnsupportedError} `finite.kernel-too-large`.
 */
export async function finiteStepper(
  whole: Program,
  symbols: Sizes,
  { start, outputs }: StepperOptions,
  prepare: PrepareGraph,
): Promise<Stepper> {
  const program = simplify(asked(whole, outputs));
  const sizes = bind(program, symbols);
  const parts = partition(program, sizes);
  const states = new States(program, sizes, parts);
  if ('seed' in start) states.draw(start.seed);
  else states.load(start.state);
  // What goes to a state is stored as the state is.
  const orders = Object.fromEntries([
    ...parts.kernels.flatMap(({ streams, axes }) =>
      streams.filter(({ kind }) => kind === 'graph').map(({ name }) => [name, axes] as const),
    ),
    ...Object.entries(parts.graphStates).map(([state, name]) => [name, nodeOf(program, state).type.axes] as const),
  ]);
  const held = Object.fromEntries(
    parts.graph.nodes.flatMap(({ name }) => {
      const array = states.arrays.get(name);
      return array === undefined ? [] : [[name, array] as const];
    }),
  );
  const results: Record<string, FloatArray> = { ...states.gradients };
  for (const { name, value } of parts.graph.outputs) {
    const dims = shapeOf(orders[name] ?? nodeOf(program, value).type.axes, sizes);
    results[name] ??= { data: new Float32Array(entries(dims)), dims };
  }
  const run = await prepare(parts.graph, orders, held, results);
  const handed = outputs.map((name) => ({ name, axes: nodeOf(program, outputOf(program, name).value).type.axes }));
  return new FiniteStepper({ program, symbols, parts, states, run, results, outputs: handed });
}

/** The program with the outputs that are asked for. */
function asked(program: Program, outputs: readonly string[]): Program {
  const parameters = nodesOf(program, 'parameter').map(({ name }) => name);
  if (parameters.length > 0) throw parametersOfStep(program.name, parameters);
  const known = program.outputs.filter(({ role }) => role === 'data').map(({ name }) => name);
  const unknown = outputs.find((name) => !known.includes(name));
  if (unknown !== undefined) throw notHandedOut(program.name, unknown, known);
  const kept = program.outputs.filter(({ role, name }) => role === 'state' || outputs.includes(name));
  return { ...program, outputs: kept };
}

interface Compiled {
  readonly program: Program;
  readonly symbols: Sizes;
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
  /** What the graph is fed; its states with axes lie where it reads them. */
  readonly #fed: readonly NodeOf<'input'>[];

  constructor(compiled: Compiled) {
    this.#compiled = compiled;
    const { program, parts } = compiled;
    const nodes = nodesOf(program, 'input').filter(({ instruction }) => instruction.role === 'data');
    this.#data = { ...program, nodes, outputs: [] };
    this.#fed = nodesOf(parts.graph, 'input');
  }

  async step(data: Tensors): Promise<Tensors> {
    const { parts, states, run, results, outputs, symbols } = this.#compiled;
    bind(this.#data, symbols, data, true);
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
      this.#fed.flatMap(({ name, type, instruction }): [string, RawTensor][] => {
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
