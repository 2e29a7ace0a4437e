/**
 * What a classification needs to know of an update rule Q: how Q's output scales when all gradients are multiplied by a
 * number. It is read from the optimizer's formulas, and measured where these do not tell it.
 *
 * What of it decides is in theory 6; answers to inputs that are not of order 1 are ours.
 */

import {
  forMatrixOrOther,
  matrixUpdateSize,
  measured,
  type Optimizer,
  optimizers,
  type ReadOptions,
  readOptimizer,
} from '../optimizers/index.ts';
import { type Exponent, signOf, ZERO } from '../program/index.ts';
import type { Clipping } from './clipping.ts';
import * as errors from './errors.ts';
import type { ParameterKind } from './parametrization.ts';

/**
 * How Q's outputs follow its inputs where these are far from order 1: in proportion, or not at all. SGD is proportional
 * on both sides. sign and Adam with ε = 0 stay at order 1. Adam with ε > 0 stays at order 1 for large gradients and is
 * proportional to those below ε. Unknown is also an answer of another power.
 */
export type Answer = 'proportional' | 'order-1' | 'unknown';

/** An update rule Q as a classification reads it: how it answers to the size of gradients. */
export interface UpdateRule {
  readonly name: string;
  readonly small: Answer;
  readonly large: Answer;
  /** Q is a linear function of gradients: only c − d matters. */
  readonly linear: boolean;
  /** Q(s·g) = Q(g): d does not matter. */
  readonly scaleInvariant: boolean;
  /** Is ε taken to be 0, where the rule has one? */
  readonly withoutEpsilon: boolean;
  /** Does Q read gradients of earlier steps? */
  readonly memory: boolean;
  /** Q(−g) = −Q(g); false where its formulas do not tell it. */
  readonly odd: boolean;
  /** Does the first step go by the sign of the gradient? False where its formulas do not tell it. */
  readonly signPreserving: boolean;
  /** How `small` and `large` are known. */
  readonly by: 'formulas' | 'measurement';
  /** Why formulas do not tell them; empty where they do. */
  readonly doubts: readonly string[];
  /** Of a rule whose update of a matrix is a function of the whole matrix (theory 11); the fields above are of all. */
  readonly byKind?: RulesByKind;
}

/** How matrices are updated, and how other parameters. */
export interface RulesByKind {
  readonly matrix: UpdateRule;
  readonly others: UpdateRule;
  /** Entries of the update of an n × n matrix are n^size: −1 where its operator norm is of order 1. */
  readonly size: Exponent;
}

/** The rule of parameters of a kind. */
export function ruleFor(rule: UpdateRule, kind: ParameterKind): UpdateRule {
  if (rule.byKind === undefined) return rule;
  return kind === 'matrix' ? rule.byKind.matrix : rule.byKind.others;
}

/** The exponent of the entries of an update of order 1, as rules entry by entry have it. */
export function updateSize(rule: UpdateRule, kind: ParameterKind): Exponent {
  return kind === 'matrix' ? (rule.byKind?.size ?? ZERO) : ZERO;
}

const ALIASES: Readonly<Record<string, string>> = { sign: 'signsgd', 'sign-sgd': 'signsgd' };

/** The names of update rules that are known. */
export const UPDATE_RULE_NAMES: readonly string[] = Object.keys(optimizers);

/**
 * The update rule of an optimizer of any name. Decay of the weight and rates, own ones too, are left out: asgd at λ = 0,
 * adafactor with rates that are not relative to the weight. `epsilon` keeps the ε > 0 of adaptive rules, for which gradients
 * must stay above it; without it ε = 0, but in rules that do not move then, and where it is told larger than usual.
 *
 * What formulas do not tell is measured, unless the weight or a size decides it. Throws {@link UserError}
 * `optimizers.settings`.
 */
export function ruleOf(optimizer: Optimizer, options: ReadOptions = {}): UpdateRule {
  const rule = readRule(optimizer, options);
  const size = matrixUpdateSize(optimizer, options.settings);
  if (size === undefined) return rule;
  const other = forMatrixOrOther({ optimizer, settings: options.settings ?? {} }, false);
  const others = other.optimizer === optimizer ? rule : readRule(other.optimizer, { ...options, ...other });
  return { ...both(rule, others), byKind: { matrix: rule, others, size } };
}

