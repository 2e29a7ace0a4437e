/**
 * Windows as tables of places: gathers in both directions, and sums over what they gather, so that every run adds in the
 * same order.
 *
 * Windows of windows along other axes, as images have them, are taken at once: what is in between would be stored in an
 * order that the contraction over all offsets has to transpose.
 */

import { required } from '../errors/index.ts';
import { at } from '../numeric/index.ts';
import {
  type Axis,
  entries,
  type Program,
  type Ref,
  readsOf,
  type Sizes,
  shapeOf,
  sourceOf,
  type Windowing,
  windowSizes,
} from '../program/index.ts';
import type { OnnxGraph } from './onnx/graph.ts';

/** Windows along several axes of one value. */
export interface WindowNest {
  /** What they are taken of, or what is added up. */
  readonly arg: Ref;
  readonly windows: readonly Windowing[];
}

export interface WindowNests {
  readonly of: ReadonlyMap<Ref, WindowNest>;
  /** Values that a nest passes over. */
  readonly inner: ReadonlySet<Ref>;
}

/** The windows of a program, those that are alone read by others taken together with them. */
export function windowNests(program: Program): WindowNests {
  const reads = readsOf(program);
  const of = new Map<Ref, WindowNest>();
  const ops = new Map<Ref, string>();
  const inner = new Set<Ref>();
  for (const { name, instruction } of program.nodes) {
    const { op } = instruction;
    if (op !== 'window' && op !== 'overlap') continue;
    const { arg } = instruction;
    const before = ops.get(arg) === op && reads.get(arg) === 1 ? of.get(arg) : undefined;
    const apart = before?.windows.every((window) => areApart(window, instruction)) ?? false;
    // Adjoints come in the opposite order; their axes then lie as the windows' own.
    const windows =
      op === 'window' ? [...(before?.windows ?? []), instruction] : [instruction, ...(before?.windows ?? [])];
    ops.set(name, op);
    of.set(name, before !== undefined && apart ? { arg: before.arg, windows } : { arg, windows: [instruction] });
    if (apart) inner.add(arg);
  }
  return { of, inner };
}

function areApart(left: Windowing, right: Windowing): boolean {
  const axesOf = ({ axis, position, offset }: Windowing) => [axis, position, offset];
  const others = axesOf(right);
  return axesOf(left).every((axis) => !others.includes(axis));
}

/** The axes of a nest: of the whole, and of the windows, all positions before all offsets. */
export function nestAxes({ windows }: WindowNest): {
  readonly whole: readonly Axis[];
  readonly windowed: readonly Axis[];
} {
  const whole = windows.map(({ axis }) => axis);
  return {
    whole,
    windowed: [...windows.map(({ position }) => position), ...windows.map(({ offset }) => offset)],
  };
}

/** An order in which these axes follow each other, where the first of them stands. */
export function together(order: readonly Axis[], axes: readonly Axis[]): Axis[] {
  const at = order.findIndex((axis) => axes.includes(axis));
  return [...order.slice(0, at), ...axes, ...order.slice(at).filter((axis) => !axes.includes(axis))];
}

/** The first of a nest's axes, of which there is one at least. */
const first = (run: readonly Axis[]): Axis => required(run[0], 'axis of windows');

/** An order with a run of axes replaced. */
export function replaced(order: readonly Axis[], run: readonly Axis[], by: readonly Axis[]): Axis[] {
  const at = order.indexOf(first(run));
  return [...order.slice(0, at), ...by, ...order.slice(at + run.length)];
}

