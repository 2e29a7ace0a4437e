import type { Expr, Space, UnaryName, Value } from '../program/index.ts';
import { badChoice, badDepth, badHeadSize } from './errors.ts';
import { ENCODER_ACTIVATIONS } from './language/activations.ts';
import type { Net } from './net.ts';
import { checkCounts, NetWriter, normal } from './netWriter.ts';
import {
  type AttentionOptions,
  type AttentionParts,
  attention,
  attentionSpaces,
  checkAttention,
} from './parts/attention.ts';
import { lookedUp } from './parts/embedding.ts';
import { feedForward } from './parts/feedForward.ts';
import { type Normalization, normalized } from './parts/normalization.ts';
import type { Projection } from './parts/projection.ts';
import { residual } from './parts/residual.ts';
import { chainNet, placed, type WrittenStage } from './stage.ts';

/** In the manner of GPT-2 (Radford et al. 2019), or of Llama (Touvron et al. 2023). */
export type TransformerStyle = 'gpt' | 'llama';

/** What `transformer` makes: vocabulary, context, blocks, heads and tied embeddings. */
export interface TransformerOptions extends AttentionOptions {
  /** Default gpt. */
  readonly style?: TransformerStyle;
  /**
   * Of Llama's style: coordinates of a head, an even number that stays as it is, so that heads grow in number with the width;
   * default {@link HEAD_SIZE}. And `heads` is how many queries share a key.
   */
  readonly headSize?: number;
  /** Number of tokens that there are. */
  readonly vocabulary: number;
  /** Tokens per example: the size of the axis `time`. */
  readonly context: number;
  /** Blocks; default 2. */
  readonly depth?: number;
  /** The hidden layer of a feed-forward part is this many times the width; default 4. */
  readonly expansion?: number;
  /** Of the feed-forward parts; default gelu, in Llama's style silu. */
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
 * Attention is causal: no position looks at a later one. With `tied`, unembedding = embedding. In Llama's style norms are by
 * the root of the mean square, without shifts; positions turn queries and keys in place of a table; feed-forward parts have a
 * gate, down_l (φ(gate_l z) ∘ up_l z); and `heads` queries share each key and value.
 *
 * The embedding, every block and the head are stages, and all blocks are one program.
 *
 * Data `tokens` [batch, time], indices into `vocabulary`; parameters `embedding` and `unembedding` [vocabulary, n],
 * `position` [time, n], per block `query{l}`, `key{l}`, `value{l}` [head, key, n], `mix{l}` [n, head, key], `up{l}`
 * [wide, n], `down{l}` [n, wide], and from zero the gains and shifts of the norms (`gainAttention{l}` …) and the biases
 * (`queryBias{l}` …); output `f` [batch, time, vocabulary], logits of the token that follows, a sum over the width, which
 * a parametrization scales. Widths are `n`, `key` = n/heads and `wide` = expansion · n. In Llama's style `head` is [group,
 * member] of queries and [group] of keys and values, a width of n/(heads · headSize), and `key` has headSize coordinates.
 * Weights start without powers of n before a parametrization.
 *
 * Throws {@link UserError} `nets.bad-depth`, `nets.bad-count`, `nets.bad-choice`, `nets.bad-multiplier`.
 */
