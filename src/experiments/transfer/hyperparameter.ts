/**
 * What can be swept: the hyperparameters of an optimizer, and constants in front of a network's powers of n. Such
 * constants transfer between widths where powers of n are right (Yang et al. 2022, arXiv 2203.03466).
 */

import type { Net } from '../../nets/index.ts';
import { type Domain, describeDomain, liesIn, type Optimizer, type Settings } from '../../optimizers/index.ts';
import { argument, mapped, mul, type Program, rewrite } from '../../program/index.ts';
import { badRange, badValues, notANumber, noUsualValue, tooFewValues, unknownHyperparameter } from './errors.ts';
import type { Scale, SweptHyperparameter } from './result.ts';

/** A hyperparameter with where its values may lie, and the one that is usual. */
export interface Swept extends SweptHyperparameter {
  readonly domain: Domain;
  readonly usual: number;
  /** Whether the state that training starts from depends on it; where β is 0, Adam keeps no average of gradients. */
  readonly inState: boolean;
}

export const LEARNING_RATE: SweptHyperparameter = { name: 'learningRate', words: 'learning rate', scale: 'value' };

/** In front of the powers of n of every weight's deviation, and of the output. */
const CONSTANTS: Readonly<Record<string, string>> = {
  initialScale: 'initialization scale',
  outputMultiplier: 'output multiplier',
};

/** What can be swept with an optimizer, by name. */
export function sweepable({ hyperparameters }: Optimizer): string[] {
  const numbers = Object.entries(hyperparameters).filter(([, { value }]) => typeof value === 'number');
  return [...numbers.map(([name]) => name), ...Object.keys(CONSTANTS)];
}

/**
 * What is swept under a name. Throws {@link UserError} `experiments.unknown-hyperparameter`,
 * `experiments.not-a-number`.
 */
export function sweptNamed(name: string, optimizer: Optimizer): Swept {
  const words = Object.hasOwn(CONSTANTS, name) ? CONSTANTS[name] : undefined;
  if (words !== undefined) {
    return { name, words, scale: 'value', domain: { above: 0 }, usual: 1, inState: name === 'initialScale' };
  }
  const known = optimizer.hyperparameters;
  const found = Object.hasOwn(known, name) ? known[name] : undefined;
  if (found === undefined) throw unknownHyperparameter(name, optimizer.name, sweepable(optimizer));
  if (typeof found.value === 'boolean') throw notANumber(name, optimizer.name);
  // A share of the past: 1 itself would never forget.
  const scale = found.domain.atLeast === 0 && found.domain.below === 1 ? 'memory' : 'value';
  return {
    ...(name === LEARNING_RATE.name ? LEARNING_RATE : { name, words: name, scale }),
    domain: scale === 'memory' ? found.domain : positive(found.domain),
    usual: found.value,
    inState: name !== LEARNING_RATE.name || Object.values(optimizer.state).some(({ initial }) => initial === name),
  };
}

/** What of a domain has a logarithm. */
function positive({ atLeast = 0, ...domain }: Domain): Domain {
  if (atLeast > 0) return { ...domain, atLeast };
  return domain.above !== undefined && domain.above > 0 ? domain : { above: 0, ...domain };
}

/** Where a value lies on an axis on which equal factors are equal distances. */
export function placeOf(scale: Scale, value: number): number {
  return scale === 'value' ? Math.log(value) : -Math.log1p(-value);
}

/** The value at a place. */
export function valueAt(scale: Scale, place: number): number {
  return scale === 'value' ? Math.exp(place) : -Math.expm1(-place);
}

/** A value in words: three digits, or of a β as many as give 1 − β with two. */
export function showValue(scale: Scale, value: number): string {
  if (scale === 'value' || value >= 1) return String(Number(value.toPrecision(3)));
  return value.toFixed(Math.max(2, Math.ceil(-Math.log10(1 - value) - ROUNDING) + 1));
}

/** Of logarithms of powers of ten and two. */
const ROUNDING = 1e-9;

/** Enough digits that 1 − 1/1.25 is 0.2. */
const DIGITS = 12;
const NEIGHBORS = [-3, -2, -1, 0, 1, 2, 3];

/**
 * Values to try where none are given: 2^-12 … 2^-2 for learning rates; else the usual value times powers of 4, or with
 * powers of 2 times its memory. Throws {@link UserError} `experiments.no-usual-value` where that is 0.
 */
export function usualValues({ name, words, scale, usual, domain }: Swept): number[] {
  if (name === LEARNING_RATE.name) return Array.from({ length: 11 }, (_, k) => 2 ** (k - 12));
  if (scale === 'value' && !(usual > 0)) throw noUsualValue(words, usual);
  const factor = scale === 'value' ? 4 : 2;
  return NEIGHBORS.map((k) =>
    Number(valueAt(scale, placeOf(scale, usual) + k * Math.log(factor)).toPrecision(DIGITS)),
  ).filter((value) => liesIn(value, domain));
}

/**
 * Values from one to another in factors of two, on the scale of the hyperparameter: 0.5, 0.75, 0.875 … for a β. Throws
 * {@link UserError} `experiments.bad-values`, `experiments.bad-range`.
 */
export function valuesBetween({ words, scale, domain }: Swept, least: number, greatest: number): number[] {
  checkDomain(words, [least, greatest], domain);
  if (least >= greatest) throw badRange(words, least, greatest);
  // A little more, for ends that are no exact power of two apart.
  const doublings = Math.floor((placeOf(scale, greatest) - placeOf(scale, least)) / Math.LN2 + ROUNDING);
  return Array.from({ length: doublings + 1 }, (_, k) =>
    scale === 'value' ? least * 2 ** k : 1 - (1 - least) / 2 ** k,
  );
}

function checkDomain(words: string, values: readonly number[], domain: Domain): void {
  const wrong = values.filter((value) => !liesIn(value, domain));
  if (wrong.length > 0) throw badValues(words, wrong, describeDomain(domain));
}

/** Rising values. Throws {@link UserError} `experiments.bad-values`, `experiments.too-few-values`. */
export function checkedValues({ words, domain }: Swept, given: readonly number[]): number[] {
  checkDomain(words, given, domain);
  const values = [...new Set(given)].sort((a, b) => a - b);
  if (values.length < 3) throw tooFewValues(words, values);
  return values;
}

/** The network and settings of one value. */
export function withValue(
  { name }: SweptHyperparameter,
  value: number,
  net: Net,
  settings: Settings,
): { readonly net: Net; readonly settings: Settings } {
  if (name === 'initialScale') return { net: { ...net, program: scaledNet(net, value, 1) }, settings };
  if (name === 'outputMultiplier') return { net: { ...net, program: scaledNet(net, 1, value) }, settings };
  return { net, settings: { ...settings, [name]: value } };
}

/** A network's program with every random weight and the output times a number. */
function scaledNet({ program, output }: Net, initial: number, multiplier: number): Program {
  const last = program.outputs.find(({ name }) => name === output)?.value;
  return rewrite(program, (node, writer) => {
    const { name, instruction } = node;
    if (instruction.op === 'parameter' && instruction.law.kind !== 'constant')
      return { ...instruction, law: { ...instruction.law, scale: instruction.law.scale * initial } };
    if (name !== last || multiplier === 1) return undefined;
    return mapped(node, writer, { expr: mul(multiplier, argument(0)), before: 'before its multiplier' });
  });
}
