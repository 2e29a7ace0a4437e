/** Reasons of a classification in words and formulas. Conditions are those of IVb 2.8. */

import { required } from '../errors/index.ts';
import { type Exponent, equal, finite, negated, plus, printExponent, printPower, signOf } from '../program/index.ts';
import type { Condition, ConditionName } from './conditions.ts';
import { faithfulFormula, leftSide, movesFormula, readoutRate, replaced, rightSide } from './formulas.ts';
import { layersOf, type Mlp } from './layers.ts';

/** Why a verdict is what it is: one condition, the layers that it speaks about, and what it means. */
export interface Reason {
  /** What the condition decides. */
  readonly name: ConditionName;
  /** The condition as a formula, `a_4 + b_4 + r ≥ 1`. */
  readonly condition: string;
  readonly holds: boolean;
  /** Does it count against the verdict? Not where it holds, and not where the update rule does not mind. */
  readonly harmful: boolean;
  /** The first of {@link layers}. */
  readonly layer: number;
  /** Layers of the same condition and the same numbers, 1 to depth + 1. */
  readonly layers: readonly number[];
  /** The sides of the condition, exponents of n. */
  readonly left: Exponent;
  /** As {@link left}, an exponent of n. */
  readonly right: Exponent;
  /** What the condition speaks about is of size n^exponent. */
  readonly exponent: Exponent;
  readonly text: string;
}

/** Reasons from conditions; neighboring layers of equal numbers share one. */
export function reasonsOf(network: Mlp, conditions: readonly Condition[]): Reason[] {
  const groups: [Condition, ...Condition[]][] = [];
  for (const condition of conditions) {
    const group = groups.at(-1);
    if (group !== undefined && shares(network, group[0], condition)) group.push(condition);
    else groups.push([condition]);
  }
  return groups.map((group) => reason(network, group));
}

/** The first layer, those between and the readout have different formulas. */
function shares(network: Mlp, x: Condition, y: Condition): boolean {
  const kindOf = ({ layer }: Condition) => layersOf(network)[layer - 1]?.kind;
  const same = x.name === y.name && kindOf(x) === kindOf(y) && x.layer !== y.layer;
  return same && equal(x.left, y.left) && equal(x.right, y.right);
}

function reason(network: Mlp, group: readonly [Condition, ...Condition[]]): Reason {
  const [first] = group;
  const { name, layer, relation, holds, left, right, exponent } = first;
  const layers = group.map((one) => one.layer);
  const condition = `${leftSide(network, first)} ${relation} ${rightSide(network, first)}`;
  const minded = (name !== 'faithful' && name !== 'backward') || unminded(network) === '';
  const text = `${layerName(network, layers)}: ${SENTENCES[name](network, first, layers)}`;
  return { name, condition, holds, harmful: !holds && minded, layer, layers, left, right, exponent, text };
}

/** `Layer 1`, `Layers 2 to 3`, `Layer 4 (readout)`. */
function layerName({ depth }: Mlp, layers: readonly number[]): string {
  const [first, last] = [required(layers[0], 'layer of a condition'), required(layers.at(-1), 'layer of a condition')];
  if (first === depth + 1) return `Layer ${first} (readout)`;
  return first === last ? `Layer ${first}` : `Layers ${first} to ${last}`;
}

type Sentence = (network: Mlp, condition: Condition, layers: readonly number[]) => string;

/** `a_2 + b_2 = 0`. */
const given: Sentence = (network, condition) => `${leftSide(network, condition)} = ${printExponent(condition.left)}`;

