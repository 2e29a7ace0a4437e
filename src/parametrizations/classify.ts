/**
 * The classification of abcd-parametrizations (IVb 2.8) for multilayer perceptrons: does a network of growing width stay
 * finite, does its update rule see gradients of order 1, does its output move, and do its features?
 *
 * Proved for relu-like activations and sign-preserving Q; where a condition is corrected against the paper, the tests
 * measure it.
 */

import { type Exponent, plus, signOf } from '../program/index.ts';
import type { Clipping } from './clipping.ts';
import {
  backwardCondition,
  type Condition,
  faithfulConditions,
  nontrivialConditions,
  persistenceConditions,
  regimeConditions,
  startConditions,
} from './conditions.ts';
import { type Layer, layersOf, type Mlp, mlp } from './layers.ts';
import { type Member, membersOf, namesOf } from './members.ts';
import type { Parametrization } from './parametrization.ts';
import { predictSizes, type StepSizes } from './predict.ts';
import { type Reason, reasonsOf } from './reasons.ts';
import { nearestRepair, type Repair } from './repair.ts';
import { largestStableRate } from './stableRate.ts';
import { answersAll, type UpdateRule } from './updateRule.ts';

/**
 * What becomes of a network as its width grows.
 *
 * - `feature learning`: stable, and one step moves features by order 1 (r = 0).
 * - `operator`: stable, the output moves and features do not (r > 0). For a linear Q, the kernel regime.
 * - `trivial`: stable, and the output does not move.
 * - `unstable`: something grows without bound, or vanishes at initialization that should not.
 * - `unfaithful`: Q's inputs leave order 1, with a Q that minds.
 */
export type Regime = 'feature learning' | 'operator' | 'trivial' | 'unstable' | 'unfaithful';

/** The network and its training. */
export interface ClassifyOptions {
  /** Hidden layers, at least 1. */
  readonly depth: number;
  readonly optimizer: UpdateRule;
  /** Default `none`. */
  readonly clipping?: Clipping;
  /** Whether predicted sizes are those of a loss whose errors ∂loss/∂f grow where f does, as the squared one; default not. */
  readonly growingErrors?: boolean;
}

/** A verdict with everything behind it. */
export interface Classification {
  readonly parametrization: Parametrization;
  readonly depth: number;
  readonly optimizer: UpdateRule;
  readonly clipping: Clipping;
  /** The optimizer with its clipping, as one rule. */
  readonly rule: UpdateRule;
  readonly layers: readonly Layer[];
  readonly stable: boolean;
  /** Stable at initialization, before any step. */
  readonly stableAtStart: boolean;
  /** Are Q's inputs of order 1, at initialization and after, with d as written? */
  readonly faithful: boolean;
  readonly faithfulAtStart: boolean;
  /** False for rules that are scale-invariant, or linear, which need no d. */
  readonly faithfulNeeded: boolean;
  /** Does the output move by order 1? Undefined where stability or a faithfulness that is needed is missing. */
  readonly nontrivial: boolean | undefined;
  readonly regime: Regime;
  /** One step moves the features by n^(-r). */
  readonly r: Exponent;
  /** The trained readout's weights are of size n^(-readout). */
  readonly readout: Exponent;
  /** What fails; where nothing does, what makes the output and the features move. */
  readonly reasons: readonly Reason[];
  /** Sizes of everything at initialization and after the first steps, as exponents of n. */
  readonly sizes: readonly StepSizes[];
  /** Named parametrizations that train this network alike. */
  readonly names: readonly string[];
  /** Members of the class, which all train alike. */
  readonly members: readonly Member[];
  /**
   * The smallest stable c where all layers have the same one, for the largest stable step size η n^(-c); undefined
   * also where the rule's answers are unknown.
   */
  readonly largestStableRate: Exponent | undefined;
  /** The nearest parametrization that trains, where this one does not. */
  readonly repair: Repair | undefined;
  /** The nearest one in which every layer learns as much as it can, µP up to symmetry, where this is another one. */
  readonly maximal: Repair | undefined;
}

/**
 * Classifies a parametrization of a multilayer perceptron. Throws {@link UserError} `parametrizations.bad-depth`,
 * `parametrizations.missing-exponents`, `parametrizations.zero-weight-norm`, `parametrizations.unknown-answer`.
 */
export function classify(parametrization: Parametrization, options: ClassifyOptions): Classification {
  const { depth, optimizer, clipping = 'none', growingErrors = false } = options;
  const found = classifyMlp(mlp(parametrization, depth, optimizer, clipping), growingErrors);
  return { parametrization, optimizer, ...found };
}

/** The classification of a network that was read from a parametrization. */
export function classifyMlp(
  network: Mlp,
  growingErrors = false,
): Omit<Classification, 'parametrization' | 'optimizer'> {
  const { rule, depth, clipping, r } = network;
  const [start, persistence] = [startConditions(network), persistenceConditions(network)];
  const [faithfulStart, backward] = [faithfulConditions(network), backwardCondition(network)];
  const holds = (conditions: readonly Condition[]): boolean => conditions.every((one) => one.holds);
  const stableAtStart = holds(start);
  const faithfulAtStart = holds(faithfulStart);
  const stable = stableAtStart && holds(persistence);
  const faithful = faithfulAtStart && backward.holds && holds(persistence.filter(({ name }) => name === 'features'));
  const faithfulNeeded = !rule.linear && !rule.scaleInvariant;
  const through = nontrivialConditions(network);
  const trains = stable && (faithful || !faithfulNeeded);
  const nontrivial = trains ? through.some((one) => one.holds) : undefined;
  const regime = regimeOf(stable, nontrivial, r);
  const failures = [...start, ...persistence, ...faithfulStart, backward].filter((one) => !one.holds);
  const moving = through.filter((one) => one.holds === nontrivial);
  const deciding = nontrivial === undefined ? [] : [...moving, ...(nontrivial ? regimeConditions(network) : [])];
  const repair = nontrivial ? undefined : nearestRepair(network);
  const maximal = nearestRepair(network, 'maximal');
  return {
    depth,
    clipping,
    rule,
    layers: layersOf(network),
    stable,
    stableAtStart,
    faithful,
    faithfulAtStart,
    faithfulNeeded,
    nontrivial,
    regime,
    r,
    readout: plus(network.readout.exponents.a, network.readoutSize),
    reasons: reasonsOf(network, [...failures, ...deciding]),
    sizes: predictSizes(network, { growingErrors }),
    names: namesOf(network),
    members: membersOf(network),
    largestStableRate: answersAll(rule) ? largestStableRate(network) : undefined,
    repair,
    maximal: signOf(maximal.distance) === 0 ? undefined : maximal,
  };
}

function regimeOf(stable: boolean, nontrivial: boolean | undefined, r: Exponent): Regime {
  if (!stable) return 'unstable';
  if (nontrivial === undefined) return 'unfaithful';
  if (!nontrivial) return 'trivial';
  return signOf(r) === 0 ? 'feature learning' : 'operator';
}
