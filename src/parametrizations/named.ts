/**
 * Parametrizations by name. Their exponents by kind (IVb 2.9.11, 2.9.12) give the columns of the tables for multilayer
 * perceptrons (IVb 2.2.1 and following); the tests compare them cell by cell.
 */

import {
  compare,
  type Exponent,
  type ExponentLike,
  exponent,
  HALF,
  minus,
  ONE,
  parseExponent,
  plus,
  printExponent,
  ZERO,
} from '../program/index.ts';
import { type Clipping, clippedFor } from './clipping.ts';
import * as errors from './errors.ts';
import { byKind, exponentsOf, type Parametrization, UNSCALED } from './parametrization.ts';
import { forRule } from './shift.ts';
import type { UpdateRule } from './updateRule.ts';

/** As networks are initialized without a thought of the width: fan-in initialization, one learning rate. */
export const SP: Parametrization = byKind('sp', 0, {
  matrix: exponentsOf(0, '1/2', 0, 0),
  vector: exponentsOf(0, 0, 0, 0),
  readout: exponentsOf(0, '1/2', 0, 0),
  scalar: UNSCALED,
});

/** Neural tangent parametrization. */
export const NTP: Parametrization = byKind('ntp', '1/2', {
  matrix: exponentsOf('1/2', 0, 1, 1),
  vector: exponentsOf(0, 0, '1/2', '1/2'),
  readout: exponentsOf(0, 0, '1/2', '1/2'),
  scalar: UNSCALED,
});

/** Maximal update parametrization. */
export const MUP: Parametrization = byKind('mup', 1, {
  matrix: exponentsOf(0, '1/2', 1, 1),
  vector: exponentsOf(0, 0, 0, 1),
  readout: exponentsOf(0, 0, 0, 1),
  scalar: UNSCALED,
});

/**
 * Averages over the units of a layer, weights of order 1, gradients with respect to single units multiplied back to
 * order 1. With one hidden layer it is µP; with more, independent initial weights average to zero.
 */
export const MEAN_FIELD: Parametrization = byKind('mean-field', 1, {
  matrix: exponentsOf(1, 0, 0, 2),
  vector: exponentsOf(0, 0, 0, 1),
  readout: exponentsOf(0, 0, 0, 1),
  scalar: UNSCALED,
});

/**
 * UP_s (IVb 2.8.25, corrected: r = 0 at the readout), from µP at s = 0 to NTP at s = 1/2: features move by n^(-s).
 * Throws {@link UserError} `parametrizations.bad-uniform` unless 0 ≤ s ≤ 1/2.
 */
export function uniform(s: ExponentLike): Parametrization {
  const by = exponent(s, 's of up:s');
  if (compare(by, ZERO) < 0 || compare(by, HALF) > 0) throw errors.badUniform(printExponent(by));
  const rest = minus(ONE, by);
  const vector = { a: ZERO, b: ZERO, c: by, d: rest };
  return byKind(`up:${printExponent(by)}`, rest, {
    matrix: { a: ZERO, b: HALF, c: plus(ONE, by), d: rest },
    vector,
    readout: vector,
    scalar: UNSCALED,
  });
}

const NAMED: Readonly<Record<string, Parametrization>> = {
  sp: SP,
  standard: SP,
  ntp: NTP,
  ntk: NTP,
  mup: MUP,
  µp: MUP,
  'mean-field': MEAN_FIELD,
};

/** Endings of names for clipped updates, by what they divide the update by. */
const ENDINGS: Readonly<Record<string, Clipping>> = {
  '-clipped': 'divideByClippedNorm',
  '-weight-norm': 'normalizeByWeight',
};

/** The names to choose from. */
export const PARAMETRIZATION_NAMES: readonly string[] = ['sp', 'ntp', 'mup', 'mean-field', 'up:s'];

/** A parametrization by name, and what it expects updates to be divided by, where its name says so. */
export interface Named {
  readonly parametrization: Parametrization;
  readonly clipping?: Clipping;
}

/**
 * Finds `sp`, `ntp`, `mup`, `mean-field`, `up:0.25`; `mup-clipped` and `mup-weight-norm` are their forms for updates that
 * are divided by their own norm or by that of the weight. With a rule whose updates of matrices are functions of whole
 * matrices, all but `sp`, which is what it is for every rule, are those in which layers move as far as they are meant to
 * ({@link forRule}). Throws {@link UserError}
 * `parametrizations.unknown-parametrization` with the nearest name.
 */
export function named(name: string, rule?: UpdateRule): Named {
  const plain = name.trim().toLowerCase().replace('μ', 'µ');
  for (const [ending, clipping] of Object.entries(ENDINGS)) {
    if (!plain.endsWith(ending)) continue;
    const base = find(plain.slice(0, -ending.length), name);
    return { parametrization: { ...clippedFor(base, clipping), name: `${base.name}${ending}` }, clipping };
  }
  const found = find(plain, name);
  return { parametrization: rule === undefined || found === SP ? found : forRule(found, rule) };
}

function find(plain: string, given: string): Parametrization {
  const known = Object.hasOwn(NAMED, plain) ? NAMED[plain] : undefined;
  if (known !== undefined) return known;
  const [, s] = /^up[:_](.*)$/.exec(plain) ?? [];
  if (s === undefined) throw errors.unknownParametrization(given, PARAMETRIZATION_NAMES);
  const by: Exponent | undefined = parseExponent(s);
  if (by === undefined) throw errors.badUniform(s);
  return uniform(by);
}
