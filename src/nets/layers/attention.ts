/** Self-attention of the layer language. */

import { required } from '../../errors/index.ts';
import { type Axis, argument, type Expr, gaussian, mul, sizePower, unary, type Value } from '../../program/index.ts';
import { sharesOf } from '../parts/attention.ts';
import * as errors from './errors.ts';
import type { Flow, Part } from './flow.ts';
import type { LayerWriter, Weights } from './layerWriter.ts';
import type { Settings } from './settings.ts';

const MECHANISMS = ['SOFTMAX', 'IDENTITY', 'ABS', 'RELU'] as const;
type Mechanism = (typeof MECHANISMS)[number];

/**
 * Attention of all places to all: with k = key x, v = value x on [head, channels],
 *
 *     s = W_key W_query · mean over channels of k k′,  y = W_out Σ over time′ of p(s) v / √(heads · channels) + b
 *
 * With linear scaling queries and keys have the same weights (of independent ones the scores would tend to 0), so that
 * scores tend to numbers for each input, which `attention_mechanism` makes weights of.
 */
export function selfAttentionLayer(flow: Flow, settings: Settings, writer: LayerWriter): Flow {
  const { where } = settings;
  const channels = settings.count('n_chan_out');
  const [keys, values] = [settings.count('n_chan_key'), settings.count('n_chan_val')];
  const heads = settings.count('n_heads');
  const linear = settings.flag('linear_scaling', true);
  const deviation = (name: string): number => settings.deviation(name, 1);
  const [key, query] = [deviation('W_key_std'), deviation('W_query_std')];
  const [value, out] = [deviation('W_value_std'), deviation('W_out_std')];
  const bias = settings.maybeDeviation('b_std');
  const mechanism = settings.choice('attention_mechanism', MECHANISMS, 'SOFTMAX');
  const embedding = settings.choice('pos_emb_type', ['NONE', 'SUM', 'CONCAT'], 'NONE');
  const embedded = deviation('W_pos_emb_std');
  const intoValues = settings.flag('val_pos_emb', false);
  const [places, second] = flow.places;
  if (places === undefined || second !== undefined || flow.flat) {
    throw errors.badShape(where, 'attends along one axis of places, [batch, length, channels]');
  }
  if (!linear) {
    const instead = 'scores over √channels stay random in the limit; set linear_scaling to true';
    throw errors.unsupported(where, 'attention with square-root scaling', instead);
  }
  const { net } = writer;
  const name = `attention${writer.next()}`;
  const placed = embedding === 'NONE' ? flow : withPlaces(flow, embedding, embedded, `${name}.positions`, writer);
  const head = writer.fixed(`head.${heads}`, heads);
  const plain = (own: number): Weights => ({ deviation: own, bias: null, parameterization: 'ntk', scales: [1, 1] });
  const keySpace = writer.width(keys);
  const valueSpace = writer.width(values);
  const made = writer.linear(placed, plain(1), { name: `${name}.key`, out: [head, keySpace] });
  const { axis } = places;
  const later = (own: Value): Value => net.writer.rename(own, [[axis, `${axis}'`]]);
  const products = net.writer.contract(made, later(made), [keySpace]);
  const scores = net.writer.map(mul(mul(key * query, sizePower(keySpace, -1)), argument(0)), [products]);
  const shares = placeWeights(scores, mechanism, `${axis}'`, writer);
  const read = writer.linear(intoValues ? placed : flow, plain(value), {
    name: `${name}.value`,
    out: [head, valueSpace],
  });
  const attended = net.writer.contract(shares, later(read), [`${axis}'`]);
  const inner: Flow = { ...flow, parts: [{ value: attended, channel: valueSpace, channels: values }] };
  const channel = writer.width(channels);
  const weights: Weights = { deviation: out, bias, parameterization: 'ntk', scales: [1, 1] };
  const result = writer.linear(inner, weights, { name: `${name}.out`, out: [channel], over: [head] });
  return { ...flow, parts: [{ value: result, channel, channels }] };
}

function placeWeights(scores: Value, mechanism: Mechanism, over: Axis, { net }: LayerWriter): Value {
  const map = (expr: (score: Expr) => Expr): Value => net.writer.map(expr(argument(0)), [scores]);
  switch (mechanism) {
    case 'SOFTMAX':
      return sharesOf(net.writer, scores, over);
    case 'IDENTITY':
      return scores;
    case 'ABS':
      return map((score) => unary('abs', score));
    case 'RELU':
      return map((score) => unary('relu', score));
  }
}

/** The flow with an embedding of its places added to the channels or put beside them. */
function withPlaces(flow: Flow, how: 'SUM' | 'CONCAT', deviation: number, name: string, writer: LayerWriter): Flow {
  const { net } = writer;
  const [part, second] = flow.parts;
  const places = required(flow.places[0], 'places');
  if (part === undefined || second !== undefined) {
    throw errors.unsupported(name, 'an embedding of places beside concatenated channels', 'put a Dense layer before');
  }
  const channel = how === 'SUM' ? part.channel : writer.width(part.channels);
  const kind = writer.isWidth(channel) ? 'vector' : 'scalar';
  const table = net.vector(name, [places.axis, channel], { law: gaussian(1) }, kind);
  const own = net.writer.map(mul(deviation, argument(0)), [table]);
  if (how === 'SUM') return writer.each(flow, (value) => net.sum([value, own]));
  const repeated = net.writer.broadcast(own, ['batch']);
  const beside: Part = { value: repeated, channel, channels: part.channels };
  return { ...flow, parts: [part, beside] };
}