/** What holds of two rules together, under the first one's name. */
function both(one: UpdateRule, other: UpdateRule): UpdateRule {
  const common = (x: Answer, y: Answer): Answer => (x === y ? x : 'unknown');
  return {
    name: one.name,
    small: common(one.small, other.small),
    large: common(one.large, other.large),
    linear: one.linear && other.linear,
    scaleInvariant: one.scaleInvariant && other.scaleInvariant,
    withoutEpsilon: one.withoutEpsilon || other.withoutEpsilon,
    memory: one.memory || other.memory,
    odd: one.odd && other.odd,
    signPreserving: one.signPreserving && other.signPreserving,
    by: one.by === 'measurement' ? one.by : other.by,
    doubts: [...one.doubts, ...other.doubts],
  };
}

/** The rule without a look at matrices. */
function readRule(optimizer: Optimizer, options: ReadOptions): UpdateRule {
  const reading = readOptimizer(optimizer, options);
  const { linear, scaleInvariant, withoutEpsilon, memory, odd, signPreserving, reasons } = reading;
  const doubtful = reading.small === 'unknown' || reading.large === 'unknown';
  const by = doubtful && reading.measurable ? 'measurement' : 'formulas';
  const found = by === 'measurement' ? measured(reading.read) : reading;
  const known = (way: 'small' | 'large'): Answer => answer(reading[way] === 'unknown' ? found[way] : reading[way]);
  return {
    name: optimizer.name,
    small: known('small'),
    large: known('large'),
    linear,
    scaleInvariant,
    withoutEpsilon,
    memory,
    odd,
    signPreserving,
    by,
    doubts: doubtful ? reasons : [],
  };
}

const answer = (degree: number | 'unknown'): Answer =>
  degree === 1 ? 'proportional' : degree === 0 ? 'order-1' : 'unknown';

/**
 * The update rule of a named optimizer. Throws {@link UserError} `parametrizations.unknown-optimizer` with the nearest
 * name.
 */
export function updateRule(name: string, epsilon = false): UpdateRule {
  const lower = name.trim().toLowerCase();
  const plain = Object.hasOwn(ALIASES, lower) ? (ALIASES[lower] ?? lower) : lower;
  const optimizer = Object.hasOwn(optimizers, plain) ? optimizers[plain] : undefined;
  if (optimizer === undefined) throw errors.unknownOptimizer(name, [...UPDATE_RULE_NAMES, ...Object.keys(ALIASES)]);
  return ruleOf(optimizer, { epsilon });
}

/** The rule with its updates clipped or normalized: what Q and clipping do together. */
export function clippedRule(rule: UpdateRule, clipping: Clipping): UpdateRule {
  const { byKind } = rule;
  const whole = withClipping(rule, clipping);
  if (byKind === undefined) return whole;
  const [matrix, others] = [withClipping(byKind.matrix, clipping), withClipping(byKind.others, clipping)];
  return { ...whole, byKind: { ...byKind, matrix, others } };
}

function withClipping(rule: UpdateRule, clipping: Clipping): UpdateRule {
  switch (clipping) {
    case 'none':
    case 'normalizeByWeight':
      return rule;
    case 'normalize': {
      // Any homogeneous Q is scale-invariant once its update is divided by its norm.
      if (rule.linear) return { ...rule, small: 'order-1', large: 'order-1', linear: false, scaleInvariant: true };
      return { ...rule, small: 'order-1', large: 'order-1' };
    }
    case 'divideByClippedNorm':
      return { ...rule, small: 'order-1', linear: false };
    case 'clip':
      return { ...rule, large: 'order-1', linear: false };
  }
}

/**
 * Q's output is of size n^(what is returned) where its input is of size n^input. Nothing comes of a gradient that is
 * exactly zero. Throws {@link UserError} `parametrizations.unknown-answer` where the rule's answer to such an input is
 * not known.
 */
export function response(rule: UpdateRule, input: Exponent): Exponent {
  if (input.denominator === 0 && input.numerator < 0) return input;
  const way = signOf(input);
  if (way === 0) return input;
  const answered = way < 0 ? rule.small : rule.large;
  if (answered === 'unknown') throw errors.unknownAnswer(rule, way < 0 ? 'vanishes' : 'grows');
  return answered === 'proportional' ? input : ZERO;
}

/** Whether the rule's answers to all inputs are known. */
export const answersAll = ({ small, large }: UpdateRule): boolean => small !== 'unknown' && large !== 'unknown';
