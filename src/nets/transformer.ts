import type { Space, UnaryName, Value } from '../program/index.ts';
import { type AttentionOptions, attention, attentionSpaces, checkAttention } from './attention.ts';
import { badDepth } from './errors.ts';
import type { Net } from './net.ts';
import { checkCounts, NetWriter, normal } from './netWriter.ts';

export interface TransformerOptions extends AttentionOptions {
  /** Number of tokens that there are. */
  readonly vocabulary: number;
  /** Tokens per example: the size of the axis `time`. */
  readonly context: number;
  /** Blocks; default 2. */
  readonly depth?: number;
  /** The hidden layer of a feed-forward part is this many times the width; default 4. */
  readonly expansion?: number;
  /** Of the feed-forward parts; default gelu. */
  readonly activation?: UnaryName;
  /** Whether the embedding of the tokens is the readout as well: one parameter, a vector, with two uses. Default false. */
  readonly tied?: boolean;
  /** Biases of attention (but of the keys, where softmax ignores them) and feed-forward parts. Default none. */
  readonly biases?: boolean;
}

/**
 * A decoder-only transformer in the manner of GPT-2 (Radford et al. 2019), layer norms before the parts of a block:
 *
 *     x⁰ = embedding[tokens] + position
 *     y^l = x^(l−1) + attention_l(LN(x^(l−1))),  x^l = y^l + down_l φ(up_l LN(y^l))
 *     f = unembedding LN(x^L)
 *
 * Attention is causal: no position looks at a later one. With `tied`, unembedding = embedding.
 *
 * Data `tokens` [batch, time], indices into `vocabulary`; parameters `embedding` and `unembedding` [vocabulary, n],
 * `position` [time, n], per block `query{l}`, `key{l}`, `value{l}` [head, key, n], `mix{l}` [n, head, key], `up{l}`
 * [wide, n], `down{l}` [n, wide], and from zero the gains and shifts of the norms (`gainAttention{l}` …) and the biases
 * (`queryBias{l}` …); output `f` [batch, time, vocabulary], logits of the token that follows, a sum over the width, which
 * a parametrization scales. Widths are `n`, `key` = n/heads and `wide` = expansion · n.
 *
 * Throws {@link UserError} `nets.bad-depth`, `nets.bad-count`, `nets.bad-choice`, `nets.bad-multiplier`.
 */
export function transformer(options: TransformerOptions): Net {
  const { vocabulary, context, depth = 2, expansion = 4, tied = false, biases = false } = options;
  if (!Number.isSafeInteger(depth) || depth < 1) throw badDepth('transformer', depth);
  checkAttention('transformer', options);
  checkCounts('transformer', {
    vocabulary: [vocabulary, 'the number of tokens that there are'],
    context: [context, 'the number of tokens per example'],
    expansion: [expansion, 'the width of a feed-forward part over that of the network'],
  });
  const spaces: readonly Space[] = [
    { name: 'batch', kind: 'fixed', size: { symbol: 'batch', ratio: 1 } },
    { name: 'time', kind: 'fixed', size: context },
    { name: 'vocabulary', kind: 'fixed', size: vocabulary },
    { name: 'n', kind: 'width', size: { symbol: 'n', ratio: 1 } },
    { name: 'wide', kind: 'width', size: { symbol: 'n', ratio: expansion } },
    ...attentionSpaces(options),
  ];
  const net = new NetWriter(`transformer of ${depth} ${depth === 1 ? 'block' : 'blocks'}`, spaces);
  const { writer } = net;
  const type = { kind: 'index', of: 'vocabulary', axes: ['batch', 'time'] } as const;
  const tokens = writer.write({ op: 'input', role: 'data', type }, 'tokens');
  const table = net.parameter('embedding', 'vector', ['vocabulary', 'n']);
  const words = writer.write({ op: 'gather', table: table.name, index: tokens.name, axis: 'vocabulary' });
  let x = net.sum([words, net.vector('position', ['time', 'n'], normal())], 'x0');
  net.layer({ name: 'embedding', parameter: 'embedding', preactivation: 'x0' });
  const places = { kind: 'real', axes: ['time'] } as const;
  const causal = writer.write({ op: 'constant', type: places, values: Array.from({ length: context }, (_, t) => t) });
  for (let l = 1; l <= depth; l++) {
    const attended = attention(net, net.normalized(x, `Attention${l}`), { ...options, biases, suffix: `${l}`, causal });
    const y = net.sum([x, attended], `y${l}`);
    x = net.sum([y, feedForward(net, net.normalized(y, `Feed${l}`), l, options)], `x${l}`);
  }
  const top = net.normalized(x, 'Final');
  const name = tied ? 'embedding' : 'unembedding';
  const readout = tied ? table : net.parameter(name, 'readout', ['vocabulary', 'n']);
  return net.finish(writer.contract(top, readout, ['n'], 'f'), name);
}

/** down φ(up x): [n] → [wide] → [n]; the deviation of `down` counts its fan-in in units of n. */
function feedForward(net: NetWriter, x: Value, l: number, options: TransformerOptions): Value {
  const { expansion = 4, activation = 'gelu', biases = false } = options;
  const { writer } = net;
  const [up, down] = [net.parameter(`up${l}`, 'matrix', ['wide', 'n']), `down${l}`];
  const inner = writer.contract(x, up, ['n'], biases ? undefined : `h${l}`);
  const h = biases ? net.biased(inner, `upBias${l}`, ['wide'], `h${l}`) : inner;
  const active = net.apply(activation, h, `g${l}`);
  net.layer({ name: `up ${l}`, parameter: `up${l}`, preactivation: `h${l}`, activation: `g${l}` });
  const weight = net.parameter(down, 'matrix', ['n', 'wide'], normal(expansion ** -0.5));
  const outer = writer.contract(active, weight, ['wide'], biases ? undefined : `d${l}`);
  net.layer({ name: `down ${l}`, parameter: down, preactivation: `d${l}` });
  return biases ? net.biased(outer, `downBias${l}`, ['n'], `d${l}`) : outer;
}
