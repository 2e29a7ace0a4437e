/** Multi-head self-attention. */

import { required } from '../../errors/index.ts';
import {
  type Axis,
  argument,
  constant,
  type Expr,
  mul,
  type Space,
  sizePower,
  type Value,
  type Writer,
} from '../../program/index.ts';
import * as errors from '../errors.ts';
import { checkCounts, type NetWriter } from '../netWriter.ts';
import { type Mask, masked } from './mask.ts';
import { type Normalization, normalized } from './normalization.ts';
import { partOf } from './parts.ts';
import { type Projection, projected, type Shape } from './projection.ts';
import { type Rotary, rotation } from './rotary.ts';

/**
 * What the products of queries and keys are divided by, d being the number of coordinates per head. Queries and keys
 * that are learnt have entries that go together, so that their products are of order d and `1/d` gives scores of order
 * 1 at every width (µP); `1/sqrt(d)` is right for independent ones only: it leaves NE⊗OR⊤ as a central limit.
 */
export type AttentionScaling = '1/d' | '1/sqrt(d)';

const EXPONENTS: Readonly<Record<AttentionScaling, number>> = { '1/d': -1, '1/sqrt(d)': -0.5 };

/** The same of a d that is a number. */
const NUMBERS: Readonly<Record<AttentionScaling, (d: number) => number>> = {
  '1/d': (d) => 1 / d,
  '1/sqrt(d)': (d) => Math.sqrt(1 / d),
};

/** Heads of attention, and what its scores are divided by. */
export interface AttentionOptions {
  /** Heads; they divide the width. Default 1. */
  readonly heads?: number;
  /** Default 1/d. */
  readonly scaling?: AttentionScaling;
  /**
   * A number in front of the scaling, the same at every width: √d at a base width makes 1/d what 1/sqrt(d) is there.
   * Default 1.
   */
  readonly multiplier?: number;
}

/** Throws {@link UserError} `nets.bad-count`, `nets.bad-choice`, `nets.bad-multiplier`. */
export function checkAttention(net: string, { heads = 1, scaling = '1/d', multiplier = 1 }: AttentionOptions): void {
  checkCounts(net, { heads: [heads, 'the number of attention heads'] });
  if (!Object.hasOwn(EXPONENTS, scaling)) throw errors.badChoice(net, 'scaling', scaling, Object.keys(EXPONENTS));
  if (!(multiplier > 0 && Number.isFinite(multiplier))) throw errors.badMultiplier(net, multiplier);
}

/**
 * Spaces of attention: `head`, which stays fixed, and `key`, the coordinates of one head: n/heads of a width n, which then
 * is a width too, or of a number. A weight on [head, key, n] is one matrix per head, and where `key` is a width, the sum
 * over it times 1/d is a mean over a width.
 */
export function attentionSpaces(width: Space, heads: number): Space[] {
  const { kind, size } = width;
  const key = typeof size === 'number' ? size / heads : { symbol: size.symbol, ratio: size.ratio / heads };
  return [
    { name: 'head', kind: 'fixed', size: heads },
    { name: 'key', kind, size: key },
  ];
}

/** Queries, keys and values by a layer each. */
interface Separate {
  readonly query: Projection;
  readonly key: Projection;
  readonly value: Projection;
}

/** By one layer, which makes them along the axis `part`, one of `made`. */
interface Fused {
  readonly all: Projection;
  readonly made: readonly Axis[];
}

/** What attention is made of. */
export type AttentionParts = Pick<AttentionOptions, 'scaling' | 'multiplier'> & {
  /** From the heads back to n. */
  readonly mix: Projection;
  /** Absent: all look at all. */
  readonly mask?: Mask;
  /** Axes of the heads, of queries and of keys and values, which several queries may share. Default `head` of both. */
  readonly heads?: { readonly queries: readonly Axis[]; readonly keys: readonly Axis[] };
  /** Norms of each head's queries and keys, over their coordinates. */
  readonly norms?: { readonly queries: Normalization; readonly keys: Normalization };
  /** Turns queries and keys by where they are. */
  readonly rotary?: { readonly by: Rotary; readonly places: Value };
} & (Separate | Fused);

/** What each projection makes. */
const MADE = { query: 'queries', key: 'keys', value: 'values', mix: 'attended' } as const;
type Role = keyof typeof MADE;

/** The space of what one layer makes for queries, keys and values. */
export const PARTS: Space = { name: 'part', kind: 'fixed', size: 3 };

/** Why the key bias of softmax attention has no gradient. */
const KEY_BIAS = 'the key bias adds one number to all scores of a query, which softmax over the keys ignores';

/**
 * Attention of x [batch, time, n] to itself: with q = query x, k = key x′, v = value x′ on [head, key],
 *
 *     s = multiplier · Σ over key of q k / d (or √d) + mask,  p = softmax over time′ of s,  y = mix Σ over time′ of p v
 *
 * Weights `query`, `key`, `value` on [head, key, n] and `mix` on [n, head, key] are matrices; biases are on [head, key] and
 * [n]; result [batch, time, n]. Values are named `queries`, `keys`, `values` (or `made`, all three), `shares` (p) and
 * `attended` (y). Queries in groups are on [group, member, key], keys and values on [group, key].
 */
