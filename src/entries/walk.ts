/** The walk over fixed axes: one rule for each instruction that repeats, picks, adds up, moves or renames entries. */

import { required } from '../errors/index.ts';
import { at } from '../numeric/index.ts';
import {
  type Axis,
  entries,
  type Instruction,
  type InstructionOf,
  type Node,
  type Op,
  offsets,
  placesOf,
  strides,
  without,
} from '../program/index.ts';
import { concatNotWrittenOut, noSuchPlace } from './errors.ts';
import type { Entries, Extent } from './extent.ts';
import { type Reading, splitAxes } from './reading.ts';
import { windowGroups } from './windowGroups.ts';

type Rule<K extends Op> = <V extends Entries<E>, E>(
  instruction: InstructionOf<K>,
  node: Node,
  reading: Reading<V, E>,
) => V;

/** Positions of entries whose sum or maximum an entry of the result is. */
type Groups = readonly (readonly number[])[];

/** The value of a node. Throws {@link UserError} `entries.no-such-place` for an index beyond its axis. */
export function walk<V extends Entries<E>, E>(node: Node, reading: Reading<V, E>): V {
  const rule = rules[node.instruction.op] as (instruction: Instruction, node: Node, reading: Reading<V, E>) => V; // total map
  return rule(node.instruction, node, reading);
}

const rules: { readonly [K in Op]: Rule<K> } = {
  input: (instruction, node, { own }) => own.input(instruction, node),
  parameter: (instruction, node, { own }) => own.parameter(instruction, node),
  map: (instruction, node, { own }) => own.map(instruction, node),
  contract: (instruction, node, { own }) => own.contract(instruction, node),

  // Its axes have numbers for sizes, which no width has.
  constant: ({ values }, node, reading) =>
    reading.made(
      values.map((value) => reading.algebra.number(value)),
      splitAxes(node, reading),
      [],
    ),

  reduce: ({ by, arg, over }, _node, reading) => {
    const value = reduceFixed(
      by,
      reading.value(arg),
      over.filter((axis) => !reading.isWidth(axis)),
      reading,
    );
    return over.filter(reading.isWidth).reduce((result, axis) => reading.overWidth(by, result, axis), value);
  },

  broadcast: ({ arg }, node, reading) => {
    const source = reading.value(arg);
    const { widths, ...extent } = splitAxes(node, reading);
    const repeated = picked(source, offsets(extent.axes, extent.shape, source), extent, reading);
    const own = reading.widthsOf(source);
    if (widths.length === own.length) return repeated;
    const data = Array.from(repeated.data, (entry) => reading.algebra.repeated(entry, own, widths));
    return reading.made(data, extent, widths);
  },

  gather: ({ table, index, axis }, node, reading) => {
    const source = reading.value(table);
    const extent = splitAxes(node, reading);
    const step = required(strides(source.shape)[source.axes.indexOf(axis)], `stride of axis "${axis}"`);
    const rows = offsets(extent.axes, extent.shape, source);
    const placeAt = places(reading.value(index), extent, axis, node, reading);
    return picked(
      source,
      rows.map((row, p) => row + step * placeAt(p)),
      extent,
      reading,
    );
  },

  scatter: ({ values, index, into }, node, reading) => {
    const source = reading.value(values);
    const extent = splitAxes(node, reading);
    const step = required(strides(extent.shape)[extent.axes.indexOf(into)], `stride of axis "${into}"`);
    const targets = offsets(source.axes, source.shape, extent);
    const placeAt = places(reading.value(index), source, into, node, reading);
    const groups: number[][] = Array.from({ length: entries(extent.shape) }, () => []);
    targets.forEach((target, p) => {
      at(groups, target + step * placeAt(p)).push(p);
    });
    return summed(source, groups, 1, extent, reading);
  },

  window: (window, node, reading) => {
    const source = reading.value(window.arg);
    const extent = splitAxes(node, reading);
    return picked(source, windowGroups(window, source, extent, reading.count).windows, extent, reading);
  },

  overlap: (window, node, reading) => {
    const source = reading.value(window.arg);
    const extent = splitAxes(node, reading);
    return summed(source, windowGroups(window, extent, source, reading.count).whole, 1, extent, reading);
  },

  rename: ({ arg, axes }, _node, reading) => {
    const source = reading.value(arg);
    const to = new Map(axes);
    const move = (axis: Axis): Axis => to.get(axis) ?? axis;
    const data = Array.from(source.data, (entry) => reading.algebra.renamed(entry, axes));
    const extent = { axes: source.axes.map(move), shape: source.shape };
    return reading.made(data, extent, reading.widthsOf(source).map(move));
  },

  split: (moving, node, reading) => moved(moving, node, reading),
  merge: (moving, node, reading) => moved(moving, node, reading),
  select: (moving, node, reading) => moved(moving, node, reading),
  pad: (moving, node, reading) => moved(moving, node, reading),

  // Readings may weigh operands by powers of the width of their own, so the analysis writes them out as sums.
  concat: (_, { name }) => {
    throw concatNotWrittenOut(name);
  },

  call: (instruction, node, { own }) => own.call(instruction, node),
};

