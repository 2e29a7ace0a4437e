/**
 * What a training run holds, in memory that the graph reads and kernels update: states, parameters, which stay as they
 * are, and initial data that steps did not give. Sizes of states are fixed; whatever else changes from step to step, the
 * arrays stay where they are.
 */

import { required } from '../errors/index.ts';
import { drawInto, draws, initialStream } from '../numeric/index.ts';
import type { EntrywisePlace, Memory } from '../numeric/wasm/index.ts';
import {
  type Axis,
  entries,
  feedsOf,
  isCarried,
  type NodeOf,
  nodesOf,
  type Program,
  reorder,
  type Sizes,
  sameAxes,
  shapeOf,
  type Tensor,
  type Tensors,
} from '../program/index.ts';
import { type Placed, placeArrays } from './arenas.ts';
import { badState } from './errors.ts';
import { own } from './own.ts';
import type { KernelPart, Partition, StreamSource } from './partition.ts';
import { rowsOfBlock, Table } from './tables.ts';

export interface FloatArray {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** What a run starts from: given values by name; what they lack is drawn from the seed by its law, where there is one. */
export interface StepperStart {
  readonly seed?: number;
  readonly state?: Tensors;
}

/** Where a kernel works: one block after the other, for each of which its tables are filled. */
export interface KernelPlace {
  readonly memory: Memory;
  readonly blocks: readonly EntrywisePlace[];
  readonly tables: readonly Table[];
}

/** An array of a kernel that data are copied to, stored in this order. */
export interface DataCopy {
  readonly name: string;
  readonly axes: readonly Axis[];
  readonly data: Float32Array;
  /** The initial data that lie there: they are not copied twice. */
  held: Tensor | undefined;
}

type Feed = NodeOf<'input'> | NodeOf<'parameter'>;

/** Whether a feed is initial data: drawn where nobody gives them. */
export function isInitial({ instruction }: Feed): boolean {
  return instruction.law !== undefined && !isCarried(instruction);
}

/** Every value that is held, and every array that kernels read beside them. */
export class States {
  /** States and parameters with axes, where they lie. */
  readonly arrays: ReadonlyMap<string, FloatArray>;
  /** States and parameters without axes, in f64. */
  readonly numbers = new Map<string, number>();
  /** Initial data that were given with the state, or drawn, until a state without them is loaded. */
  readonly initial = new Map<string, Tensor>();
  /** What the graph writes for kernels, by output. */
  readonly gradients: Readonly<Record<string, FloatArray>>;
  readonly data: readonly DataCopy[];
  /** Where each kernel of the partition works. */
  readonly places: readonly KernelPlace[];
  readonly #program: Program;
  readonly #sizes: Sizes;
  readonly #carried: readonly Feed[];
  readonly #initial: readonly Feed[];
  readonly #seed: number | undefined;
  /** What the program does not name: another one's. */
  #others: Tensors = {};

  /** Sizes are those of what the program carries. */
  constructor(program: Program, sizes: Sizes, { kernels }: Partition, { seed, state = {} }: StepperStart) {
    this.#program = program;
    this.#sizes = sizes;
    this.#carried = feedsOf(program).filter(({ instruction }) => isCarried(instruction));
    this.#initial = nodesOf(program, 'input').filter(isInitial);
    this.#seed = seed;
    this.#check(state);
    const placed = placeArrays(
      kernels.map((kernel) => ({
        name: required(kernel.results[0], 'state of a kernel'),
        arrays: entriesOf(kernel, shapeOf(kernel.axes, sizes)),
      })),
    );
    const arrays = new Map<string, FloatArray>();
    const gradients: Record<string, FloatArray> = {};
    const copies: DataCopy[] = [];
    this.places = kernels.map((kernel, k) => {
      const { axes } = kernel;
      const dims = shapeOf(axes, sizes);
      const place = required(placed[k], 'arrays of a kernel');
      const tables: Table[] = [];
      arraysOf(kernel).forEach((array, at) => {
        const { kind, name } = array;
        const data = required(place.views[at], name);
        if (kind === 'state') arrays.set(name, { data, dims });
        else if (kind === 'graph') gradients[name] = { data, dims };
        else if (kind === 'data') copies.push({ name, axes, data, held: undefined });
        else tables.push(new Table(name, array.rows, data, tableSize(dims)));
      });
      return { memory: place.memory, blocks: blocksOf(kernel, place, dims), tables };
    });
    for (const { name, type } of this.#carried) {
      if (type.axes.length === 0 || arrays.has(name)) continue;
      const dims = shapeOf(type.axes, sizes);
      arrays.set(name, { data: new Float32Array(entries(dims)), dims });
    }
    this.arrays = arrays;
    this.gradients = gradients;
    this.data = copies;
    this.#fill(state);
  }