export function attention(net: NetWriter, x: Value, parts: AttentionParts): Value {
  const { scaling = '1/d', multiplier = 1, mask, heads = { queries: ['head'], keys: ['head'] } } = parts;
  const { writer } = net;
  const made = 'all' in parts ? fused(net, x, parts) : separate(net, x, parts, heads);
  const turn = parts.rotary === undefined ? unturned : rotation(net, parts.rotary.by, parts.rotary.places);
  const query = turn(headNorm(net, made.query(), parts.norms?.queries));
  const key = writer.rename(turn(headNorm(net, made.key(), parts.norms?.keys)), [['time', "time'"]]);
  const value = writer.rename(made.value(), [['time', "time'"]]);
  const products = writer.contract(query, key, ['key']);
  const scaled = mul(mul(multiplier, scaleOf(writer, scaling)), argument(0));
  const scores = masked(writer, scaled, products, mask);
  const shares = sharesOf(writer, scores, "time'", 'shares');
  const seen = writer.contract(shares, value, ["time'"]);
  net.layer({ name: 'mix', parameter: parts.mix.weight, preactivation: MADE.mix });
  return projected(net, seen, parts.mix, { made: ['n'], over: [...heads.queries, 'key'], value: MADE.mix });
}

const unturned = (x: Value): Value => x;

const headNorm = (net: NetWriter, x: Value, norm: Normalization | undefined): Value =>
  norm === undefined ? x : normalized(net, x, norm, ['key']);

/** Writes what each makes. */
type Made = Readonly<Record<Exclude<Role, 'mix'>, () => Value>>;

function separate(
  net: NetWriter,
  x: Value,
  parts: AttentionParts & Separate,
  heads: NonNullable<AttentionParts['heads']>,
): Made {
  const part = (role: keyof Made, own: readonly Axis[]): Value => {
    net.layer({ name: role, parameter: parts[role].weight, preactivation: MADE[role] });
    const still = role === 'key' ? stillCoordinates(net, parts) : undefined;
    const reason = still === 'all' ? { zeroGradient: KEY_BIAS } : {};
    return projected(net, x, parts[role], { made: [...own, 'key'], over: ['n'], value: MADE[role], ...reason });
  };
  return {
    query: () => part('query', heads.queries),
    key: () => part('key', heads.keys),
    value: () => part('value', heads.keys),
  };
}

function fused(net: NetWriter, x: Value, parts: AttentionParts & Fused): Made {
  const { all, made } = parts;
  net.writer.space(PARTS);
  net.layer({ name: 'query, key and value', parameter: all.weight, preactivation: 'made' });
  const counted = all.bias === undefined ? undefined : countedEntries(net, stillCoordinates(net, parts));
  const shape = { made, over: ['n'], value: 'made', ...(counted === undefined ? {} : { counted }) };
  const values = projected(net, x, all, shape);
  const part = (k: number) => (): Value => partOf(net.writer, values, PARTS.name, k);
  return { query: part(0), key: part(1), value: part(2) };
}

/** The coordinates of a key that a bias adds the same to at all places, from the first of them on: what softmax ignores. */
function stillCoordinates({ writer }: NetWriter, { norms, rotary }: AttentionParts): 'all' | 'none' | number {
  if (norms !== undefined) return 'none';
  if (rotary === undefined) return 'all';
  const turned = 2 * rotary.by.frequencies.length;
  return turned === writer.spaceNamed('key')?.size ? 'none' : turned;
}

/** Of the bias of a layer that makes queries, keys and values: all but that of the keys' still coordinates. */
function countedEntries({ writer }: NetWriter, still: 'all' | 'none' | number): Shape['counted'] {
  if (still === 'none') return undefined;
  const constant = (axes: readonly Axis[], values: readonly number[]): Value =>
    writer.write({ op: 'constant', type: { kind: 'real', axes }, values });
  if (still === 'all')
    return { entries: constant([PARTS.name], [1, 0, 1]), reason: `in its part of the keys alone: ${KEY_BIAS}` };
  const size = required(numberOf(writer, 'key'), 'number of coordinates of a head');
  const values = [1, 0, 1].flatMap((whole) => Array.from({ length: size }, (_, k) => (k < still ? 1 : whole)));
  return {
    entries: constant([PARTS.name, 'key'], values),
    reason: `where no position turns a key, and there alone: ${KEY_BIAS}`,
  };
}

/** The share of each place in what is read: softmax of the scores along an axis. */
export const sharesOf = (writer: Writer, scores: Value, over: Axis, name?: string): Value =>
  writer.call('softmax', [scores], [over], {}, name);

/** A power of the size of `key`, or that power of its number. */
function scaleOf(writer: Writer, scaling: AttentionScaling): Expr {
  const size = numberOf(writer, 'key');
  return size === undefined ? sizePower('key', EXPONENTS[scaling]) : constant(NUMBERS[scaling](size));
}

/** The size of a space, where it is a number. */
function numberOf(writer: Writer, space: string): number | undefined {
  const size = writer.spaceNamed(space)?.size;
  return typeof size === 'number' ? size : undefined;
}
