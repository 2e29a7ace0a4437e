/**
 * Which nodes of a plan are computed, and as what: those that only one other reads become part of its formula, and those
 * of one key are computed together, so that what they share is computed once.
 */

import { at } from '../../numeric/index.ts';
import type { Planned } from './quantities.ts';
import type { Shape, Shapes } from './shapes.ts';

/** Nodes that one loop computes from the same arguments. */
export interface Group {
  readonly nodes: readonly Planned[];
  readonly shapes: readonly Shape[];
  readonly args: readonly (readonly Planned[])[];
  readonly level: number;
}

export interface Fused {
  /** By level: a group reads results of lower levels only. */
  readonly groups: readonly Group[];
  /** What is no formula, with its level. */
  readonly calls: readonly { readonly node: Planned; readonly level: number }[];
  readonly leaves: readonly Planned[];
  readonly levels: number;
}

/** Most arguments of a formula that others have become part of. */
const MOST_ARGUMENTS = 26;
/** Functions become part of formulas of few arguments: kernels stay short. */
const FEW_ARGUMENTS = 4;

/** A node on its way into a group. */
interface Open {
  shape: Shape;
  args: Planned[];
  key: number;
}

export function fuse(nodes: readonly Planned[], outputs: readonly Planned[], shapes: Shapes): Fused {
  const uses = usesOf(nodes, outputs);
  const open = new Map<Planned, Open>();
  const [calls, leaves]: [Planned[], Planned[]] = [[], []];
  const order: Planned[] = [];
  for (const node of nodes) {
    if (at(uses, node.id) === 0) continue;
    if (isLeaf(node)) leaves.push(node);
    else {
      order.push(node);
      if (node.origin.kind === 'formula') open.set(node, filledIn(node, node.origin.shape, uses, open, shapes));
      else calls.push(node);
    }
  }
  const level = new Int32Array(nodes.length);
  const above = (args: readonly Planned[]): number => {
    let highest = 0;
    for (const { id } of args) highest = Math.max(highest, at(level, id));
    return highest + 1;
  };
  const groups: { nodes: Planned[]; shapes: Shape[]; args: Planned[][]; level: number }[] = [];
  const byKey = new Map<number, (typeof groups)[number]>();
  let levels = 0;
  for (const node of order) {
    const own = open.get(node);
    if (own === undefined && node.origin.kind === 'formula') continue;
    const args = own?.args ?? node.args;
    const height = above(args);
    level[node.id] = height;
    levels = Math.max(levels, height);
    if (own === undefined) continue;
    const together = own.key < 0 ? undefined : byKey.get(own.key);
    if (together !== undefined && together.level === height) {
      together.nodes.push(node);
      together.shapes.push(own.shape);
      together.args.push(own.args);
    } else {
      const group = { nodes: [node], shapes: [own.shape], args: [own.args], level: height };
      groups.push(group);
      if (own.key >= 0) byKey.set(own.key, group);
    }
  }
  return { groups, calls: calls.map((node) => ({ node, level: at(level, node.id) })), leaves, levels };
}

/** Whether a node is brought from elsewhere. */
function isLeaf({ origin }: Planned): boolean {
  return origin.kind !== 'formula' && origin.kind !== 'function' && origin.kind !== 'series';
}

/** How often each node is read, 0 for those that nothing behind the outputs reads; outputs are read once more. */
function usesOf(nodes: readonly Planned[], outputs: readonly Planned[]): Int32Array {
  const uses = new Int32Array(nodes.length);
  // Twice, so that an output does not become part of another node.
  for (const { id } of outputs) uses[id] = at(uses, id) + 2;
  for (let k = nodes.length - 1; k >= 0; k--) {
    const node = at(nodes, k);
    if (at(uses, k) === 0 || isLeaf(node)) continue;
    for (const { id } of node.args) uses[id] = at(uses, id) + 1;
  }
  return uses;
}

/** The formula of a node with those that only it reads. */
function filledIn(node: Planned, shape: Shape, uses: Int32Array, open: Map<Planned, Open>, shapes: Shapes): Open {
  const own: Open = { shape, args: [...node.args], key: node.key };
  for (let place = own.args.length - 1; place >= 0; place--) {
    const arg = at(own.args, place);
    const inner = at(uses, arg.id) === 1 ? open.get(arg) : undefined;
    if (inner === undefined) continue;
    if (own.args.length + inner.args.length - 1 > MOST_ARGUMENTS) continue;
    if (inner.shape.heavy && node.args.length > FEW_ARGUMENTS) continue;
    // Each belongs together with others.
    if (inner.key >= 0 && own.key >= 0 && inner.key !== own.key) continue;
    own.shape = shapes.filled(own.shape, place, inner.shape);
    own.args.splice(place, 1, ...inner.args);
    if (inner.key >= 0) own.key = inner.key;
    open.delete(arg);
  }
  return own;
}
