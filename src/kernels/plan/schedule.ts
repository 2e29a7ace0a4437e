/**
 * A plan as batches of one loop each, over arrays that are held as long as they are read.
 *
 * Arrays are numbered slots: what they hold changes from level to level.
 */

import { at } from '../../numeric/index.ts';
import { type LoopFormulas, operand, withArguments } from '../../numeric/wasm/formulas/index.ts';
import { type Fused, fuse, type Group } from './fuse.ts';
import type { Batch, Plan, Planned, PooledGrid, Rows } from './quantities.ts';

export interface Schedule {
  readonly kernels: readonly LoopFormulas[];
  readonly batches: readonly Batch[];
  /** The number of arrays that are held at once. */
  readonly slots: number;
  /** Where the outputs are at the end. */
  readonly outputs: readonly number[];
  /** Quantities of inputs with themselves that are read, data left out: their values must be known. */
  readonly own: readonly Planned[];
}

export function schedule({ nodes, shapes }: Plan, outputs: readonly Planned[]): Schedule {
  const { groups, calls, leaves, levels } = fuse(nodes, outputs, shapes);
  const kernels = new Kernels(nodes.length);
  const byLevel = Array.from({ length: levels + 1 }, () => new Map<number, GroupOfKernel[]>());
  const [first, last] = [new Int32Array(nodes.length).fill(levels), new Int32Array(nodes.length)];
  const read = ({ id }: Planned, level: number): void => {
    first[id] = Math.min(at(first, id), level);
    last[id] = Math.max(at(last, id), level);
  };
  for (const group of groups) {
    const { kernel, args } = kernels.of(group);
    for (const arg of args) read(arg, group.level);
    const batches = at(byLevel, group.level);
    const known = batches.get(kernel);
    if (known === undefined) batches.set(kernel, [{ group, args }]);
    else known.push({ group, args });
  }
  for (const { node, level } of calls) for (const arg of node.args) read(arg, level);
  for (const output of outputs) last[output.id] = levels + 1;

  const batches: Batch[] = [];
  // A grid comes first of all, and its slots stay.
  const grid = gridIn(leaves);
  for (const batch of grid?.batches ?? []) {
    batches.push(batch.kind === 'loop' ? { ...batch, kernel: kernels.formulas.length + batch.kernel } : batch);
  }
  kernels.formulas.push(...(grid?.kernels ?? []));
  const slots = new Slots(nodes.length, last, levels, grid?.slots ?? 0);
  const leavesBefore = perLevel(leaves, levels, ({ id }) => Math.max(0, at(first, id) - 1));
  const callsAt = perLevel(calls, levels, ({ level }) => level);
  for (let level = 0; level <= levels; level++) {
    for (const [kernel, own] of at(byLevel, level)) {
      batches.push({ kind: 'loop', kernel, records: recordsOf(own, slots) });
    }
    for (const { node } of at(callsAt, level)) {
      const { origin } = node;
      const args = node.args.map((arg) => slots.of(arg));
      if (origin.kind === 'function') batches.push({ kind: 'call', of: origin.of, args, slot: slots.take(node) });
      else if (origin.kind === 'series') batches.push({ ...origin, arg: at(args, 0), slot: slots.take(node) });
    }
    slots.free(level);
    for (const leaf of at(leavesBefore, level)) {
      if (leaf.origin.kind === 'grid') slots.put(leaf, at(leaf.origin.grid.results, leaf.origin.result));
      else batches.push(leafBatch(leaf, slots.take(leaf)));
    }
  }
  return {
    kernels: kernels.formulas,
    batches,
    slots: slots.count,
    outputs: outputs.map((node) => slots.of(node)),
    own: ownOf(leaves, calls),
  };
}

/** Quantities of inputs with themselves that leaves and series read, data left out. */
function ownOf(leaves: readonly Planned[], calls: Fused['calls']): readonly Planned[] {
  const own = new Set<Planned>();
  const rows = new Set<Rows>();
  for (const { origin } of leaves) {
    if (origin.kind === 'side') own.add(origin.own);
    if (origin.kind === 'gram') rows.add(origin.left).add(origin.right);
  }
  for (const batch of gridIn(leaves)?.batches ?? []) {
    if (batch.kind === 'gather') own.add(batch.own);
    if (batch.kind === 'gram') rows.add(batch.left).add(batch.right);
  }
  for (const { node } of calls) {
    if (node.origin.kind === 'series') own.add(node.origin.left.own).add(node.origin.right.own);
  }
  for (const { columns } of rows) for (const column of columns) own.add(column);
  return [...own].filter(({ origin }) => origin.kind !== 'data');
}

