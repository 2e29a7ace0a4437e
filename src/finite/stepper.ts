/**
 * Training at finite width: a step program whose state stays in memory that the graph reads and that compiled kernels
 * update in place (partition.ts says which part is whose).
 *
 * One step is one run of the graph, which puts gradients beside the states, then one call of a kernel for each group of
 * states that an optimizer updates together.
 */

import { drawInto, initialStream } from '../numeric/index.ts';
import { type EntrywiseCall, EntrywiseKernel } from '../numeric/wasm/index.ts';
import {
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
  sameAxes,
  shapeOf,
  type Tensor,
  type Tensors,
} from '../program/index.ts';
import { placeArrays } from './arenas.ts';
import { type Prepared, type RawTensor, rawTensor } from './backend.ts';
import { badState } from './errors.ts';
import type { Orders } from './orders.ts';
import { type KernelPart, type Partition, partition } from './partition.ts';

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

type Input = NodeOf<'input'>;

interface FloatArray {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** Compiles a simplified step program at bound sizes and starts it. Throws {@link UserError} `finite.bad-state`. */
export async function finiteStepper(
  program: Program,
  sizes: Sizes,
  { start, outputs }: StepperOptions,
  prepare: PrepareGraph,
): Promise<Stepper> {
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
  return new FiniteStepper({ program, sizes, parts, states, run, results, outputs });
}

/** Every state, and every array that kernels read beside them. */
class States {
  /** States with axes, where they lie. */
  readonly arrays = new Map<string, FloatArray>();
  /** States without axes, in f64. */
  readonly numbers = new Map<string, number>();
  /** What the graph writes for kernels, by output. */
  readonly gradients: Readonly<Record<string, FloatArray>>;
  /** Data that kernels read, by input. */
  readonly data = new Map<string, Float32Array[]>();
  readonly calls: readonly ((numbers: readonly number[]) => void)[];
  readonly #program: Program;
  readonly #sizes: Sizes;
  readonly #inputs: readonly Input[];

  constructor(program: Program, sizes: Sizes, { kernels }: Partition) {
    this.#program = program;
    this.#sizes = sizes;
    this.#inputs = nodesOf(program, 'input').filter(({ instruction }) => instruction.role === 'state');
    const gradients: Record<string, FloatArray> = {};
    const placed = placeArrays(
      kernels.map((kernel) => ({
        name: kernel.results[0] ?? '',
        arrays: arraysOf(kernel).length,
        entries: entries(shapeOf(kernel.axes, sizes)),
      })),
    );
    const compiled = new Map<string, EntrywiseKernel>();
    this.calls = kernels.map((kernel, k) => {
      const { memory, addresses = [], views = [] } = placed[k] ?? {};
      const arrays = arraysOf(kernel);
      const dims = shapeOf(kernel.axes, sizes);
      arrays.forEach(({ kind, name }, at) => {
        const data = views[at] ?? new Float32Array();
        if (kind === 'state') this.arrays.set(name, { data, dims });
        else if (kind === 'graph') gradients[name] = { data, dims };
        else this.data.set(name, [...(this.data.get(name) ?? []), data]);
      });
      const at = (name: string, kind: string): number =>
        addresses[arrays.findIndex((array) => array.kind === kind && array.name === name)] ?? 0;
      const call: Omit<EntrywiseCall, 'numbers'> = {
        streams: kernel.streams.map(({ kind, name }) => at(name, kind)),
        results: kernel.results.map((name) => at(name, 'state')),
        entries: entries(dims),
      };
      // Parameters that are updated alike share a module.
      const key = JSON.stringify(kernel.formulas);
      const own = compiled.get(key) ?? new EntrywiseKernel(kernel.formulas, 'f32');
      compiled.set(key, own);
      const run = memory === undefined ? () => {} : own.over(memory);
      return (numbers) => run({ ...call, numbers });
    });
    this.gradients = gradients;
    for (const { name, type } of this.#inputs) {
      if (type.axes.length === 0) this.numbers.set(name, 0);
      else if (!this.arrays.has(name)) {
        const dims = shapeOf(type.axes, sizes);
        this.arrays.set(name, { data: new Float32Array(entries(dims)), dims });
      }
    }
  }