  /** Replaces all that is held. Throws {@link UserError} `finite.bad-state`. */
  load(state: Tensors): void {
    this.#check(state);
    this.#fill(state);
  }

  #fill(state: Tensors): void {
    for (const { name, type, instruction } of this.#carried) {
      const given = own(state, name);
      if (given !== undefined) this.replace(name, reorder(given, type.axes).data);
      else this.#draw(name, required(instruction.law, name), required(this.#seed, name));
    }
    this.initial.clear();
    for (const { name, type } of this.#initial) {
      const given = own(state, name);
      if (given !== undefined) this.#hold(name, reorder(given, type.axes));
    }
    const named = new Set(feedsOf(this.#program).map(({ name }) => name));
    this.#others = Object.fromEntries(Object.entries(state).filter(([name]) => !named.has(name)));
  }

  /** The same numbers as `drawInitial` gives. */
  #draw(name: string, law: Parameters<typeof drawInto>[1], seed: number): void {
    // Only scalars are no arrays.
    const into = this.arrays.get(name)?.data ?? new Float64Array(1);
    drawInto(into, law, this.#sizes, initialStream(seed, name));
    if (!this.arrays.has(name)) this.replace(name, into);
  }

  #hold(name: string, { axes, shape, data }: Tensor): void {
    const kept = axes.length === 0 ? Float64Array.from(data) : Float32Array.from(data);
    this.initial.set(name, { axes, shape, data: kept });
  }

  /** Initial data that a step neither gives nor finds here, if there is a seed to draw them from. */
  canDraw(feed: Feed): boolean {
    return this.#seed !== undefined && isInitial(feed);
  }

  /** Draws initial data, at the sizes of all spaces; they stay. */
  drawInitially(feed: Feed, sizes: Sizes): void {
    this.#hold(feed.name, draws(required(this.#seed, feed.name))(feed, sizes));
  }

  #check(state: Tensors): void {
    const problems = [
      ...this.#carried.flatMap(({ name, type, instruction }) => {
        const given = own(state, name);
        if (given !== undefined) return misfits(name, given, type.axes, shapeOf(type.axes, this.#sizes));
        if (this.#seed === undefined) return [`"${name}" is missing`];
        return instruction.law === undefined ? [`"${name}" is missing, and has no law to be drawn by`] : [];
      }),
      ...this.#initial.flatMap(({ name, type }) => {
        const given = own(state, name);
        return given === undefined ? [] : misfits(name, given, type.axes);
      }),
    ];
    if (problems.length > 0) throw badState(this.#program.name, problems);
  }