function gridIn(leaves: readonly Planned[]): PooledGrid | undefined {
  for (const { origin } of leaves) if (origin.kind === 'grid') return origin.grid;
  return undefined;
}

interface GroupOfKernel {
  readonly group: Group;
  readonly args: readonly Planned[];
}

function perLevel<T>(items: readonly T[], levels: number, levelOf: (item: T) => number): readonly (readonly T[])[] {
  const lists: T[][] = Array.from({ length: levels + 1 }, () => []);
  for (const item of items) at(lists, levelOf(item)).push(item);
  return lists;
}

function leafBatch(node: Planned, slot: number): Batch {
  const { origin } = node;
  switch (origin.kind) {
    case 'data':
      return { kind: 'gather', side: 'left', own: node, slot };
    case 'side':
      return { kind: 'gather', side: origin.side, own: origin.own, slot };
    case 'gram':
      return { kind: 'gram', left: origin.left, right: origin.right, slot };
    default:
      return { kind: 'same', slot };
  }
}

function recordsOf(own: readonly GroupOfKernel[], slots: Slots): Int32Array {
  const width = own.reduce((most, { group, args }) => Math.max(most, args.length + group.nodes.length), 0);
  const records = new Int32Array(own.length * width);
  let place = 0;
  for (const { group, args } of own) {
    for (const arg of args) records[place++] = slots.of(arg);
    for (const node of group.nodes) records[place++] = slots.take(node);
  }
  return records;
}

/** Numbers slots, and gives those that are not read any more to others. */
class Slots {
  readonly #slot: Int32Array;
  readonly #last: Int32Array;
  readonly #endsAt: Planned[][];
  readonly #unused: number[] = [];
  count: number;

  constructor(nodes: number, last: Int32Array, levels: number, from: number) {
    this.count = from;
    this.#slot = new Int32Array(nodes).fill(-1);
    this.#last = last;
    this.#endsAt = Array.from({ length: levels + 2 }, () => []);
  }

  /** A node whose slot is another's business. */
  put({ id }: Planned, slot: number): void {
    this.#slot[id] = slot;
  }

  of({ id }: Planned): number {
    return at(this.#slot, id);
  }

  take(node: Planned): number {
    const slot = this.#unused.pop() ?? this.count++;
    this.#slot[node.id] = slot;
    at(this.#endsAt, at(this.#last, node.id)).push(node);
    return slot;
  }

  /** Frees what is read at this level for the last time. */
  free(level: number): void {
    for (const node of at(this.#endsAt, level)) this.#unused.push(this.of(node));
  }
}

/** The loops of groups: groups whose formulas and shared arguments are the same have one. */
class Kernels {
  readonly formulas: LoopFormulas[] = [];
  readonly #root: Tree = { next: new Map(), kernel: undefined };
  readonly #stamp: Int32Array;
  readonly #place: Int32Array;
  #groups = 0;

  constructor(nodes: number) {
    this.#stamp = new Int32Array(nodes);
    this.#place = new Int32Array(nodes);
  }

  of({ shapes, args }: Group): { readonly kernel: number; readonly args: readonly Planned[] } {
    const stamp = ++this.#groups;
    const union: Planned[] = [];
    let tree = this.#root;
    for (let member = 0; member < shapes.length; member++) {
      tree = into(tree, -1 - at(shapes, member).id);
      for (const arg of at(args, member)) {
        if (at(this.#stamp, arg.id) !== stamp) {
          this.#stamp[arg.id] = stamp;
          this.#place[arg.id] = union.push(arg) - 1;
        }
        tree = into(tree, at(this.#place, arg.id));
      }
    }
    if (tree.kernel === undefined) {
      const results = shapes.map(({ formula }, member) =>
        withArguments(
          formula,
          at(args, member).map(({ id }) => operand(at(this.#place, id))),
        ),
      );
      tree.kernel = this.formulas.push({ args: union.length, results }) - 1;
    }
    return { kernel: tree.kernel, args: union };
  }
}

interface Tree {
  readonly next: Map<number, Tree>;
  kernel: number | undefined;
}

function into(tree: Tree, key: number): Tree {
  let next = tree.next.get(key);
  if (next === undefined) {
    next = { next: new Map(), kernel: undefined };
    tree.next.set(key, next);
  }
  return next;
}