/** Takes windows of a value that lies in `order`, the axes of the whole together. */
export function lowerWindows(
  graph: OnnxGraph,
  x: string,
  nest: WindowNest,
  order: readonly Axis[],
  sizes: Sizes,
): string {
  const { whole, windowed } = nestAxes(nest);
  const shape = shapeOf(replaced(order, whole, windowed), sizes);
  const sources = sourcesOf(nest, sizes);
  const [length, at] = [entries(shapeOf(whole, sizes)), order.indexOf(first(whole))];
  if (areTiles(sources, length)) return reshape(graph, x, shape);
  const flat = flattened(order, at, whole.length, sizes);
  const picked = pick(graph, reshape(graph, x, flat), flat, at, sources);
  return reshape(graph, picked, shape);
}

/** Adds windows up that lie in `order`, their axes together. */
export function lowerOverlaps(
  graph: OnnxGraph,
  y: string,
  nest: WindowNest,
  order: readonly Axis[],
  sizes: Sizes,
): string {
  const { whole, windowed } = nestAxes(nest);
  const shape = shapeOf(replaced(order, windowed, whole), sizes);
  const sources = sourcesOf(nest, sizes);
  const [length, at] = [entries(shapeOf(whole, sizes)), order.indexOf(first(windowed))];
  if (areTiles(sources, length)) return reshape(graph, y, shape);
  const holders: number[][] = Array.from({ length }, () => []);
  sources.forEach((entry, place) => {
    holders[entry]?.push(place);
  });
  const most = Math.max(1, ...holders.map((places) => places.length));
  const targets = holders.flatMap((places) => [...places, ...new Array<number>(most - places.length).fill(-1)]);
  const flat = flattened(order, at, windowed.length, sizes);
  const picked = pick(graph, reshape(graph, y, flat), flat, at, targets, [length, most]);
  return reshape(graph, graph.op('ReduceSum', [picked, graph.ints([at + 1])], { keepdims: 0 }), shape);
}

/** For every position and offset of a nest the entry of the whole, axes as one; −1 for a zero. */
function sourcesOf({ windows }: WindowNest, sizes: Sizes): number[] {
  const parts = windows.map((window) => {
    const own = windowSizes(window, sizes);
    return { ...own, sources: sourceOf(window, own) };
  });
  const runs = [...parts.map(({ positions }) => positions), ...parts.map(({ offsets }) => offsets)];
  return Array.from({ length: entries(runs) }, (_, place) => {
    const digits = [...runs];
    let rest = place;
    for (let k = runs.length - 1; k >= 0; k--) {
      digits[k] = rest % at(runs, k);
      rest = Math.floor(rest / at(runs, k));
    }
    return parts.reduce((entry, { length, offsets, sources }, k) => {
      const own = at(sources, at(digits, k) * offsets + at(digits, parts.length + k));
      return entry < 0 || own < 0 ? -1 : entry * length + own;
    }, 0);
  });
}

/** Whether the windows are the axis itself, cut into pieces. */
function areTiles(sources: readonly number[], length: number): boolean {
  return sources.length === length && sources.every((entry, place) => entry === place);
}

function flattened(order: readonly Axis[], at: number, count: number, sizes: Sizes): number[] {
  const shape = shapeOf(order, sizes);
  return [...shape.slice(0, at), entries(shape.slice(at, at + count)), ...shape.slice(at + count)];
}

/** Entries along one axis by a table of places, −1 for a zero. */
function pick(
  graph: OnnxGraph,
  x: string,
  shape: readonly number[],
  axis: number,
  places: readonly number[],
  table: readonly number[] = [places.length],
): string {
  const zeros = (): string =>
    graph.op('Expand', [graph.scalar(0), graph.ints(shape.map((size, k) => (k === axis ? 1 : size)))]);
  const padded = places.some((place) => place < 0) ? graph.op('Concat', [x, zeros()], { axis }) : x;
  const end = required(shape[axis], 'size of windows');
  const rows = places.map((place) => (place < 0 ? end : place));
  return graph.op('Gather', [padded, graph.int32s(rows, table)], { axis });
}

function reshape(graph: OnnxGraph, x: string, shape: readonly number[]): string {
  return graph.op('Reshape', [x, graph.ints(shape)]);
}
