/**
 * How far fine-tuning has moved the parameters, by the groups that a language model is made of. Ours: neither of the two
 * papers asks for it, but a linear model is right of small moves, whatever the regime.
 */

import { required } from '../../errors/index.ts';
import { at } from '../../numeric/index.ts';
import type { Tensors } from '../../program/index.ts';
import { blockOf, EMBEDDINGS, HEAD } from '../kernel/layers.ts';

/** Parameters of one group. */
export interface GroupMovement {
  /** `embeddings`, `block 1 attention`, `block 1 feed-forward` and so on, `head`. */
  readonly group: string;
  /** Numbers in them. */
  readonly count: number;
  /** ‖θ − θ_0‖. */
  readonly moved: number;
  /** The norm ‖θ_0‖ at the start. */
  readonly size: number;
}

/** θ − θ_0 of the parameters that are trained, on their axes, in f64 where one of them is. */
export function movesBetween(before: Tensors, after: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(after).map(([name, { axes, shape, data }]) => {
      const start = required(before[name], `parameter "${name}" before training`);
      const change = Float64Array.from(data, (now, k) => now - at(start.data, k));
      const exact = data instanceof Float64Array || start.data instanceof Float64Array;
      return [name, { axes, shape, data: exact ? change : Float32Array.from(change) }];
    }),
  );
}

/**
 * Distances by group, from the embeddings to the head; `before` are all of the net's parameters, `moved` differences on
 * the axes of theirs.
 */
export function groupMovements(before: Tensors, moved: Tensors): GroupMovement[] {
  const groups = new Map<string, { rank: number; count: number; moved: number; size: number }>();
  for (const [name, { data }] of Object.entries(moved)) {
    const start = required(before[name], `parameter "${name}" before training`);
    const { group, rank } = groupOf(name);
    const own = groups.get(group) ?? { rank, count: 0, moved: 0, size: 0 };
    groups.set(group, own);
    own.count += data.length;
    for (let k = 0; k < data.length; k++) {
      own.moved += at(data, k) ** 2;
      own.size += at(start.data, k) ** 2;
    }
  }
  return [...groups]
    .sort(([, a], [, b]) => a.rank - b.rank)
    .map(([group, { count, moved, size }]) => ({ group, count, moved: Math.sqrt(moved), size: Math.sqrt(size) }));
}

function groupOf(parameter: string): { readonly group: string; readonly rank: number } {
  const block = blockOf(parameter);
  if (block === undefined) {
    const isEmbedding = /\bembeddings\b/.test(parameter);
    return isEmbedding ? { group: EMBEDDINGS, rank: 0 } : { group: HEAD, rank: Number.POSITIVE_INFINITY };
  }
  const part = /\battention\b/.test(parameter) ? 'attention' : 'feed-forward';
  return { group: `block ${block} ${part}`, rank: 2 * block + (part === 'attention' ? 0 : 1) };
}
