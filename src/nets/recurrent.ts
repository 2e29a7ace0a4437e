import { add, argument, type Expr, mul, sub, type UnaryName, type Value, type Writer } from '../program/index.ts';
import type { Net } from './net.ts';
import { checkCounts, INPUT_LAW, NetWriter, vectorSpaces } from './netWriter.ts';

/** What `recurrent` makes: steps, gates, activation and outputs. */
export interface RecurrentOptions {
  /** Time steps over which the network is unrolled: the size of the axis `time`. */
  readonly steps: number;
  /** A gated recurrent unit instead of a simple network. Default false. */
  readonly gated?: boolean;
  /** Default tanh. */
  readonly activation?: UnaryName | Expr;
  /** Outputs, read at the last step; a single one has no class axis. Default 1. */
  readonly classes?: number;
  /** A bias of the output, a scalar that starts at 0, which no power of the width touches. Default none. */
  readonly outputBias?: boolean;
}

/**
 * A recurrent network, its weights tied over the time steps t = 1 … T, ξ_t the data of step t and x_0 = 0. Simple
 * (Elman 1990):
 *
 *     h_t = u ξ_t + w x_(t−1) + b,  x_t = φ(h_t),  f = v x_T
 *
 * Gated (Cho et al. 2014), with update gate z, reset gate r and σ the logistic function:
 *
 *     z_t = σ(uz ξ_t + wz x_(t−1) + bz),  r_t = σ(ur ξ_t + wr x_(t−1) + br),
 *     h_t = u ξ_t + w (r_t ∘ x_(t−1)) + b,  x_t = z_t ∘ x_(t−1) + (1 − z_t) ∘ φ(h_t)
 *
 * Data `x` [batch, time, input]; parameters `u…` [n, input], `w…` [n, n′], `b…` [n] from zero, `v` [n] or [class, n],
 * `outputBias` [] or [class] where there is one; output `f` [batch] or [batch, class], a sum over the width, which a
 * parametrization scales, before the bias is added. Weights start at N(0, 1), `u…` at N(0, 1/|input|), without powers of n
 * before a parametrization.
 *
 * Throws {@link UserError} `nets.bad-count`.
 */
export function recurrent(options: RecurrentOptions): Net {
  const { steps, gated = false, activation = 'tanh', classes = 1, outputBias = false } = options;
  const counts = { steps: [steps, 'the number of time steps'], classes: [classes, 'the number of outputs'] } as const;
  checkCounts('recurrent', counts);
  const spaces = [...vectorSpaces(classes), { name: 'time', kind: 'fixed', size: steps } as const];
  const net = new NetWriter(`${gated ? 'gated' : 'simple'} recurrent network of ${steps} steps`, spaces);
  const { writer } = net;
  const x = net.input('x', ['batch', 'time', 'input']);
  const candidate = affine(net, '');
  const [update, reset] = gated ? [affine(net, 'z'), affine(net, 'r')] : [];
  let state: Value | undefined;
  for (let t = 1; t <= steps; t++) {
    const at = writer.write({ op: 'constant', type: { kind: 'index', of: 'time', axes: [] }, values: [t - 1] });
    const input = net.gather(x, at, 'time');
    const gate = update && net.apply('sigmoid', update(input, state, `hz${t}`), `z${t}`);
    // At the first step the reset gate has nothing to reset.
    const kept =
      reset && state && multiplied(writer, net.apply('sigmoid', reset(input, state, `hr${t}`), `r${t}`), state);
    const active = net.apply(activation, candidate(input, kept ?? state, `h${t}`), gate ? undefined : `x${t}`);
    state = gate ? mixed(writer, gate, state, active, `x${t}`) : active;
    const parameter = t === 1 ? 'u' : 'w';
    net.layer({ name: `step ${t}`, parameter, preactivation: `h${t}`, activation: `x${t}` });
  }
  return net.net(net.readout(state ?? x, 'v', classes, outputBias ? 'outputBias' : undefined));
}

type Affine = (input: Value, state: Value | undefined, name: string) => Value;

/** u ξ + w x + b, the same parameters at every call; w x is left out where there is no x yet. */
function affine(net: NetWriter, suffix: string): Affine {
  const { writer } = net;
  const u = net.parameter(`u${suffix}`, 'vector', ['n', 'input'], { law: INPUT_LAW });
  const w = net.parameter(`w${suffix}`, 'matrix', ['n', "n'"]);
  const b = net.vector(`b${suffix}`, ['n']);
  return (input, state, name) => {
    const driven = writer.contract(input, u, ['input']);
    const recalled = state === undefined ? [] : [writer.contract(writer.rename(state, [['n', "n'"]]), w, ["n'"])];
    return net.sum([driven, ...recalled, b], name);
  };
}

const [one, two, three] = [argument(0), argument(1), argument(2)];

function multiplied(writer: Writer, gate: Value, state: Value): Value {
  return writer.map(mul(one, two), [gate, state]);
}

/** z ∘ x + (1 − z) ∘ y, x = 0 where there is none. */
function mixed(writer: Writer, gate: Value, state: Value | undefined, active: Value, name: string): Value {
  const fresh = mul(sub(1, one), two);
  if (state === undefined) return writer.map(fresh, [gate, active], name);
  return writer.map(add(fresh, mul(one, three)), [gate, active, state], name);
}
