/** The states of a training run, in memory that the graph reads and kernels update, and the kernels over it. */

import { drawInto, initialStream } from '../numeric/index.ts';
import { EntrywiseKernel } from '../numeric/wasm/index.ts';
import {
  entries,
  type NodeOf,
  type Program,
  reorder,
  type Sizes,
  sameAxes,
  shapeOf,
  statesOf,
  type Tensor,
  type Tensors,
  textKey,
} from '../program/index.ts';
import { placeArrays } from './arenas.ts';
import { badState } from './errors.ts';
import type { KernelPart, Partition } from './partition.ts';

export interface FloatArray {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

type Input = NodeOf<'input'>;

/** Every state, and every array that kernels read beside them. */
export class States {
  /** States with axes, where they lie. */
  readonly arrays = new Map<string, FloatArray>();
  /** States without axes, in f64. */
  readonly numbers = new Map<string, number>();
  /** What the graph writes for kernels, by output. */
  readonly gradients: Readonly<Record<string, FloatArray>>;
  /** Data that kernels read, by input. */
  readonly data = new Map<string, Float32Array[]>();
  /** The kernels of the partition, over these arrays: each is called with its numbers. */
  readonly kernels: readonly ((numbers: readonly number[]) => void)[];
  readonly #program: Program;
  readonly #sizes: Sizes;
  readonly #inputs: readonly Input[];

  constructor(program: Program, sizes: Sizes, { kernels }: Partition) {
    this.#program = program;
    this.#sizes = sizes;
    this.#inputs = statesOf(program);
    const gradients: Record<string, FloatArray> = {};
    const placed = placeArrays(
      kernels.map((kernel) => ({
        name: kernel.results[0] ?? '',
        arrays: arraysOf(kernel).length,
        entries: entries(shapeOf(kernel.axes, sizes)),
      })),
    );
    const compiled = new Map<string, EntrywiseKernel>();
    this.kernels = kernels.map((kernel, k) => {
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
      // Parameters that are updated alike share a module.
      const key = textKey(kernel.formulas);
      const own = compiled.get(key) ?? new EntrywiseKernel(kernel.formulas, 'f32');
      compiled.set(key, own);
      if (memory === undefined) return () => {};
      return own.over(memory, {
        streams: kernel.streams.map(({ kind, name }) => at(name, kind)),
        results: kernel.results.map((name) => at(name, 'state')),
        entries: entries(dims),
      });
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
          sameAxes(given.axes, type.axes) &&
          given.shape.length === given.axes.length &&
          wanted.every((text) => shape.split(', ').includes(text));
        if (!fits) return [`"${name}" has [${shape}]; expected [${wanted.join(', ')}]`];
        const count = entries(given.shape);
        return given.data.length === count ? [] : [`"${name}" has ${given.data.length} numbers; expected ${count}`];
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
