import type { Expr, Space, UnaryName } from '../program/index.ts';
import { badDepth } from './errors.ts';
import type { Net } from './net.ts';
import { checkCounts, NetWriter, normal } from './netWriter.ts';
import { type AttentionOptions, attention, attentionSpaces, checkAttention } from './parts/attention.ts';
import { lookedUp } from './parts/embedding.ts';
import { feedForward } from './parts/feedForward.ts';
import { type Normalization, normalized } from './parts/normalization.ts';
import type { Projection } from './parts/projection.ts';
import { residual } from './parts/residual.ts';
import { chainNet, placed, type WrittenStage } from './stage.ts';

/** What `transformer` makes: vocabulary, context, blocks, heads and tied embeddings. */
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
  readonly activation?: UnaryName | Expr;
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
 * The embedding, every block and the head are stages, and all blocks are one program.
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
  const { vocabulary, context, depth = 2, heads = 1, expansion = 4, tied = false } = options;
  if (!Number.isSafeInteger(depth) || depth < 1) throw badDepth('transformer', depth);
  checkAttention('transformer', options);
  checkCounts('transformer', {
    vocabulary: [vocabulary, 'the number of tokens that there are'],
    context: [context, 'the number of tokens per example'],
    expansion: [expansion, 'the width of a feed-forward part over that of the network'],
  });
  const width: Space = { name: 'n', kind: 'width', size: { symbol: 'n', ratio: 1 } };
  const spaces: readonly Space[] = [
    { name: 'batch', kind: 'fixed', size: { symbol: 'batch', ratio: 1 } },
    { name: 'time', kind: 'fixed', size: context },
    { name: 'vocabulary', kind: 'fixed', size: vocabulary },
    width,
    { name: 'wide', kind: 'width', size: { symbol: 'n', ratio: expansion } },
    ...attentionSpaces(width, heads),
  ];
  const block = transformerBlock(spaces, options);
  const readout = tied ? 'embedding' : 'unembedding';
  const stages = [
    placed(tokenStage(spaces), { name: 'embedding', values: { x0: 'x0' } }),
    ...Array.from({ length: depth }, (_, k) => {
      const numbered = (own: string): string => `${own}${k + 1}`;
      const values = Object.fromEntries(BLOCK_VALUES.map((own) => [own, numbered(own)]));
      return placed(block, {
        name: numbered('block.'),
        parameter: numbered,
        values,
        layer: (own) => `${own} ${k + 1}`,
      });
    }),
    placed(headStage(spaces), {
      name: 'head',
      values: { f: 'f' },
      parameter: (own) => (own === 'unembedding' ? readout : own),
    }),
  ];
  return chainNet(`transformer of ${depth} ${depth === 1 ? 'block' : 'blocks'}`, stages, { output: 'f' });
}

/** What one stage hands to the next, [batch, time, n]. */
const HIDDEN = 'hidden';
const ACTIVATIONS = ['batch', 'time', 'n'];

/** Values of a block that the network knows, numbered by block. */
const BLOCK_VALUES = ['queries', 'keys', 'values', 'shares', 'attended', 'y', 'h', 'g', 'd', 'x'];

const normalization = (part: string): Normalization => ({
  gain: `gain${part}`,
  shift: `shift${part}`,
  gains: '1 + gain',
});

function tokenStage(spaces: readonly Space[]): WrittenStage {
  const net = new NetWriter('embedding', spaces);
  const words = lookedUp(net, { table: 'embedding', of: 'vocabulary', index: 'tokens', axes: ['batch', 'time'] });
  const x0 = net.sum([words, net.vector('position', ['time', 'n'], { law: normal() })], 'x0');
  net.layer({ name: 'embedding', parameter: 'embedding', preactivation: 'x0' });
  net.writer.output(HIDDEN, x0);
  return net.stage();
}

function transformerBlock(spaces: readonly Space[], options: TransformerOptions): WrittenStage {
  const { context, expansion = 4, activation = 'gelu', biases = false, scaling = '1/d', multiplier = 1 } = options;
  const net = new NetWriter('block', spaces);
  const projection = (weight: string): Projection => (biases ? { weight, bias: `${weight}Bias` } : { weight });
  const places = net.writer.write({
    op: 'constant',
    type: { kind: 'real', axes: ['time'] },
    values: Array.from({ length: context }, (_, t) => t),
  });
  const x = net.input(HIDDEN, ACTIVATIONS);
  const y = residual(net, x, { norm: normalization('Attention'), normed: 'before', value: 'y' }, (z) =>
    attention(net, z, {
      query: projection('query'),
      // A bias of the keys would add the same to all scores of a query.
      key: { weight: 'key' },
      value: projection('value'),
      mix: projection('mix'),
      scaling,
      multiplier,
      mask: { by: 'time', places },
    }),
  );
  // The deviation of `down` counts its fan-in in units of n.
  const down = { ...projection('down'), law: normal(expansion ** -0.5) };
  const next = residual(net, y, { norm: normalization('Feed'), normed: 'before', value: 'x' }, (z) =>
    feedForward(net, z, { up: projection('up'), down, activation }),
  );
  net.writer.output(HIDDEN, next);
  return net.stage();
}

function headStage(spaces: readonly Space[]): WrittenStage {
  const net = new NetWriter('head', spaces);
  const top = normalized(net, net.input(HIDDEN, ACTIVATIONS), normalization('Final'));
  const readout = net.parameter('unembedding', 'readout', ['vocabulary', 'n']);
  net.writer.output('f', net.writer.contract(top, readout, ['n'], 'f'));
  net.layer({ name: 'output', parameter: 'unembedding', preactivation: 'f' });
  return net.stage();
}
