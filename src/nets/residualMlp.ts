import type { Expr, UnaryName } from '../program/index.ts';
import { badDepth } from './errors.ts';
import type { Net } from './net.ts';
import { checkCounts, INPUT_LAW, NetWriter, vectorSpaces } from './netWriter.ts';
import { type Normalization, normalized } from './parts/normalization.ts';
import { residual } from './parts/residual.ts';

/** What `residualMlp` makes: blocks, activation and outputs. */
export interface ResidualMlpOptions {
  /** Residual blocks; default 2. */
  readonly depth?: number;
  /** Default relu. */
  readonly activation?: UnaryName | Expr;
  /** Outputs; a single one has no class axis. Default 1. */
  readonly classes?: number;
  /** A bias of the output, a scalar that starts at 0, which no power of the width touches. Default none. */
  readonly outputBias?: boolean;
}

/**
 * A residual multilayer perceptron (He et al. 2016) with layer norm (Ba et al. 2016) before each block:
 *
 *     x⁰ = w0 x,  h^l = w_l LN_l(x^(l−1)) + b_l,  x^l = x^(l−1) + φ(h^l),  f = w_(L+1) LN_(L+1)(x^L)
 *
 * Data `x` [batch, input]; parameters `w0` [n, input], `w1` … `wL` [n, n′], biases `b1` … `bL`, gains `gain1` … and
 * shifts `shift1` … of the norms, all [n] and zero at the start (a gain is 1 plus its parameter), `w{L+1}` [n] or
 * [class, n], `outputBias` [] or [class] where there is one; output `f` [batch] or [batch, class], a sum over the width,
 * which a parametrization scales, before the bias is added. Weights start at N(0, 1), `w0` at N(0, 1/|input|), without powers
 * of n before a parametrization.
 *
 * Throws {@link UserError} `nets.bad-depth`, `nets.bad-count`.
 */
export function residualMlp(options: ResidualMlpOptions = {}): Net {
  const { depth = 2, activation = 'relu', classes = 1, outputBias = false } = options;
  if (!Number.isSafeInteger(depth) || depth < 1) throw badDepth('residualMlp', depth);
  checkCounts('residualMlp', { classes: [classes, 'the number of outputs'] });
  const name = `residual MLP of ${depth} ${depth === 1 ? 'block' : 'blocks'}`;
  const net = new NetWriter(name, vectorSpaces(classes));
  const { writer } = net;
  const first = net.parameter('w0', 'vector', ['n', 'input'], { law: INPUT_LAW });
  let x = writer.contract(net.input('x', ['batch', 'input']), first, ['input'], 'x0');
  net.layer({ name: 'input', parameter: 'w0', preactivation: 'x0' });
  for (let l = 1; l <= depth; l++) {
    const weight = net.parameter(`w${l}`, 'matrix', ['n', "n'"]);
    const norm = layerNorm(l);
    x = residual(net, x, { norm, normed: 'before', value: `x${l}` }, (normal) => {
      const product = writer.contract(writer.rename(normal, [['n', "n'"]]), weight, ["n'"]);
      return net.apply(activation, net.biased(product, `b${l}`, ['n'], `h${l}`));
    });
    net.layer({ name: `block ${l}`, parameter: `w${l}`, preactivation: `h${l}`, activation: `x${l}` });
  }
  const top = normalized(net, x, layerNorm(depth + 1));
  return net.net(net.readout(top, `w${depth + 1}`, classes, outputBias ? 'outputBias' : undefined));
}

const layerNorm = (l: number): Normalization => ({ gain: `gain${l}`, shift: `shift${l}`, gains: '1 + gain' });