/** Entries in other places along fixed axes. */
function moved<V extends Entries<E>, E>(
  moving: InstructionOf<'split' | 'merge' | 'select' | 'pad'>,
  node: Node,
  reading: Reading<V, E>,
): V {
  const source = reading.value(moving.arg);
  const extent = splitAxes(node, reading);
  return picked(source, placesOf(moving, extent, [source], reading.count), extent, reading);
}

/** Where an index points, by position of the fixed axes of `extent`. */
function places<V extends Entries<E>, E>(
  index: V,
  extent: Extent,
  axis: Axis,
  { name }: Node,
  { algebra, count }: Reading<V, E>,
): (position: number) => number {
  const from = offsets(extent.axes, extent.shape, index);
  const size = count(axis);
  return (position) => {
    const place = algebra.position(at(index.data, at(from, position)));
    if (!(place >= 0 && place < size)) throw noSuchPlace(name, axis, place, size);
    return place;
  };
}

/** Reduces fixed axes. */
function reduceFixed<V extends Entries<E>, E>(
  by: 'sum' | 'mean' | 'max',
  source: V,
  over: readonly Axis[],
  reading: Reading<V, E>,
): V {
  if (over.length === 0) return source;
  const { count } = reading;
  const axes = without(source.axes, over);
  const extent = { axes, shape: axes.map(count) };
  const [outer, inner] = [offsets(axes, extent.shape, source), offsets(over, over.map(count), source)];
  const groups = Array.from(outer, (from) => Array.from(inner, (step) => from + step));
  if (by !== 'max') return summed(source, groups, by === 'mean' ? 1 / inner.length : 1, extent, reading);
  const widths = reading.widthsOf(source);
  const data = groups.map((group) => reading.algebra.largest(entriesOf(source, group), widths));
  return reading.made(data, extent, widths);
}

/** Each entry the one at a place of the source, or 0 for −1. */
function picked<V extends Entries<E>, E>(source: V, from: Int32Array, extent: Extent, reading: Reading<V, E>): V {
  const widths = reading.widthsOf(source);
  const zero = zeroOf(reading, widths);
  const data = Array.from(from, (place) => (place < 0 ? zero() : at(source.data, place)));
  return reading.made(data, extent, widths);
}

/** Each entry the weighted sum of a group of entries. */
function summed<V extends Entries<E>, E>(
  source: V,
  groups: Groups,
  weight: number,
  extent: Extent,
  reading: Reading<V, E>,
): V {
  const { algebra } = reading;
  const widths = reading.widthsOf(source);
  const zero = zeroOf(reading, widths);
  const data = groups.map((group) => (group.length === 0 ? zero() : algebra.sum(entriesOf(source, group), weight)));
  return reading.made(data, extent, widths);
}

function entriesOf<E>(source: Entries<E>, group: readonly number[]): E[] {
  return group.map((place) => at(source.data, place));
}

/** One zero for all places that nothing fills. */
function zeroOf<V extends Entries<E>, E>({ algebra }: Reading<V, E>, widths: readonly Axis[]): () => E {
  let zero: E | undefined;
  return () => {
    zero ??= algebra.zero(widths);
    return zero;
  };
}
