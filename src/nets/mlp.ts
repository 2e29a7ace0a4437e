import type { Expr, UnaryName } from '../program/index.ts';
import { badDepth } from './errors.ts';
import type { Net } from './net.ts';
import { INPUT_LAW, NetWriter, normal, vectorSpaces } from './netWriter.ts';

/** What `mlp` makes: hidden layers, activation, outputs and biases. */
export interface MlpOptions {
  /** Hidden layers; default 2. */
  readonly depth?: number;
  /** A function by its name, or an expression in `argument(0)`; default relu. */
  readonly activation?: UnaryName | Expr;
  /** Outputs; a single one has no class axis. Default 1. */
  readonly classes?: number;
  /** A bias for every hidden layer, a vector that starts at 0. Default none. */
  readonly biases?: boolean;
  /** A bias of the output, a scalar that starts at 0, which no power of the width touches. Default none. */
  readonly outputBias?: boolean;
}

/**
 * A multilayer perceptron (IVb 2.2): h¹ = w1 x, x^l = φ(h^l), h^(l+1) = w_(l+1) x^l, f = w_(L+1) x^L. Data `x` [batch,
 * input]; parameters `w1` [n, input], `w2` … `wL` [n, n′], `w{L+1}` [n] or [class, n], `b{L+1}` [] or [class] with an
 * output bias; output `f` [batch] or [batch, class], a sum over the width, which a parametrization scales, before the
 * bias is added. Weights start at N(0, 1), `w1` at N(0, 1/|input|), without powers of n before a parametrization.
 *
 * Throws {@link UserError} `nets.bad-depth`.
 */
export function mlp(options: MlpOptions = {}): Net {
  const { depth = 2, activation = 'relu', classes = 1, biases = false, outputBias = false } = options;
  if (!Number.isSafeInteger(depth) || depth < 1) throw badDepth('mlp', depth);
  const name = `MLP of ${depth} hidden ${depth === 1 ? 'layer' : 'layers'}`;
  const net = new NetWriter(name, vectorSpaces(classes));
  const { writer } = net;
  let x = net.input('x', ['batch', 'input']);
  for (let layer = 1; layer <= depth; layer++) {
    const [weight, h] = [`w${layer}`, `h${layer}`];
    const [kind, axis, law] =
      layer === 1 ? (['vector', 'input', INPUT_LAW] as const) : (['matrix', "n'", normal()] as const);
    const w = net.parameter(weight, kind, ['n', axis], { law });
    const input = layer === 1 ? x : writer.rename(x, [['n', "n'"]]);
    const plain = writer.contract(input, w, [axis], biases ? `${weight} x` : h);
    x = net.apply(activation, biases ? net.biased(plain, `b${layer}`, ['n'], h) : plain, `x${layer}`);
    net.layer({ name: `layer ${layer}`, parameter: weight, preactivation: h, activation: `x${layer}` });
  }
  return net.net({ ...net.readout(x, `w${depth + 1}`, classes, outputBias ? `b${depth + 1}` : undefined), depth });
}
