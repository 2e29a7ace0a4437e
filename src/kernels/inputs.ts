/** The inputs of both sides of a kernel as one list, checked. */

import { required } from '../errors/index.ts';
import { at } from '../numeric/index.ts';
import { type Axis, feedsOf, type Program, reorder, sameAxes, type Tensor, type Tensors } from '../program/index.ts';
import * as errors from './errors.ts';

/** All inputs, those of x1 first. */
export interface Inputs {
  /** On the axis of examples first where they are on it. */
  readonly tensors: Tensors;
  readonly first: number;
  /** 0 where x2 is x1. */
  readonly second: number;
  /** [inputs, places] of what is given for each example. */
  readonly data: ReadonlyMap<string, Float64Array>;
  /** The number of places of these. */
  readonly places: ReadonlyMap<string, number>;
}

/** Data that programs take one of for each example. */
type Named = readonly (readonly [name: string, axes: readonly Axis[]])[];

export function joinedInputs(program: Program, x1: Tensors, x2: Tensors | undefined, examples: Axis): Inputs {
  const feeds = feedsOf(program).filter(({ instruction }) => instruction.op === 'input');
  const named: Named = feeds.map(({ name, type }) => [name, type.axes]);
  const first = counted(program, 'x1', x1, named, examples);
  const second = x2 === undefined ? 0 : counted(program, 'x2', x2, named, examples);
  const tensors = Object.entries(x1).map(([name, tensor]): [string, Tensor] => {
    if (!tensor.axes.includes(examples)) return [name, tensor];
    if (x2 === undefined) return [name, reorder(tensor, examplesFirst(tensor, examples))];
    const other = x2[name];
    if (other === undefined) throw errors.notGiven(program.name, name);
    return [name, joined(name, tensor, other, examples)];
  });
  const counts = tensors.filter(([, { axes }]) => axes.includes(examples));
  return {
    tensors: Object.fromEntries(tensors),
    first,
    second,
    data: new Map(
      counts.map(([name, { data }]) => [name, data instanceof Float64Array ? data : Float64Array.from(data)]),
    ),
    places: new Map(counts.map(([name, { data }]) => [name, data.length / (first + second)])),
  };
}

function examplesFirst({ axes }: Tensor, examples: Axis): Axis[] {
  return [examples, ...axes.filter((axis) => axis !== examples)];
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
  const rest = tensor.axes.filter((axis) => axis !== examples);
  const { data, shape } = reorder(tensor, [examples, ...rest]);
  let bad = 0;
  while (bad < data.length && Number.isFinite(data[bad])) bad++;
  if (bad === data.length) return;
  const places = shape.slice(1).reduce((total, size) => total * size, 1);
  throw errors.notFinite(side, name, Math.floor(bad / places), bad % places, at(data, bad));
}

/** Inputs of both sides, one after the other. */
function joined(name: string, first: Tensor, second: Tensor, examples: Axis): Tensor {
  const rest = first.axes.filter((axis) => axis !== examples);
  const [a, b] = [reorder(first, [examples, ...rest]), reorder(second, [examples, ...rest])];
  rest.forEach((axis, k) => {
    const [own, other] = [required(a.shape[k + 1], 'size'), required(b.shape[k + 1], 'size')];
    if (own !== other) throw errors.otherSize(name, axis, own, other);
  });
  const shape = [required(a.shape[0], 'size') + required(b.shape[0], 'size'), ...a.shape.slice(1)];
  if (a.data instanceof Int32Array && b.data instanceof Int32Array) {
    return { axes: a.axes, shape, data: Int32Array.from([...a.data, ...b.data]) };
  }
  const data = new Float64Array(a.data.length + b.data.length);
  data.set(a.data);
  data.set(b.data, a.data.length);
  return { axes: a.axes, shape, data };
}
