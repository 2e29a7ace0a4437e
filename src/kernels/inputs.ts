/** The inputs of both sides of a kernel as one list, checked. */

import { required } from '../errors/index.ts';
import { at } from '../numeric/index.ts';
import {
  type Axis,
  feedsOf,
  type Program,
  reorder,
  sameAxes,
  type Tensor,
  type Tensors,
  without,
} from '../program/index.ts';
import * as errors from './errors.ts';
import type { Data } from './plan/sources.ts';

/** All inputs, those of x1 first. */
export interface Inputs {
  readonly first: number;
  /** 0 where x2 is x1. */
  readonly second: number;
  /** What is given, x1 and x2 beside each other. */
  readonly given: readonly Given[];
  readonly sources: Data;
  /** The number of places of what is given for each example. */
  readonly places: ReadonlyMap<string, number>;
}

/** Data of one name, of x1 and of x2, the examples on the first axis; or one tensor that all examples share. */
export interface Given {
  readonly name: string;
  readonly counted: boolean;
  readonly parts: readonly Tensor[];
}

/** Kernels multiply inputs with each other, and their squares and products must be numbers. */
const BEYOND = 1e100;

/** Data that programs take one of for each example. */
type Named = readonly (readonly [name: string, axes: readonly Axis[]])[];

/**
 * The numbers of inputs of both sides, 0 of x2 without it; everything about them is checked, and nothing is copied.
 * Data are on the axes of the program's inputs, their examples along the axis `examples`, by default `batch`.
 *
 * Throws {@link UserError} `kernels.not-given`, `kernels.unknown-data`, `kernels.wrong-axes`, `kernels.no-inputs`,
 * `kernels.other-size`, `kernels.other-count`, `kernels.not-finite`.
 */
export function countInputs(
  program: Program,
  { x1, x2, examples = 'batch' }: { readonly x1: Tensors; readonly x2?: Tensors; readonly examples?: Axis },
): Pick<Inputs, 'first' | 'second'> {
  const named = dataOf(program);
  const first = counted(program, 'x1', x1, named, examples);
  if (x2 === undefined) return { first, second: 0 };
  const second = counted(program, 'x2', x2, named, examples);
  for (const [name, tensor] of Object.entries(x1)) {
    const other = x2[name];
    if (other === undefined) throw errors.notGiven(program.name, name);
    if (!tensor.axes.includes(examples)) continue;
    checkSameSizes(name, tensor, other, examples);
  }
  return { first, second };
}

/** Data that are given `elsewhere` too need not be among the inputs. */
export function joinedInputs(
  program: Program,
  x1: Tensors,
  x2: Tensors | undefined,
  examples: Axis,
  elsewhere: Tensors = {},
): Inputs {
  const named = dataOf(program).filter(([name]) => elsewhere[name] === undefined);
  const first = counted(program, 'x1', x1, named, examples);
  const second = x2 === undefined ? 0 : counted(program, 'x2', x2, named, examples);
  const given = Object.entries(x1).map(([name, tensor]): Given => {
    if (!tensor.axes.includes(examples)) return { name, counted: false, parts: [tensor] };
    const other = x2 === undefined ? undefined : x2[name];
    if (x2 !== undefined && other === undefined) throw errors.notGiven(program.name, name);
    if (other !== undefined) checkSameSizes(name, tensor, other, examples);
    const parts = (other === undefined ? [tensor] : [tensor, other]).map((own) =>
      reorder(own, examplesFirst(own, examples)),
    );
    return { name, counted: true, parts };
  });
  const counts = given.filter(({ counted: isCounted }) => isCounted);
  const numbers = ({ data }: Tensor): Float64Array => (data instanceof Float64Array ? data : Float64Array.from(data));
  return {
    first,
    second,
    given,
    sources: new Map(counts.map(({ name, parts }) => [name, parts.map(numbers)])),
    places: new Map(counts.map(({ name, parts }) => [name, required(parts[0], 'data').data.length / first])),
  };
}

/** All inputs in one tensor for each name. */
export function joinedTensors({ given }: Inputs): Tensors {
  return Object.fromEntries(given.map(({ name, parts }) => [name, parts.reduce(joined)]));
}

