/**
 * The abcd symmetry (IVb 2.2.3 and following): (a, b, c, d) → (a+θ, b−θ, c−θ, d+θ), for each parameter on its own,
 * trains the same network at every finite width. Where updates are divided by the norm of the weight, c loses 2θ.
 */

import { divided, type Exponent, equal, finite, minus, negated, plus, ZERO } from '../program/index.ts';
import type { Clipping } from './clipping.ts';
import { type Exponents, mlpLayers, PARAMETER_KINDS, type Parametrization } from './parametrization.ts';
import { clippedRule, type UpdateRule } from './updateRule.ts';

/** Moves θ from the initial values into the multiplier. */
export function shifted({ a, b, c, d }: Exponents, by: Exponent, clipping: Clipping = 'none'): Exponents {
  const rate = clipping === 'normalizeByWeight' ? plus(by, by) : by;
  return { a: plus(a, by), b: minus(b, by), c: minus(c, rate), d: plus(d, by) };
}

/**
 * What no symmetry changes, as exponents of n: where W starts, a + b; how far a step moves it, a + c (2a + c beneath the norm
 * of the weight); what Q sees, d − a. Parameters of equal invariants train alike. d and c count as far as the rule minds
 * them.
 */
export function invariants(exponents: Exponents, rule: UpdateRule, clipping: Clipping = 'none'): readonly Exponent[] {
  const { a, b, c, d } = exponents;
  const start = plus(a, b);
  const rate = clipping === 'normalizeByWeight' ? plus(c, a, a) : plus(c, a);
  const gradient = minus(d, a);
  const whole = clippedRule(rule, clipping);
  if (whole.linear) return [start, minus(rate, gradient)];
  return whole.scaleInvariant ? [start, rate] : [start, rate, gradient];
}

/** Do two parameters train alike? */
export function equivalentExponents(
  x: Exponents,
  y: Exponents,
  rule: UpdateRule,
  clipping: Clipping = 'none',
): boolean {
  const other = invariants(y, rule, clipping);
  return invariants(x, rule, clipping).every((one, k) => equal(one, other[k] ?? negated(one)));
}

/** What the equivalence of two parametrizations depends on. */
export interface EquivalenceOptions {
  readonly rule: UpdateRule;
  readonly clipping?: Clipping;
  /** Compares multilayer perceptrons of so many hidden layers; without it, the exponents by kind. */
  readonly depth?: number;
}

/** Do two parametrizations train every network alike, or every multilayer perceptron of a depth? */
export function equivalent(p: Parametrization, q: Parametrization, options: EquivalenceOptions): boolean {
  const { rule, clipping, depth } = options;
  const [x, y] = depth === undefined ? [everyKind(p), everyKind(q)] : [mlpLayers(p, depth), mlpLayers(q, depth)];
  return x.length === y.length && x.every((one, k) => alike(one, y[k], rule, clipping));
}

function alike(x: Exponents | undefined, y: Exponents | undefined, rule: UpdateRule, clipping?: Clipping): boolean {
  if (x === undefined || y === undefined) return x === y;
  return equivalentExponents(x, y, rule, clipping);
}

/** By kind, the output's multiplier in the readout's a, then single parameters by name. */
function everyKind({ kinds, out, parameters }: Parametrization): (Exponents | undefined)[] {
  const all = PARAMETER_KINDS.map((kind) => {
    const found = kinds[kind];
    return found === undefined || kind !== 'readout' ? found : { ...found, a: plus(found.a, out) };
  });
  const names = Object.keys(parameters).sort();
  return [...all, ...names.map((name) => parameters[name])];
}

/** The members of a parameter's class that one may want to write down: the exponent that is 0 in them. */
export type Gauge = 'a' | 'b' | 'c' | 'd';

/**
 * The member of a parameter's class in which one exponent is 0: `a` has no multiplier, `b` initial values of order 1,
 * `c` a step size that no width touches, `d` gradients as they are. Undefined where there is none, such as `b` of a
 * parameter that starts at zero. A rule that does not mind d has d = 0 in every member: a linear one then has IVb's abc
 * form, whose c is c − d.
 */
export function member(
  exponents: Exponents,
  gauge: Gauge,
  rule: UpdateRule,
  clipping: Clipping = 'none',
): Exponents | undefined {
  const whole = clippedRule(rule, clipping);
  const c = whole.linear ? minus(exponents.c, exponents.d) : exponents.c;
  const perShift = (clipping === 'normalizeByWeight' ? 2 : 1) + (whole.linear ? 1 : 0);
  const minded = !whole.linear && !whole.scaleInvariant;
  if (gauge === 'd' && !minded) return undefined;
  if (gauge === 'b' && !finite(exponents.b)) return undefined;
  const by = { a: negated(exponents.a), b: exponents.b, c: divided(c, perShift), d: negated(exponents.d) }[gauge];
  const moved = shifted({ ...exponents, c }, by, clipping);
  if (minded) return moved;
  return { ...moved, c: whole.linear ? minus(moved.c, by) : moved.c, d: ZERO };
}
