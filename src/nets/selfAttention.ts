import type { Space } from '../program/index.ts';
import type { Net } from './net.ts';
import { checkCounts, INPUT_LAW, NetWriter, vectorSpaces } from './netWriter.ts';
import { type AttentionOptions, attention, attentionSpaces, checkAttention } from './parts/attention.ts';

/** What `selfAttention` makes: heads and outputs. */
export interface SelfAttentionOptions extends AttentionOptions {
  /** Outputs; a single one has no class axis. Default 1. */
  readonly classes?: number;
}

/**
 * One layer of self-attention (Vaswani et al. 2017) between an embedding and a readout of the mean over time:
 *
 *     x0 = w0 x,  x1 = x0 + attention(x0),  f = w1 · mean over time of x1
 *
 * Data `x` [batch, time, input]; parameters `w0` [n, input], `query`, `key`, `value` [head, key, n], `mix`
 * [n, head, key], `w1` [n] or [class, n]; output `f` [batch] or [batch, class], a sum over the width, which a
 * parametrization scales. `key` is a width of n/heads. Weights start at N(0, 1), `w0` at N(0, 1/|input|), without powers of n
 * before a parametrization.
 *
 * Throws {@link UserError} `nets.bad-count`, `nets.bad-choice`, `nets.bad-multiplier`.
 */
export function selfAttention(options: SelfAttentionOptions = {}): Net {
  const { heads = 1, scaling, multiplier, classes = 1 } = options;
  checkAttention('selfAttention', options);
  checkCounts('selfAttention', { classes: [classes, 'the number of outputs'] });
  const time: Space = { name: 'time', kind: 'fixed', size: { symbol: 'time', ratio: 1 } };
  const width: Space = { name: 'n', kind: 'width', size: { symbol: 'n', ratio: 1 } };
  const spaces = [...vectorSpaces(classes), time, ...attentionSpaces(width, heads)];
  const net = new NetWriter(`self-attention of ${heads} ${heads === 1 ? 'head' : 'heads'}`, spaces);
  const { writer } = net;
  const first = net.parameter('w0', 'vector', ['n', 'input'], { law: INPUT_LAW });
  const x0 = writer.contract(net.input('x', ['batch', 'time', 'input']), first, ['input'], 'x0');
  net.layer({ name: 'input', parameter: 'w0', preactivation: 'x0' });
  const attended = attention(net, x0, {
    query: { weight: 'query' },
    key: { weight: 'key' },
    value: { weight: 'value' },
    mix: { weight: 'mix' },
    ...(scaling === undefined ? {} : { scaling }),
    ...(multiplier === undefined ? {} : { multiplier }),
  });
  const x1 = net.sum([x0, attended], 'x1');
  return net.net(net.readout(writer.reduce('mean', x1, ['time']), 'w1', classes));
}
