import type { Parameter } from '../parametrizations/index.ts';
import { argument, type UnaryName, unary, Writer } from '../program/index.ts';
import { badDepth } from './errors.ts';
import type { Layer, Net } from './net.ts';

export interface MlpOptions {
  /** Hidden layers; default 2. */
  readonly depth?: number;
  /** Default relu. */
  readonly activation?: UnaryName;
  /** Outputs; a single one has no class axis. Default 1. */
  readonly classes?: number;
  /** A bias for every hidden layer, a vector that starts at 0. Default none. */
  readonly biases?: boolean;
}

/**
 * A multilayer perceptron: h¹ = w1 x / √|input|, x^l = φ(h^l), h^(l+1) = w_(l+1) x^l, f = w_(L+1) x^L. Data `x`
 * [batch, input]; parameters `w1` [n, input], `w2` … `wL` [n, n′], `w{L+1}` [n] or [class, n]; output `f` [batch] or
 * [batch, class], a sum over the width, which a parametrization scales.
 */
export function mlp({ depth = 2, activation = 'relu', classes = 1, biases = false }: MlpOptions = {}): Net {
  if (!Number.isSafeInteger(depth) || depth < 1) throw badDepth('mlp', depth);
  const writer = new Writer(`MLP of ${depth} hidden ${depth === 1 ? 'layer' : 'layers'}`);
  writer.space({ name: 'batch', kind: 'fixed', size: { symbol: 'batch', ratio: 1 } });
  writer.space({ name: 'input', kind: 'fixed', size: { symbol: 'input', ratio: 1 } });
  if (classes > 1) writer.space({ name: 'class', kind: 'fixed', size: classes });
  writer.space({ name: 'n', kind: 'width', size: { symbol: 'n', ratio: 1 } });
  const law = { kind: 'gaussian', scale: 1, powers: [] } as const;
  const parameters: Parameter[] = [];
  const layers: Layer[] = [];
  const data = { op: 'input', role: 'data', type: { kind: 'real', axes: ['batch', 'input'] } } as const;
  let x = writer.write(data, 'x');
  for (let layer = 1; layer <= depth; layer++) {
    const [first, name] = [layer === 1, `w${layer}`];
    const inputScale = { kind: 'gaussian', scale: 1, powers: [{ space: 'input', exponent: -0.5 }] } as const;
    const axes = ['n', first ? 'input' : "n'"];
    const w = writer.write({ op: 'parameter', axes, law: first ? inputScale : law }, name);
    const input = first ? x : writer.rename(x, [['n', "n'"]]);
    const plain = writer.contract(input, w, [first ? 'input' : "n'"], biases ? `${name} x` : `h${layer}`);
    parameters.push({ name, kind: first ? 'vector' : 'matrix' });
    const h = biases ? withBias(writer, plain, layer) : plain;
    if (biases) parameters.push({ name: `b${layer}`, kind: 'vector' });
    x = writer.map(unary(activation, argument(0)), [h], `x${layer}`);
    layers.push({ name: `layer ${layer}`, parameter: name, preactivation: `h${layer}`, activation: `x${layer}` });
  }
  const last = `w${depth + 1}`;
  const readout = writer.write({ op: 'parameter', axes: classes > 1 ? ['class', 'n'] : ['n'], law }, last);
  parameters.push({ name: last, kind: 'readout' });
  writer.output('f', writer.contract(x, readout, ['n'], 'f'));
  layers.push({ name: 'output', parameter: last, preactivation: 'f' });
  return { program: writer.finish(), parameters, output: 'f', layers, depth };
}

function withBias(writer: Writer, h: ReturnType<Writer['contract']>, layer: number): typeof h {
  const one = writer.write({ op: 'constant', type: { kind: 'real', axes: [] }, values: [1] });
  const b = writer.write({ op: 'parameter', axes: ['n'], law: { kind: 'constant', value: 0 } }, `b${layer}`);
  const added = writer.contract(one, b, []);
  return writer.map({ op: 'binary', name: 'add', left: argument(0), right: argument(1) }, [h, added], `h${layer}`);
}