export function transformer(options: TransformerOptions): Net {
  const { vocabulary, context, depth = 2, heads = 1, expansion = 4, tied = false } = options;
  if (!Number.isSafeInteger(depth) || depth < 1) throw badDepth('transformer', depth);
  checkAttention('transformer', options);
  const style = styleOf(options);
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
    ...style.headSpaces(width, heads),
  ];
  const block = transformerBlock(spaces, options, style);
  const readout = tied ? 'embedding' : 'unembedding';
  const stages = [
    placed(tokenStage(spaces, style), { name: 'embedding', values: { x0: 'x0' } }),
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
    placed(headStage(spaces, style), {
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
const BLOCK_VALUES = ['queries', 'keys', 'values', 'shares', 'attended', 'y', 'h', 'gates', 'g', 'd', 'x'];

function tokenStage(spaces: readonly Space[], { learntPositions }: Style): WrittenStage {
  const net = new NetWriter('embedding', spaces);
  const words = lookedUp(net, { table: 'embedding', of: 'vocabulary', index: 'tokens', axes: ['batch', 'time'] });
  const positions = learntPositions ? [net.vector('position', ['time', 'n'], { law: normal() })] : [];
  const x0 = net.sum([words, ...positions], 'x0');
  net.layer({ name: 'embedding', parameter: 'embedding', preactivation: 'x0' });
  net.writer.output(HIDDEN, x0);
  return net.stage();
}

function transformerBlock(spaces: readonly Space[], options: TransformerOptions, style: Style): WrittenStage {
  const { context, expansion = 4, biases = false, scaling = '1/d', multiplier = 1 } = options;
  const { activation = style.activation } = options;
  const net = new NetWriter('block', spaces);
  const projection = (weight: string): Projection => (biases ? { weight, bias: `${weight}Bias` } : { weight });
  const places = net.writer.write({
    op: 'constant',
    type: { kind: 'real', axes: ['time'] },
    values: Array.from({ length: context }, (_, t) => t),
  });
  const x = net.input(HIDDEN, ACTIVATIONS);
  const y = residual(net, x, { norm: style.normalization('Attention'), normed: 'before', value: 'y' }, (z) =>
    attention(net, z, {
      query: projection('query'),
      // A bias of the keys would add the same to all scores of a query, but for positions that turn them.
      key: { weight: 'key' },
      value: projection('value'),
      mix: projection('mix'),
      scaling,
      multiplier,
      mask: { by: 'time', places },
      ...style.heads(places),
    }),
  );
  // The deviation of `down` counts its fan-in in units of n.
  const down = { ...projection('down'), law: normal(expansion ** -0.5) };
  const next = residual(net, y, { norm: style.normalization('Feed'), normed: 'before', value: 'x' }, (z) =>
    feedForward(net, z, { up: projection('up'), down, activation, ...style.gate(projection) }),
  );
  net.writer.output(HIDDEN, next);
  return net.stage();
}

function headStage(spaces: readonly Space[], style: Style): WrittenStage {
  const net = new NetWriter('head', spaces);
  const top = normalized(net, net.input(HIDDEN, ACTIVATIONS), style.normalization('Final'));
  const readout = net.parameter('unembedding', 'readout', ['vocabulary', 'n']);
  net.writer.output('f', net.writer.contract(top, readout, ['n'], 'f'));
  net.layer({ name: 'output', parameter: 'unembedding', preactivation: 'f' });
  return net.stage();
}

/** What differs between the manners of writing a transformer. */
interface Style {
  readonly learntPositions: boolean;
  readonly activation: UnaryName | Expr;
  readonly headSpaces: (width: Space, heads: number) => readonly Space[];
  readonly normalization: (part: string) => Normalization;
  readonly heads: (places: Value) => Pick<AttentionParts, 'heads' | 'rotary'>;
  readonly gate: (projection: (weight: string) => Projection) => { readonly gate?: Projection };
}

/** Coordinates of a head in Llama's style. */
export const HEAD_SIZE = 8;
/** The base of its rotary positions. */
const ROTARY_BASE = 10_000;

const GPT: Style = {
  learntPositions: true,
  activation: 'gelu',
  headSpaces: attentionSpaces,
  normalization: (part) => ({ gain: `gain${part}`, shift: `shift${part}`, gains: '1 + gain' }),
  heads: () => ({}),
  gate: () => ({}),
};

function styleOf({ style = 'gpt', headSize = HEAD_SIZE }: TransformerOptions): Style {
  if (style === 'gpt') return GPT;
  if (style !== 'llama') throw badChoice('transformer', 'style', style, ['gpt', 'llama']);
  if (!Number.isSafeInteger(headSize) || headSize < 2 || headSize % 2 !== 0) throw badHeadSize(headSize);
  const frequencies = Array.from({ length: headSize / 2 }, (_, j) => ROTARY_BASE ** ((-2 * j) / headSize));
  return {
    learntPositions: false,
    activation: ENCODER_ACTIVATIONS.silu,
    headSpaces: (_, members) => [
      { name: 'group', kind: 'width', size: { symbol: 'n', ratio: 1 / (members * headSize) } },
      { name: 'member', kind: 'fixed', size: members },
      { name: 'key', kind: 'fixed', size: headSize },
    ],
    normalization: (part) => ({ norm: 'root-mean-square', gain: `gain${part}`, gains: '1 + gain' }),
    heads: (places) => ({
      heads: { queries: ['group', 'member'], keys: ['group'] },
      rotary: { by: { frequencies }, places },
    }),
    gate: (projection) => ({ gate: projection('gate') }),
  };
}
