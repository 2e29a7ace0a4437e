/** Multi-head self-attention. */

import {
  type Axis,
  add,
  argument,
  constant,
  type Expr,
  mul,
  type Space,
  sizePower,
  sub,
  unary,
  type Value,
  type Writer,
} from '../../program/index.ts';
import * as errors from '../errors.ts';
import { checkCounts, type NetWriter } from '../netWriter.ts';
import { type Projection, projected } from './projection.ts';

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
  /** A number in front of the scaling: √d at a base width makes 1/d what 1/sqrt(d) is there. Default 1. */
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

/**
 * Which places are looked at: by numbers on [time] that grow with time, none larger than one's own; or by what is added to
 * the scores of a place, numbers on [batch, time′] that are 0 at tokens and very negative at padding.
 */
export type Mask = { readonly by: 'time'; readonly places: Value } | { readonly by: 'padding'; readonly added: Value };

export interface AttentionParts extends Pick<AttentionOptions, 'scaling' | 'multiplier'> {
  readonly query: Projection;
  readonly key: Projection;
  readonly value: Projection;
  /** From the heads back to n. */
  readonly mix: Projection;
  /** Absent: all look at all. */
  readonly mask?: Mask;
}

/** What each projection makes. */
const MADE = { query: 'queries', key: 'keys', value: 'values', mix: 'attended' } as const;
type Role = keyof typeof MADE;

/** Scores that softmax turns into exactly 0, and f32 can hold beside numbers of order 1. */
const NEVER = -1e9;

/** Why the key bias of softmax attention has no gradient. */
const KEY_BIAS = 'the key bias adds one number to all scores of a query, which softmax over the keys ignores';

/**
 * Attention of x [batch, time, n] to itself: with q = query x, k = key x′, v = value x′ on [head, key],
 *
 *     s = multiplier · Σ over key of q k / d (or √d) + mask,  p = softmax over time′ of s,  y = mix Σ over time′ of p v
 *
 * Weights `query`, `key`, `value` on [head, key, n] and `mix` on [n, head, key] are matrices; biases are on [head, key] and
 * [n]; result [batch, time, n]. Values are named `queries`, `keys`, `values`, `shares` (p) and `attended` (y).
 */
export function attention(net: NetWriter, x: Value, parts: AttentionParts): Value {
  const { scaling = '1/d', multiplier = 1, mask } = parts;
  const { writer } = net;
  const part = (role: Role, from: Value): Value => {
    net.layer({ name: role, parameter: parts[role].weight, preactivation: MADE[role] });
    const [axes, over] =
      role === 'mix'
        ? [
            ['n', 'head', 'key'],
            ['head', 'key'],
          ]
        : [['head', 'key', 'n'], ['n']];
    const reason = role === 'key' ? { zeroGradient: KEY_BIAS } : {};
    return projected(net, from, parts[role], { axes, over, value: MADE[role], ...reason });
  };
  const query = part('query', x);
  const key = writer.rename(part('key', x), [['time', "time'"]]);
  const value = writer.rename(part('value', x), [['time', "time'"]]);
  const products = writer.contract(query, key, ['key']);
  const scaled = mul(mul(multiplier, scaleOf(writer, scaling)), argument(0));
  const scores = masked(writer, scaled, products, mask);
  const shares = sharesOf(writer, scores, "time'", 'shares');
  return part('mix', writer.contract(shares, value, ["time'"]));
}

/** The share of each place in what is read: softmax of the scores along an axis. */
export const sharesOf = (writer: Writer, scores: Value, over: Axis, name?: string): Value =>
  writer.call('softmax', [scores], [over], {}, name);

/** A power of the size of `key`, or that power of its number. */
function scaleOf(writer: Writer, scaling: AttentionScaling): Expr {
  const size = writer.spaceNamed('key')?.size;
  return typeof size === 'number' ? constant(NUMBERS[scaling](size)) : sizePower('key', EXPONENTS[scaling]);
}

function masked(writer: Writer, scaled: Expr, products: Value, mask: Mask | undefined): Value {
  if (mask === undefined) return writer.map(scaled, [products]);
  if (mask.by === 'padding') return writer.map(add(scaled, argument(1)), [products, mask.added]);
  const later = unary('step', sub(argument(2), argument(1)));
  const { places } = mask;
  return writer.map(add(scaled, mul(NEVER, later)), [products, places, writer.rename(places, [['time', "time'"]])]);
}
