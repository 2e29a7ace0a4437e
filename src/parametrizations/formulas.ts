/** The conditions of the classification as formulas in the exponents of the layers. */

import { required } from '../errors/index.ts';
import { type Exponent, equal, finite, minus, plus, printExponent, signOf, ZERO } from '../program/index.ts';
import type { Condition } from './conditions.ts';
import type { Layer, Mlp } from './layers.ts';

/** What stands left of a condition's relation: `a_4 + b_4 + r`. */
export function leftSide(network: Mlp, { name, layer: l }: Condition): string {
  const { readout } = network;
  switch (name) {
    case 'start':
      return `a_${l} + b_${l}`;
    case 'faithful':
      return `d_${l}`;
    case 'features':
    case 'regime':
      return `r_${l}`;
    case 'readout':
    case 'nontrivial-readout':
      return rateAndMultiplier(network, readout);
    case 'output':
      return `${replaced(network) ? rateAndMultiplier(network, readout) : `a_${l} + b_${l}`} + r`;
    case 'nontrivial-features':
      return `a_${l} + b_${l} + r`;
    case 'backward':
      return `b_${l}`;
  }
}

/** What stands right of it. */
export function rightSide(network: Mlp, { name, layer: l, right }: Condition): string {
  if (name === 'faithful') return faithfulFormula(network, l);
  return name === 'backward' ? readoutRate(network) : printExponent(right);
}

/** r of a layer, `a_2 + c_2 - 1`. */
export function movesFormula(network: Mlp, layer: Layer): string {
  const sum = rateAndMultiplier(network, layer);
  return layer.kind === 'vector' ? sum : `${sum} - 1`;
}

/** The d that makes Q's inputs of order 1. */
export function faithfulFormula(network: Mlp, l: number): string {
  const passed = required([...network.hidden, network.readout][l - 1]?.passed, `layer ${l}`);
  return `a_${l}${l === network.readout.layer ? '' : ` + ${readoutScale(network)}`}${added(minus(ZERO, passed))}`;
}

/** Have the readout's updates taken the place of its initial weights? */
export function replaced({ readout, readoutSize }: Mlp): boolean {
  return !equal(readoutSize, readout.exponents.b);
}

/** What cotangents scale with: the readout as it starts, or after its first update if that is at zero. */
function readoutScale({ readout: { layer, exponents } }: Mlp): string {
  return `a_${layer} + ${finite(exponents.b) ? 'b' : 'c'}_${layer}`;
}

/** a + the effective rate exponent, which for a linear rule is c − d at the faithful d. */
function rateAndMultiplier(network: Mlp, layer: Layer): string {
  const { layer: l } = layer;
  if (!network.rule.linear) return `a_${l} + c_${l}${clippingTerms(network, layer)}${responseFormula(layer)}`;
  const scale = l === network.readout.layer ? '' : ` + ${readoutScale(network)}`;
  return `2a_${l} + c_${l}${clippingTerms(network, layer)} - d_${l}${scale}`;
}

/** The effective rate exponent of the readout. */
export function readoutRate(network: Mlp): string {
  const { readout, rule } = network;
  const l = readout.layer;
  const rate = `c_${l}${clippingTerms(network, readout)}`;
  return rule.linear ? `${rate} - d_${l} + a_${l}` : `${rate}${responseFormula(readout)}`;
}

function clippingTerms({ clipping }: Mlp, { layer, shift, exponents }: Layer): string {
  return clipping === 'normalizeByWeight' ? `${added(plus(shift, exponents.b))} - b_${layer}` : added(shift);
}

/** What is added because Q's inputs are not of order 1. */
const responseFormula = ({ rate, shift, exponents }: Layer): string => added(minus(rate, plus(exponents.c, shift)));

/** ` + 1/2`, ` - 1`, nothing for 0. */
function added(value: Exponent): string {
  const sign = signOf(value);
  if (sign === 0) return '';
  return ` ${sign > 0 ? '+' : '-'} ${printExponent(value).replace('-', '')}`;
}
