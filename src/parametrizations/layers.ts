/**
 * A multilayer perceptron in a parametrization under an update rule, reduced to what decides its limit: how large each
 * layer starts and how far one step moves it.
 *
 * Only three numbers a layer matter (IVb 2.8), all unchanged by the abcd symmetry: a + b, a + c and d − a. Here c is the
 * *effective* rate exponent: with what clipping adds to it, and with the size of Q's output where its input is not of
 * order 1. For a linear Q that is the reduction of abcd to abc: c − d at the d that makes Q's input of order 1.
 */

import { required } from '../errors/index.ts';
import { type Exponent, HALF, least, minus, negated, ONE, plus, ZERO } from '../program/index.ts';
import type { Clipping } from './clipping.ts';
import {
  type Exponents,
  mlpLayers,
  mlpParameters,
  type ParameterKind,
  type Parametrization,
} from './parametrization.ts';
import { shiftOf } from './shift.ts';
import { clippedRule, response, ruleFor, type UpdateRule } from './updateRule.ts';

/** One layer's weights. */
export interface Layer {
  /** 1 to depth + 1. */
  readonly layer: number;
  readonly kind: ParameterKind;
  /** As the parametrization has them, the output's multiplier in the readout's a. */
  readonly exponents: Exponents;
  /** What clipping adds to c, and updates of whole matrices, whose entries are smaller than order 1. */
  readonly shift: Exponent;
  /** The effective rate exponent: an entry of w moves by n^(-rate) in one step. */
  readonly rate: Exponent;
  /** a + b: an entry of W starts at size n^(-start). */
  readonly start: Exponent;
  /** r: one step of this layer moves what it computes by n^(-r), relative to its input. */
  readonly r: Exponent;
  /** The passes through the other layers multiply its gradient by n^passed: 0 where these are stable. */
  readonly passed: Exponent;
}

/** A network to be classified. */
export interface Mlp {
  readonly depth: number;
  /** Q together with its clipping. */
  readonly rule: UpdateRule;
  readonly clipping: Clipping;
  /** 1 to depth. */
  readonly hidden: readonly Layer[];
  readonly readout: Layer;
  /** The smaller of b and the rate: an entry of the trained readout is of size n^(-a − readoutSize). */
  readonly readoutSize: Exponent;
  /** r of the hidden layers: their smallest. */
  readonly r: Exponent;
}

/** What one instruction of a forward or backward pass multiplies sizes by at initialization. */
export function forwardGain(kind: ParameterKind, start: Exponent): Exponent {
  return kind === 'vector' ? negated(start) : minus(HALF, start);
}

/** Reads a parametrization as that of a multilayer perceptron with `depth` hidden layers. */
export function mlp(parametrization: Parametrization, depth: number, rule: UpdateRule, clipping: Clipping): Mlp {
  const parameters = mlpParameters(depth);
  const all = mlpLayers(parametrization, depth);
  return mlpOf(
    all.map((exponents, k) => ({ exponents, kind: required(parameters[k]?.kind, `parameter of layer ${k + 1}`) })),
    rule,
    clipping,
  );
}

/** The same from the exponents of each layer, the output's multiplier in the readout's a. */
export function mlpOf(
  all: readonly { readonly exponents: Exponents; readonly kind: ParameterKind }[],
  rule: UpdateRule,
  clipping: Clipping,
): Mlp {
  const [depth, whole] = [all.length - 1, clippedRule(rule, clipping)];
  const starts = all.map(({ exponents: { a, b } }) => plus(a, b));
  // Sizes of the inputs of each layer at initialization; of order 1 where it is stable.
  const inputs = [ZERO];
  all.slice(0, depth).forEach(({ kind }, k) => {
    inputs.push(
      plus(
        required(inputs[k], 'size of the input of a layer'),
        forwardGain(kind, required(starts[k], 'size of the weights of a layer')),
      ),
    );
  });
  const effective = (k: number, scale: Exponent, gained: Exponent): Layer => {
    const { exponents, kind } = required(all[k], `layer ${k + 1}`);
    const { a, b, c, d } = exponents;
    const shift = shiftOf(rule, clipping, kind, { a, b, c, d });
    const passed = plus(gained, required(inputs[k], 'size of the input of a layer'));
    const seen = plus(minus(d, a), negated(scale), passed);
    const rate = minus(plus(c, shift), response(ruleFor(whole, kind), seen));
    const r = kind === 'vector' ? plus(rate, a) : minus(plus(rate, a), ONE);
    return { layer: k + 1, kind, exponents: { a, b, c, d }, shift, rate, start: plus(a, b), r, passed };
  };
  const readout = effective(depth, ZERO, ZERO);
  const readoutSize = least(readout.exponents.b, readout.rate);
  // Backwards: the cotangent of the last features is the readout.
  const scale = plus(readout.exponents.a, readoutSize);
  let gained = ZERO;
  const hidden: Layer[] = [];
  for (let k = depth - 1; k >= 0; k--) {
    const layer = effective(k, scale, gained);
    hidden.unshift(layer);
    gained = plus(gained, minus(HALF, layer.start));
  }
  return { depth, rule: whole, clipping, hidden, readout, readoutSize, r: least(...hidden.map(({ r }) => r)) };
}

/** All layers, the readout last. */
export function layersOf({ hidden, readout }: Mlp): readonly Layer[] {
  return [...hidden, readout];
}