  /** Draws every state by its law, the same numbers as `drawInitial`. */
  draw(seed: number): void {
    const lawless = this.#inputs.filter(({ instruction }) => instruction.law === undefined);
    if (lawless.length > 0) {
      throw badState(
        this.#program.name,
        lawless.map(({ name }) => `"${name}" has no law to be drawn by`),
      );
    }
    for (const { name, instruction } of this.#inputs) {
      const { law } = instruction;
      if (law === undefined) continue;
      const into = this.arrays.get(name)?.data ?? new Float64Array(1);
      drawInto(into, law, this.#sizes, initialStream(seed, name));
      if (this.numbers.has(name)) this.numbers.set(name, into[0] ?? Number.NaN);
    }
  }

  load(state: Tensors): void {
    const problems = this.#problems(state);
    if (problems.length > 0) throw badState(this.#program.name, problems);
    for (const { name, type } of this.#inputs) {
      const given = state[name];
      if (given === undefined) continue;
      if (this.numbers.has(name)) this.numbers.set(name, given.data[0] ?? Number.NaN);
      else this.arrays.get(name)?.data.set(reorder(given, type.axes).data);
    }
  }

  #problems(state: Tensors): string[] {
    const known = new Set(this.#inputs.map(({ name }) => name));
    const extra = Object.keys(state).filter((name) => !known.has(name));
    return [
      ...this.#inputs.flatMap(({ name, type }) => {
        const given = state[name];
        if (given === undefined) return [`"${name}" is missing`];
        const shape = given.axes.map((axis, k) => `${axis} = ${given.shape[k]}`).join(', ');
        const wanted = type.axes.map((axis) => `${axis} = ${shapeOf([axis], this.#sizes)[0]}`);
        const fits =
          sameAxes(given.axes, type.axes) && wanted.every((text) => shape.split(', ').includes(text) || text === '');
        return fits ? [] : [`"${name}" has [${shape}]; expected [${wanted.join(', ')}]`];
      }),
      ...extra.map((name) => `"${name}" is no state of the program`),
    ];
  }

  /** The next value of a state that no kernel computes. */
  replace(name: string, entries: ArrayLike<number>): void {
    if (this.numbers.has(name)) this.numbers.set(name, entries[0] ?? Number.NaN);
    else this.arrays.get(name)?.data.set(entries);
  }

  copy(): Tensors {
    return Object.fromEntries(
      this.#inputs.map(({ name, type }): [string, Tensor] => {
        const array = this.arrays.get(name);
        const number = Float64Array.of(this.numbers.get(name) ?? Number.NaN);
        return [name, { axes: type.axes, shape: array?.dims ?? [], data: array?.data.slice() ?? number }];
      }),
    );
  }
}

/** The arrays of a kernel: states first, each once. */
function arraysOf({ streams, results }: KernelPart): { readonly kind: string; readonly name: string }[] {
  const states = [...new Set([...results, ...streams.filter(({ kind }) => kind === 'state').map(({ name }) => name)])];
  return [...states.map((name) => ({ kind: 'state', name })), ...streams.filter(({ kind }) => kind !== 'state')];
}

interface Compiled {
  readonly program: Program;
  readonly sizes: Sizes;
  readonly parts: Partition;
  readonly states: States;
  readonly run: Prepared;
  /** What the graph writes, by its outputs. */
  readonly results: Readonly<Record<string, FloatArray>>;
  readonly outputs: readonly string[];
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
    const { program, parts, states, run, results, outputs, sizes } = this.#compiled;
    bind(this.#data, sizes, data, true);
    const numbers = this.#numbers(data);
    await run(this.#feeds(data));
    for (const [value, output] of Object.entries(parts.graphNumbers))
      numbers.set(value, results[output]?.data[0] ?? Number.NaN);
    parts.kernels.forEach((kernel, k) => {
      states.calls[k]?.(kernel.numbers.map((name) => numbers.get(name) ?? Number.NaN));
    });
    for (const [state, value] of Object.entries(parts.numberStates))
      states.replace(state, [numbers.get(value) ?? Number.NaN]);
    for (const [state, output] of Object.entries(parts.graphStates)) states.replace(state, results[output]?.data ?? []);
    return Object.fromEntries(
      outputs.map((name): [string, Tensor] => {
        const { axes } = nodeOf(program, outputOf(program, name).value).type;
        // A copy: the next step writes there again.
        return [name, { axes, shape: shapeOf(axes, sizes), data: (results[name]?.data ?? new Float32Array()).slice() }];
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