function examplesFirst({ axes }: Tensor, examples: Axis): Axis[] {
  return [examples, ...axes.filter((axis) => axis !== examples)];
}

function dataOf(program: Program): Named {
  const feeds = feedsOf(program).filter(({ instruction }) => instruction.op === 'input');
  return feeds.map(({ name, type }) => [name, type.axes]);
}

/** The number of inputs of one side. */
function counted(program: Program, side: string, data: Tensors, named: Named, examples: Axis): number {
  let count: number | undefined;
  for (const [name, tensor] of Object.entries(data)) {
    const [, axes] = named.find(([own]) => own === name) ?? [];
    if (axes === undefined) {
      throw errors.unknownData(
        program.name,
        side,
        name,
        named.map(([own]) => own),
      );
    }
    if (!sameAxes(tensor.axes, axes)) throw errors.wrongAxes(side, name, tensor.axes, axes);
    const own = tensor.shape[tensor.axes.indexOf(examples)];
    if (own === undefined) continue;
    if (own === 0) throw errors.noInputs(side, name);
    if (count !== undefined && own !== count) throw errors.otherCount(side, name, own, count);
    count = own;
    checkFinite(side, name, tensor, examples);
  }
  for (const [name, axes] of named) {
    const node = feedsOf(program).find((feed) => feed.name === name);
    if (data[name] === undefined && node?.instruction.law === undefined) throw errors.notGiven(program.name, name);
    if (count === undefined && axes.includes(examples) && data[name] === undefined) continue;
  }
  return count ?? 1;
}

function checkFinite(side: string, name: string, tensor: Tensor, examples: Axis): void {
  if (areBounded(tensor.data)) return;
  const rest = tensor.axes.filter((axis) => axis !== examples);
  const { data, shape } = reorder(tensor, [examples, ...rest]);
  const bad = data.findIndex((value) => !(Math.abs(value) < BEYOND));
  const places = shape.slice(1).reduce((total, size) => total * size, 1);
  throw errors.notFinite(side, name, Math.floor(bad / places), bad % places, at(data, bad));
}

function areBounded(data: Tensor['data']): boolean {
  // Most often the sum of squares tells: a number that is too large, or none, would make it so.
  if (data instanceof Float64Array && sumOfSquares(data) < BEYOND ** 2) return true;
  for (let k = 0; k < data.length; k++) if (!(Math.abs(data[k] as number) < BEYOND)) return false; // in range
  return true;
}

/** Several sums, for each addition waits for the one before; a list for each turn would cost four times as much. */
function sumOfSquares(data: Float64Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let k = 0;
  const whole = data.length - (data.length % 4);
  for (; k < whole; k += 4) {
    const x = data[k] as number; // in range, as the next ones
    const y = data[k + 1] as number;
    const z = data[k + 2] as number;
    const w = data[k + 3] as number;
    a += x * x;
    b += y * y;
    c += z * z;
    d += w * w;
  }
  for (; k < data.length; k++) a += (data[k] as number) ** 2; // in range
  return a + b + c + d;
}

/** That inputs of both sides have the same sizes. */
function checkSameSizes(name: string, first: Tensor, second: Tensor, examples: Axis): void {
  for (const axis of without(first.axes, [examples])) {
    const [own, other] = [first, second].map(({ axes, shape }) => required(shape[axes.indexOf(axis)], 'size'));
    if (own !== other) throw errors.otherSize(name, axis, Number(own), Number(other));
  }
}

/** Inputs of both sides, one after the other. */
function joined(a: Tensor, b: Tensor): Tensor {
  const shape = [required(a.shape[0], 'size') + required(b.shape[0], 'size'), ...a.shape.slice(1)];
  if (a.data instanceof Int32Array && b.data instanceof Int32Array) {
    return { axes: a.axes, shape, data: Int32Array.from([...a.data, ...b.data]) };
  }
  const data = new Float64Array(a.data.length + b.data.length);
  data.set(a.data);
  data.set(b.data, a.data.length);
  return { axes: a.axes, shape, data };
}