const SENTENCES: Readonly<Record<ConditionName, Sentence>> = {
  start: (network, condition, layers) => {
    const { layer: l, holds, exponent, right } = condition;
    const needed = printExponent(right);
    if (l === network.readout.layer) {
      return `f_0 ${behaves(exponent)}: ${given(network, condition, layers)}, and a sum over n independent terms needs at least ${needed}.`;
    }
    const below = l === 1 ? '' : ' against the activations below';
    const sum = l === 1 ? 'the fixed number of inputs' : 'n units';
    return `at initialization ${symbols('h', layers)} ${behaves(exponent, layers.length > 1)}${below}: ${given(network, condition, layers)}${holds ? '' : `, and a sum over ${sum} needs ${needed}`}.`;
  },

  faithful: (network, condition, layers) => {
    const { layer: l, holds, exponent, right } = condition;
    const needed = `${faithfulFormula(network, l)} = ${printExponent(right)}`;
    const fromZero = l !== network.readout.layer && !finite(network.readout.exponents.b);
    const when = fromZero ? 'once the readout has left zero' : 'at initialization';
    const seen = `what Q sees ${when} ${behaves(exponent)}: ${given(network, condition, layers)}`;
    return holds ? `${seen}.` : `${seen}, and order 1 needs d_${l} = ${needed}.${unminded(network)}`;
  },

  features: (network, condition, layers) => changes(network, condition, layers, 'and stability needs at least 0'),

  regime: (network, condition, layers) => changes(network, condition, layers, ''),

  readout: (network, condition, layers) =>
    `its updates change f by ${amount(condition.exponent)}: ${given(network, condition, layers)}, and stability needs at least 1.`,

  output: (network, condition, layers) => {
    const { readout, readoutSize, r } = network;
    const size = sizeOf(negated(plus(readout.exponents.a, readoutSize)));
    const weights = replaced(network) ? `weights that training makes of ${size}` : `initial weights of ${size}`;
    const features = `features that change by ${sizeOf(negated(r)).replace('size ', '')} in their direction (${attained(network)})`;
    return `f changes by ${amount(condition.exponent)}, for n ${weights} meet ${features}: ${given(network, condition, layers)}, and stability needs at least 1.`;
  },

  backward: (network, condition) => {
    const { layer: l, left, right, exponent } = condition;
    return `its updates outgrow its initial weights, so that after one step what Q sees of the layers below grows like ${printPower(exponent)}: b_${l} = ${printExponent(left)}, and faithfulness needs at most ${readoutRate(network)} = ${printExponent(right)}.${unminded(network)}`;
  },

  'nontrivial-readout': (network, condition, layers) =>
    `its own updates change f by ${amount(condition.exponent)}: ${given(network, condition, layers)}${condition.holds ? '' : ', and order 1 needs 1'}.`,

  'nontrivial-features': (network, condition, layers) =>
    `the change of the features changes f by ${amount(condition.exponent)}: ${given(network, condition, layers)}, where ${attained(network)}${condition.holds ? '' : ', and order 1 needs 1'}.`,
};

const changes = (network: Mlp, condition: Condition, layers: readonly number[], needs: string): string => {
  const { layer: l, left, exponent } = condition;
  const layer = layersOf(network)[l - 1] ?? network.readout;
  const formula = `r_${l} = ${movesFormula(network, layer)} = ${printExponent(left)}`;
  const its = layers.length > 1 ? 'their' : 'its';
  return `${its} updates change ${symbols('h', layers)} by ${amount(exponent)}: ${formula}${needs === '' ? '' : `, ${needs}`}.`;
};

/** `grows like n^(1/2)`, `vanishes like n^(-1/2)`, `is of order 1`; `many` for plurals. */
export function behaves(size: Exponent, many = false): string {
  if (signOf(size) === 0) return many ? 'are of order 1' : 'is of order 1';
  if (!finite(size)) return `${many ? 'are' : 'is'} ${signOf(size) < 0 ? 'exactly 0' : 'infinite'}`;
  const verb = signOf(size) > 0 ? 'grow' : 'vanish';
  return `${verb}${many ? '' : verb === 'grow' ? 's' : 'es'} like ${printPower(size)}`;
}

/** `order 1`, `a term that grows like n`. */
function amount(size: Exponent): string {
  return signOf(size) === 0 ? 'order 1' : `a term that ${behaves(size)}`;
}

/** `order 1`, `size n^(-1/2)`. */
function sizeOf(size: Exponent): string {
  return signOf(size) === 0 ? 'order 1' : `size ${printPower(size)}`;
}

/** `h^2`, `h^2 to h^3`. */
function symbols(letter: string, layers: readonly number[]): string {
  const [first, last] = [required(layers[0], 'layer of a condition'), required(layers.at(-1), 'layer of a condition')];
  return first === last ? `${letter}^${first}` : `${letter}^${first} to ${letter}^${last}`;
}

/** r and the first layer that has it, `r = r_2 = 0`. */
function attained({ hidden, r }: Mlp): string {
  const first = hidden.find((layer) => equal(layer.r, r));
  return `r = ${first === undefined ? '' : `r_${first.layer} = `}${printExponent(r)}`;
}

/** Why a condition of faithfulness that fails does no harm, where it does none. */
function unminded({ rule }: Mlp): string {
  if (rule.linear) return ` No harm with ${rule.name}: its Q is linear, and only c - d matters.`;
  if (!rule.scaleInvariant) return '';
  return ` No harm with ${rule.name}: its Q is scale-invariant${rule.withoutEpsilon ? ' (with ε = 0)' : ''}.`;
}
