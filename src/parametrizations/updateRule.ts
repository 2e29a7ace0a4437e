/**
 * What a classification needs to know of an update rule Q: how Q's output scales when all gradients are multiplied by a
 * number.
 */

import { type Exponent, signOf, ZERO } from '../program/index.ts';
import type { Clipping } from './clipping.ts';
import * as errors from './errors.ts';

/**
 * How Q's outputs follow its inputs where these are far from order 1: in proportion, or not at all. SGD is proportional
 * on both sides. sign and Adam with ε = 0 stay at order 1. Adam with ε > 0 stays at order 1 for large gradients and is
 * proportional to those below ε.
 */
export interface UpdateRule {
  readonly name: string;
  readonly small: 'proportional' | 'order-1';
  readonly large: 'proportional' | 'order-1';
  /** Q(s·g) = s·Q(g): only c − d matters. */
  readonly linear: boolean;
  /** Q(s·g) = Q(g): d does not matter. */
  readonly scaleInvariant: boolean;
  /** Is ε taken to be 0, where the rule has one? */
  readonly withoutEpsilon: boolean;
}

type Family = 'linear' | 'sign' | 'adaptive' | 'other';

/**
 * Update rules by name, those of src/optimizers, with their own decay left out: asgd at λ = 0, adafactor with rates that
 * are not relative to the weight. `adaptive` ones have an ε, which is scale-invariant at 0. Adadelta needs its ε to move at all,
 * and RAdam starts with steps of plain momentum, so both mind the size of gradients.
 */
const FAMILIES: Readonly<Record<string, Family>> = {
  sgd: 'linear',
  momentum: 'linear',
  nesterov: 'linear',
  signsgd: 'sign',
  signum: 'sign',
  lion: 'sign',
  rprop: 'sign',
  adam: 'adaptive',
  adamw: 'adaptive',
  nadam: 'adaptive',
  amsgrad: 'adaptive',
  adamax: 'adaptive',
  adagrad: 'adaptive',
  rmsprop: 'adaptive',
  adafactor: 'adaptive',
  asgd: 'linear',
  radam: 'other',
  adadelta: 'other',
};

const ALIASES: Readonly<Record<string, string>> = { sign: 'signsgd', 'sign-sgd': 'signsgd' };

/** The names of update rules that are known. */
export const UPDATE_RULE_NAMES: readonly string[] = Object.keys(FAMILIES);

/**
 * An update rule by name. `epsilon` keeps the ε > 0 of adaptive rules, for which gradients must stay above it; without
 * it ε = 0. Throws {@link UserError} `parametrizations.unknown-optimizer` with the nearest name.
 */
export function updateRule(name: string, epsilon = false): UpdateRule {
  const lower = name.trim().toLowerCase();
  const plain = Object.hasOwn(ALIASES, lower) ? (ALIASES[lower] ?? lower) : lower;
  const family = Object.hasOwn(FAMILIES, plain) ? FAMILIES[plain] : undefined;
  if (family === undefined) throw errors.unknownOptimizer(name, [...UPDATE_RULE_NAMES, ...Object.keys(ALIASES)]);
  if (family === 'linear') return LINEAR(plain);
  if (family === 'sign') return SCALE_INVARIANT(plain, false);
  if (plain === 'radam') {
    const small = epsilon ? 'proportional' : 'order-1';
    return { ...SCALE_INVARIANT(plain, !epsilon), small, large: 'proportional', scaleInvariant: false };
  }
  if (family === 'adaptive' && !epsilon) return SCALE_INVARIANT(plain, true);
  return { ...SCALE_INVARIANT(plain, false), small: 'proportional', scaleInvariant: false };
}

const LINEAR = (name: string): UpdateRule => ({
  ...{ name, small: 'proportional', large: 'proportional' },
  ...{ linear: true, scaleInvariant: false, withoutEpsilon: false },
});

const SCALE_INVARIANT = (name: string, withoutEpsilon: boolean): UpdateRule => ({
  ...{ name, small: 'order-1', large: 'order-1' },
  ...{ linear: false, scaleInvariant: true, withoutEpsilon },
});

/** The rule with its updates clipped or normalized: what Q and clipping do together. */
export function clippedRule(rule: UpdateRule, clipping: Clipping): UpdateRule {
  switch (clipping) {
    case 'none':
    case 'normalizeByWeight':
      return rule;
    case 'normalize': {
      // Any homogeneous Q is scale-invariant once its update is divided by its norm.
      if (rule.linear) return SCALE_INVARIANT(rule.name, false);
      return { ...rule, small: 'order-1', large: 'order-1' };
    }
    case 'divideByClippedNorm':
      return { ...rule, small: 'order-1', linear: false };
    case 'clip':
      return { ...rule, large: 'order-1', linear: false };
  }
}

/** The exponent of Q's output where its input has this one. Nothing comes of a gradient that is exactly zero. */
export function response(rule: UpdateRule, input: Exponent): Exponent {
  if (input.denominator === 0 && input.numerator < 0) return input;
  const way = signOf(input) < 0 ? rule.small : rule.large;
  return way === 'proportional' ? input : ZERO;
}
