/** Multi-head self-attention, as a part of networks and as a network of one layer. */

import { add, argument, type Expr, mul, type Space, sizePower, sub, unary, type Value } from '../program/index.ts';
import * as errors from './errors.ts';
import type { Net } from './net.ts';
import { checkCounts, INPUT_LAW, NetWriter, vectorSpaces } from './netWriter.ts';

/**
 * What the products of queries and keys are divided by, d being the number of coordinates per head. Queries and keys
 * that are learnt have entries that go together, so that their products are of order d and `1/d` gives scores of order
 * 1 at every width (µP); `1/sqrt(d)` is right for independent ones only: it leaves NE⊗OR⊤ as a central limit.
 */
export type AttentionScaling = '1/d' | '1/sqrt(d)';

const EXPONENTS: Readonly<Record<AttentionScaling, number>> = { '1/d': -1, '1/sqrt(d)': -0.5 };

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
 * Spaces of attention: `head`, which stays fixed, and `key`, the coordinates of one head, a width of n/heads. A weight on
 * [head, key, n] is then one matrix per head, and the sum over `key` times 1/d is a mean over a width.
 */
export function attentionSpaces({ heads = 1 }: AttentionOptions): Space[] {
  return [
    { name: 'head', kind: 'fixed', size: heads },
    { name: 'key', kind: 'width', size: { symbol: 'n', ratio: 1 / heads } },
  ];
}

export interface AttentionParts extends AttentionOptions {
  /** Follows the names of the parameters and values. */
  readonly suffix: string;
  /** Numbers on [time] that grow with time: none looks at larger ones. Absent: all look at all. */
  readonly causal?: Value;
  /** Biases of queries, values and outputs; one of the keys would add the same to all scores of a query. */
  readonly biases?: boolean;
}

/** What a projection makes. */
const plurals = { query: 'queries', key: 'keys', value: 'values' } as const;

/** Scores that softmax turns into exactly 0, and f32 can hold beside numbers of order 1. */
const NEVER = -1e9;

/**
 * Attention of x [batch, time, n] to itself: with q = query x, k = key x′, v = value x′ on [head, key],
 *
 *     s = multiplier · Σ over key of q k / d (or √d),  p = softmax over time′ of s,  y = mix Σ over time′ of p v
 *
 * Parameters `query`, `key`, `value` [head, key, n] and `mix` [n, head, key], matrices with deviation n^(-1/2) under
 * parametrizations that give it; result [batch, time, n].
 */
export function attention(net: NetWriter, x: Value, parts: AttentionParts): Value {
  const { suffix, causal, biases = false, scaling = '1/d', multiplier = 1 } = parts;
  const { writer } = net;
  const project = (name: keyof typeof plurals, biased: boolean): Value => {
    const [label, full] = [`${plurals[name]}${suffix}`, `${name}${suffix}`];
    const weight = net.parameter(full, 'matrix', ['head', 'key', 'n']);
    net.layer({ name: `${name} ${suffix}`.trim(), parameter: full, preactivation: label });
    const plain = writer.contract(x, weight, ['n'], biased ? undefined : label);
    return biased ? net.biased(plain, `${name}Bias${suffix}`, ['head', 'key'], label) : plain;
  };
  const query = project('query', biases);
  const key = writer.rename(project('key', false), [['time', "time'"]]);
  const value = writer.rename(project('value', biases), [['time', "time'"]]);
  const raw = writer.contract(query, key, ['key']);
  const scaled = mul(mul(multiplier, sizePower('key', EXPONENTS[scaling])), argument(0));
  const scores = causal === undefined ? writer.map(scaled, [raw]) : masked(net, scaled, raw, causal);
  const weights = writer.call('softmax', [scores], ["time'"], {}, `shares${suffix}`);
  const read = writer.contract(weights, value, ["time'"]);
  const label = `attended${suffix}`;
  const mix = net.parameter(`mix${suffix}`, 'matrix', ['n', 'head', 'key']);
  net.layer({ name: `mix ${suffix}`.trim(), parameter: `mix${suffix}`, preactivation: label });
  const mixed = writer.contract(read, mix, ['head', 'key'], biases ? undefined : label);
  return biases ? net.biased(mixed, `mixBias${suffix}`, ['n'], label) : mixed;
}

function masked({ writer }: NetWriter, scaled: Expr, raw: Value, time: Value): Value {
  const later = unary('step', sub(argument(2), argument(1)));
  return writer.map(add(scaled, mul(NEVER, later)), [raw, time, writer.rename(time, [['time', "time'"]])]);
}

export interface SelfAttentionOptions extends AttentionOptions {
  /** Outputs; a single one has no class axis. Default 1. */
  readonly classes?: number;
}

/**
 * One layer of self-attention between an embedding and a readout of the mean over time:
 *
 *     x0 = w0 x,  x1 = x0 + attention(x0),  f = w1 · mean over time of x1
 *
 * Data `x` [batch, time, input]; parameters `w0` [n, input], `query`, `key`, `value` [head, key, n], `mix`
 * [n, head, key], `w1` [n] or [class, n]; output `f` [batch] or [batch, class], a sum over the width, which a
 * parametrization scales. `key` is a width of n/heads.
 *
 * Throws {@link UserError} `nets.bad-count`, `nets.bad-choice`, `nets.bad-multiplier`.
 */
export function selfAttention(options: SelfAttentionOptions = {}): Net {
  const { heads = 1, classes = 1 } = options;
  checkAttention('selfAttention', options);
  checkCounts('selfAttention', { classes: [classes, 'the number of outputs'] });
  const time: Space = { name: 'time', kind: 'fixed', size: { symbol: 'time', ratio: 1 } };
  const spaces = [...vectorSpaces(classes), time, ...attentionSpaces(options)];
  const net = new NetWriter(`self-attention of ${heads} ${heads === 1 ? 'head' : 'heads'}`, spaces);
  const { writer } = net;
  const type = { kind: 'real', axes: ['batch', 'time', 'input'] } as const;
  const first = net.parameter('w0', 'vector', ['n', 'input'], INPUT_LAW);
  const x0 = writer.contract(writer.write({ op: 'input', role: 'data', type }, 'x'), first, ['input'], 'x0');
  net.layer({ name: 'input', parameter: 'w0', preactivation: 'x0' });
  const x1 = net.sum([x0, attention(net, x0, { ...options, suffix: '' })], 'x1');
  return net.readout(writer.reduce('mean', x1, ['time']), 'w1', classes);
}
