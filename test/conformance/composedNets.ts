/** Nets of random layers: dense ones that may share weights or use them transposed, norms, gates, windows, attention. */

import fc from 'fast-check';
import type { Net } from '../../src/nets/index.ts';
import { INPUT_LAW, NetWriter, normal, vectorSpaces } from '../../src/nets/netWriter.ts';
import { attention, attentionSpaces } from '../../src/nets/parts/attention.ts';
import { feedForward } from '../../src/nets/parts/feedForward.ts';
import { normalized } from '../../src/nets/parts/normalization.ts';
import { argument, mul, type Space, type UnaryName, type Value } from '../../src/program/index.ts';

/** Layers by name, each with numbers by which it picks what it reads. */
export interface Composition {
  /** Places of a series; 0 where examples are vectors. */
  readonly places: number;
  readonly classes: number;
  readonly outputBias: boolean;
  readonly layers: readonly (readonly [LayerName, number, number])[];
}

/** What is written so far. */
interface Written {
  readonly net: NetWriter;
  /** Values on [batch, n] or [batch, time, n], first to last. */
  readonly values: Value[];
  /** Square weights. */
  readonly weights: Value[];
  readonly series: boolean;
  /** Parts whose values have names of their own, which a net has once. */
  readonly once: Set<string>;
}

type WriteLayer = (written: Written, x: Value, k: number, label: string) => Value;

const PHI = ['tanh', 'relu', 'sin', 'gelu', 'sigmoid', 'abs'] as const satisfies readonly UnaryName[];
const pick = <T>(all: readonly [T, ...T[]], k: number): T => all[k % all.length] ?? all[0];

/** A new square weight, or one that another layer has. */
function square({ net, weights }: Written, k: number, label: string): Value {
  const shared = k % 3 === 0 ? weights[k % Math.max(1, weights.length)] : undefined;
  if (shared !== undefined) return shared;
  const made = net.parameter(`w${label}`, 'matrix', ['n', "n'"]);
  weights.push(made);
  return made;
}

/** Layers on series leave the others as they are. */
const LAYERS = {
  activation: ({ net }, x, k) => net.apply(pick(PHI, k), x),
  dense: (written, x, k, label) => {
    const weight = square(written, k, label);
    return written.net.writer.contract(written.net.writer.rename(x, [['n', "n'"]]), weight, ["n'"]);
  },
  transposed: (written, x, k, label) => {
    const { writer } = written.net;
    return writer.rename(writer.contract(x, square(written, k, label), ['n']), [["n'", 'n']]);
  },
  bias: ({ net }, x, _, label) => net.biased(x, `b${label}`, ['n']),
  skip: ({ net, values }, x, k) => net.sum([x, values[k % values.length] ?? x]),
  gate: ({ net, values }, x, k) => {
    const gate = net.apply('sigmoid', values[k % values.length] ?? x);
    return net.writer.map(mul(argument(0), argument(1)), [x, gate]);
  },
  norm: ({ net }, x, k, label) =>
    normalized(net, x, {
      ...{ gain: `gain${label}`, shift: `shift${label}`, gains: pick(['1 + gain', 'gain'], k), epsilon: 0.01 },
    }),
  feed: ({ net, once }, x, k, label) => {
    if (once.has('feed')) return x;
    once.add('feed');
    return feedForward(net, x, {
      ...{ up: { weight: `up${label}` }, down: { weight: `down${label}` }, activation: pick(PHI, k) },
    });
  },
  pool: ({ net, series }, x, k) => {
    if (!series) return x;
    const windowing = { axis: 'time', position: 'time', offset: 'tap', before: k % 2 };
    return net.writer.reduce(pick(['mean', 'max'], k >> 1), net.writer.window(x, windowing), ['tap']);
  },
  convolution: ({ net, series }, x, k, label) => {
    if (!series) return x;
    const law = normal(1, [{ space: 'tap', exponent: -0.5 }]);
    const weight = net.parameter(`w${label}`, 'matrix', ['n', 'tap', "n'"], { law });
    const windowing = { axis: 'time', position: 'time', offset: 'tap', before: k % 2 };
    const windows = net.writer.window(net.writer.rename(x, [['n', "n'"]]), windowing);
    return net.writer.contract(windows, weight, ['tap', "n'"]);
  },
  attention: ({ net, series, once }, x, _, label) => {
    if (!series || once.has('attention')) return x;
    once.add('attention');
    const weight = (role: string): { weight: string } => ({ weight: `${role}${label}` });
    return attention(net, x, {
      ...{ query: weight('query'), key: weight('key'), value: weight('value'), mix: weight('mix') },
    });
  },
  'last place': ({ net, series }, x, k) => {
    if (!series) return x;
    const at = net.writer.write({ op: 'constant', type: { kind: 'index', of: 'time', axes: [] }, values: [0] });
    const one = net.gather(x, at, 'time');
    return net.writer.broadcast(k % 2 === 0 ? one : net.writer.reduce('mean', x, ['time']), ['time']);
  },
} as const satisfies Readonly<Record<string, WriteLayer>>;

type LayerName = keyof typeof LAYERS;
const LAYER_NAMES = Object.keys(LAYERS) as readonly LayerName[]; // the keys of the table above

const number = fc.nat(11);
export const compositions: fc.Arbitrary<Composition> = fc.record({
  places: fc.constantFrom(0, 1, 2, 3),
  classes: fc.integer({ min: 1, max: 3 }),
  outputBias: fc.boolean(),
  layers: fc.array(fc.tuple(fc.constantFrom(...LAYER_NAMES), number, fc.nat(5)), { minLength: 0, maxLength: 6 }),
});

/** The net of a composition: w0 x, its layers each on an earlier value (mostly the last), readout of a mean over time. */
export function composed({ places, classes, outputBias, layers }: Composition): Net {
  const series = places > 0;
  const width: Space = { name: 'n', kind: 'width', size: { symbol: 'n', ratio: 1 } };
  const net = new NetWriter('composition', [
    ...vectorSpaces(classes),
    ...(series ? [{ name: 'time', kind: 'fixed', size: places } as const] : []),
    { name: 'tap', kind: 'fixed', size: 2 },
    { name: 'wide', kind: 'width', size: { symbol: 'n', ratio: 2 } },
    ...attentionSpaces(width, 2),
  ]);
  const { writer } = net;
  const first = net.parameter('w0', 'vector', ['n', 'input'], { law: INPUT_LAW });
  const data = net.input('x', ['batch', ...(series ? ['time'] : []), 'input']);
  const values = [writer.contract(data, first, ['input'], 'x0')];
  const written: Written = { net, values, weights: [], series, once: new Set() };
  net.layer({ name: 'input', parameter: 'w0', preactivation: 'x0' });
  for (const [k, [name, choice, back]] of layers.entries()) {
    // Three in six read the value before.
    const read = values[Math.max(0, values.length - 1 - Math.max(0, back - 2))] ?? values[0];
    if (read !== undefined) values.push(LAYERS[name](written, read, choice, `${k + 1}`));
  }
  const last = values[values.length - 1] ?? data;
  const pooled = series ? writer.reduce('mean', last, ['time']) : last;
  return net.net(net.readout(pooled, 'v', classes, outputBias ? 'outputBias' : undefined));
}
