/**
 * What stands between the exponent c of a parametrization and how far entries of a weight move. Of clipping it is IVb
 * 2.10, of whole matrices theory 11.
 */

import { type Exponent, minus, plus } from '../program/index.ts';
import { type Clipping, rateShift } from './clipping.ts';
import { type Exponents, mapKinds, type ParameterKind, type Parametrization } from './parametrization.ts';
import { type UpdateRule, updateSize } from './updateRule.ts';

/**
 * What is added to c: an update moves entries by n^(-c - shift). Of a rule entry by entry that is what clipping adds; the
 * update of a whole matrix has entries of its own size, unless it is divided by its norm.
 */
export function shiftOf(rule: UpdateRule, clipping: Clipping, kind: ParameterKind, exponents: Exponents): Exponent {
  const shift = rateShift(clipping, kind, exponents);
  if (clipping === 'normalize' || clipping === 'divideByClippedNorm') return shift;
  return minus(shift, updateSize(rule, kind));
}

/**
 * The same parametrization for a rule whose updates of matrices are functions of whole matrices: every layer moves as far
 * as with rules entry by entry. µP's c = 1 of matrices becomes 0 where the update has an operator norm of order 1.
 */
export function forRule(parametrization: Parametrization, rule: UpdateRule): Parametrization {
  if (rule.byKind === undefined) return parametrization;
  return mapKinds(parametrization, (exponents, kind) => ({
    ...exponents,
    c: plus(exponents.c, updateSize(rule, kind)),
  }));
}
