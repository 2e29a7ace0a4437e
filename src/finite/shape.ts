/** A step program compiled for one set of sizes, over states that all sets share. */

import { required } from '../errors/index.ts';
import { EntrywiseKernel } from '../numeric/wasm/index.ts';
import { type Axis, entries, evaluate, nodeOf, type Program, type Sizes, shapeOf, textKey } from '../program/index.ts';
import type { Prepared, RawTensor } from './backend.ts';
import type { Orders } from './orders.ts';
import { atSizes, type NumberPart, type Partition, type StreamSource } from './partition.ts';
import type { FloatArray, States } from './states.ts';
import type { Table } from './tables.ts';

/** A graph that is loaded and bound. */
export interface PreparedGraph {
  readonly run: Prepared;
  release(): Promise<void>;
}

/** Loads a graph and binds what stays where it is: feeds by name, results by output. */
export type PrepareGraph = (
  graph: Program,
  sizes: Sizes,
  orders: Orders,
  held: Readonly<Record<string, RawTensor>>,
  into: Readonly<Record<string, RawTensor>>,
) => Promise<PreparedGraph>;

/** The parts of a step at bound sizes. */
export interface Shape {
  readonly graph: PreparedGraph;
  /** What the graph writes, by its outputs. */
  readonly results: Readonly<Record<string, FloatArray>>;
  readonly numbers: readonly (Pick<NumberPart, 'name' | 'reads'> & {
    /** Absent where it is given. */
    readonly value: ((values: ArrayLike<number>) => number) | undefined;
  })[];
  readonly kernels: readonly {
    readonly numbers: readonly string[];
    readonly run: (numbers: readonly number[]) => void;
    /** They take rows before it runs. */
    readonly tables: readonly Table[];
  }[];
}

/** Outputs of the graph that a stream of a kernel is made of, and the order in which they are stored. */
function writtenBy(stream: StreamSource, axes: readonly Axis[]): (readonly [output: string, axes: readonly Axis[]])[] {
  if (stream.kind === 'graph') return [[stream.name, axes]];
  if (stream.kind === 'table') return [[stream.rows.output, stream.rows.axes]];
  return [];
}

/** Compiles shapes of one step program over its states; what does not differ between them is there once. */
export class Shapes {
  readonly #program: Program;
  readonly #parts: Partition;
  readonly #states: States;
  readonly #prepare: PrepareGraph;
  /** By formulas: parameters that are updated alike share a module. */
  readonly #modules = new Map<string, EntrywiseKernel>();
  /** By output and sizes: results are copied before another shape writes there. */
  readonly #results = new Map<string, FloatArray>();
  readonly #compiled = new Map<string, Promise<Shape>>();

  constructor(program: Program, parts: Partition, states: States, prepare: PrepareGraph) {
    this.#program = program;
    this.#parts = parts;
    this.#states = states;
    this.#prepare = prepare;
  }

  /** The shape of these sizes, compiled when they first come. */
  at(sizes: Sizes): Promise<Shape> {
    const key = JSON.stringify(sizes);
    const known = this.#compiled.get(key);
    if (known !== undefined) return known;
    const compiling = this.#compile(sizes);
    this.#compiled.set(key, compiling);
    // What failed may go through another time.
    compiling.catch(() => this.#compiled.delete(key));
    return compiling;
  }

  async #compile(sizes: Sizes): Promise<Shape> {
    const { graph, kernels, numbers, graphStates } = this.#parts;
    // What goes to a state is stored as the state is.
    const orders = Object.fromEntries([
      ...kernels.flatMap(({ streams, axes }) => streams.flatMap((stream) => writtenBy(stream, axes))),
      ...Object.entries(graphStates).map(([state, name]) => [name, nodeOf(this.#program, state).type.axes] as const),
    ]);
    const held = Object.fromEntries(
      graph.nodes.flatMap(({ name }) => {
        const array = this.#states.arrays.get(name);
        return array === undefined ? [] : [[name, array] as const];
      }),
    );
    const results = Object.fromEntries(
      graph.outputs.map(({ name, value }) => {
        const dims = shapeOf(orders[name] ?? nodeOf(graph, value).type.axes, sizes);
        return [name, this.#states.gradients[name] ?? this.#result(name, dims)] as const;
      }),
    );
    return {
      graph: await this.#prepare(graph, sizes, orders, held, results),
      results,
      numbers: numbers.map(({ name, reads, expr }) => ({
        name,
        reads,
        value: expr === undefined ? undefined : evaluate(expr, sizes),
      })),
      kernels: kernels.map(({ formulas, numbers: read }, k) => {
        const { memory, blocks, tables } = required(this.#states.places[k], 'place of a kernel');
        const module = this.#module(atSizes(formulas, sizes));
        const runs = blocks.map((block) => module.over(memory, block));
        const run = (given: readonly number[]): void => {
          runs.forEach((over, block) => {
            for (const table of tables) table.fill(block);
            over(given);
          });
        };
        return { numbers: read, run, tables };
      }),
    };
  }

  #result(name: string, dims: readonly number[]): FloatArray {
    const key = JSON.stringify([name, dims]);
    const array = this.#results.get(key) ?? { data: new Float32Array(entries(dims)), dims };
    this.#results.set(key, array);
    return array;
  }

  #module(formulas: Partition['kernels'][number]['formulas']): EntrywiseKernel {
    const key = textKey(formulas);
    const module = this.#modules.get(key) ?? new EntrywiseKernel(formulas, 'f32');
    this.#modules.set(key, module);
    return module;
  }

  /** Gives all graphs back. */
  async release(): Promise<void> {
    const compiled = [...this.#compiled.values()];
    this.#compiled.clear();
    for (const shape of await Promise.allSettled(compiled)) {
      if (shape.status === 'fulfilled') await shape.value.graph.release();
    }
  }
}