  /** Values held whose sizes are others than these, as problems. */
  otherThan(sizes: Sizes, given: Tensors): string[] {
    return [...this.#carried, ...this.#initial].flatMap(({ name, type, instruction }) => {
      const held = this.initial.get(name);
      if (!isCarried(instruction) && (held === undefined || own(given, name) !== undefined)) return [];
      const shape = held?.shape ?? this.arrays.get(name)?.dims ?? [];
      const wanted = shapeOf(type.axes, sizes);
      return shape.every((size, k) => size === wanted[k])
        ? []
        : [`"${name}" has [${sized(type.axes, shape)}]; these data ask for [${sized(type.axes, wanted)}]`];
    });
  }

  /** The next value of something that no kernel computes. */
  replace(name: string, values: ArrayLike<number>): void {
    const array = this.arrays.get(name);
    if (array === undefined) this.numbers.set(name, required(values[0], name));
    else array.data.set(values);
  }

  /** All that is held, and what other programs left in the state. */
  copy(): Tensors {
    const carried = this.#carried.map(({ name, type }): [string, Tensor] => {
      const array = this.arrays.get(name);
      if (array !== undefined) return [name, { axes: type.axes, shape: array.dims, data: array.data.slice() }];
      return [name, { axes: [], shape: [], data: Float64Array.of(required(this.numbers.get(name), name)) }];
    });
    const initial = [...this.initial].map(([name, one]): [string, Tensor] => [
      name,
      { ...one, data: one.data.slice() },
    ]);
    return { ...Object.fromEntries([...carried, ...initial]), ...this.#others };
  }
}

/** The arrays of a kernel: states first, each once. */
function arraysOf({ streams, results }: KernelPart): StreamSource[] {
  const states = [...new Set([...results, ...streams.filter(({ kind }) => kind === 'state').map(({ name }) => name)])];
  return [
    ...states.map((name): StreamSource => ({ kind: 'state', name })),
    ...streams.filter(({ kind }) => kind !== 'state'),
  ];
}

/** Entries of the arrays of a kernel whose states have these sizes. */
function entriesOf(kernel: KernelPart, dims: readonly number[]): number[] {
  const [, width] = tableSize(dims);
  return arraysOf(kernel).map(({ kind }) => (kind === 'table' ? blockRows(dims) * width : entries(dims)));
}

/** A kernel at its arrays, in blocks of rows where it reads tables. */
function blocksOf(kernel: KernelPart, { addresses }: Placed, dims: readonly number[]): EntrywisePlace[] {
  const arrays = arraysOf(kernel);
  const [rows, width] = tableSize(dims);
  const block = kernel.streams.some(({ kind }) => kind === 'table') ? blockRows(dims) : rows;
  const address = (name: string, kind: string, start: number): number => {
    const first = required(addresses[arrays.findIndex((array) => array.kind === kind && array.name === name)], name);
    return kind === 'table' ? first : first + Float32Array.BYTES_PER_ELEMENT * start * width;
  };
  return Array.from({ length: Math.ceil(rows / block) }, (_, k) => ({
    streams: kernel.streams.map(({ kind, name }) => address(name, kind, k * block)),
    results: kernel.results.map((name) => address(name, 'state', k * block)),
    entries: Math.min(block, rows - k * block) * width,
  }));
}

/** The sizes of a state as those of a table of its first axis. */
function tableSize(dims: readonly number[]): readonly [rows: number, width: number] {
  return [required(dims[0], 'size of the first axis of a state'), entries(dims.slice(1))];
}

const blockRows = (dims: readonly number[]): number => rowsOfBlock(...tableSize(dims));

/** What is wrong with a given value; its sizes are looked at where they are known. */
function misfits(name: string, given: Tensor, axes: readonly Axis[], dims?: readonly number[]): string[] {
  const has = sized(given.axes, given.shape);
  const fits =
    sameAxes(given.axes, axes) &&
    given.shape.length === given.axes.length &&
    (dims === undefined || given.axes.every((axis, k) => given.shape[k] === dims[axes.indexOf(axis)]));
  if (!fits) return [`"${name}" has [${has}]; expected [${dims === undefined ? axes.join(', ') : sized(axes, dims)}]`];
  const count = entries(given.shape);
  return given.data.length === count ? [] : [`"${name}" has ${given.data.length} numbers; expected ${count}`];
}

const sized = (axes: readonly Axis[], shape: readonly number[]): string =>
  axes.map((axis, k) => `${axis} = ${shape[k]}`).join(', ');
