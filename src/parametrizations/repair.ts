/**
 * The nearest parametrization that trains: the smallest change of exponents after which a network is stable, faithful
 * (where its rule minds) and nontrivial.
 *
 * The distance of two parametrizations is the sum over layers of |Δb| + |Δc| + |Δd|, with a kept: by the symmetry a change
 * of a is one of the other three. d counts where the rule minds it; a start at zero is at distance 1 from any other.
 *
 * Given the readout's start S = a + b, the layers decouple: each has a least r, and keeps its c where that is enough. What
 * is left is a piecewise linear function of S, which is smallest at a kink; all kinks are tried.
 *
 * Conditions are those of IVb 2.8; distance and search are ours.
 */

import { required } from '../errors/index.ts';
import {
  absolute,
  compare,
  divided,
  type Exponent,
  equal,
  finite,
  HALF,
  least,
  minus,
  most,
  ONE,
  plus,
  ZERO,
} from '../program/index.ts';
import * as errors from './errors.ts';
import { type Layer, layersOf, type Mlp } from './layers.ts';
import { EXPONENT_NAMES, type ExponentName, type Exponents } from './parametrization.ts';
import { shiftOf } from './shift.ts';
import { ruleFor } from './updateRule.ts';

/** An exponent of n that changes. */
export interface Change {
  readonly layer: number;
  readonly exponent: ExponentName;
  readonly from: Exponent;
  readonly to: Exponent;
}

/** A parametrization that trains, and how far it is away. */
export interface Repair {
  /** Layer by layer, the output's multiplier in the readout's a. */
  readonly layers: readonly Exponents[];
  readonly changes: readonly Change[];
  /** Σ |Δb| + |Δc| + |Δd| over the layers, exponents of n; a start at zero is at distance 1 from any other. */
  readonly distance: Exponent;
  readonly regime: 'feature learning' | 'operator';
}

/**
 * What a repair must reach: `any` regime, or the `maximal` update, in which every hidden layer moves by order 1 and so
 * does the output through the readout. That is µP up to symmetry, and to the start of a readout that its updates outgrow.
 */
export type RepairTarget = 'any' | 'maximal';

/** The nearest parametrization that trains; at distance 0 where the given one does. */
export function nearestRepair(network: Mlp, target: RepairTarget = 'any'): Repair {
  const found = startsToTry(network).flatMap((start) =>
    (['readout', 'features'] as const).flatMap((through) => repairs(network, start, through, target)),
  );
  const [first, ...others] = found;
  if (first === undefined) throw errors.noRepair();
  return others.reduce((best, other) => (better(other, best) ? other : best), first);
}

/** Nearer; then fewer changes; then features that move. */
function better(x: Repair, y: Repair): boolean {
  const order = compare(x.distance, y.distance);
  if (order !== 0) return order < 0;
  if (x.changes.length !== y.changes.length) return x.changes.length < y.changes.length;
  return x.regime === 'feature learning' && y.regime !== 'feature learning';
}

/** Every S at which a slope may change. */
function startsToTry(network: Mlp): Exponent[] {
  const { readout, hidden } = network;
  const learned = keptRate(network, readout, ZERO, ZERO);
  const kinks = [HALF, ONE, readout.start, learned, minus(learned, ONE), divided(learned, 2)];
  for (const layer of hidden) {
    // r, constant or of slope 1 in S, meets 0 or 1 − S.
    const r = minus(keptRate(network, layer, startOf(layer), ZERO), fanIn(layer));
    const gaps = [minus(ZERO, r), minus(ONE, r)];
    kinks.push(minus(layer.exponents.d, layer.exponents.a), ...gaps, ...gaps.map((gap) => divided(gap, 2)));
  }
  const fine = kinks.filter((start) => compare(start, HALF) >= 0);
  return fine.filter((start, k) => fine.findIndex((other) => equal(other, start)) === k);
}

/**
 * The repair of this S in which the output moves by order 1 `through` the readout's learning, or through the features
 * below it; none where that cannot be.
 */
function repairs(network: Mlp, start: Exponent, through: 'readout' | 'features', target: RepairTarget): Repair[] {
  const { hidden, readout, rule } = network;
  const minds = !rule.linear && !rule.scaleInvariant;
  const keptLearned = keptRate(network, readout, start, ZERO);
  const least_ = minds && finite(start) ? most(ONE, start) : ONE;
  const learned = through === 'readout' ? ONE : most(keptLearned, least_);
  if (compare(learned, least_) < 0 || (through === 'features' && compare(start, ONE) > 0)) return [];
  // What cotangents scale with once training has begun.
  const scale = least(start, learned);
  if (target === 'maximal' && (compare(scale, ONE) < 0 || through === 'features')) return [];
  const bound = most(ZERO, minus(ONE, scale));
  const kept = hidden.map((layer) => minus(keptRate(network, layer, startOf(layer), scale), fanIn(layer)));
  const moves = kept.map((r) => (target === 'maximal' ? ZERO : most(r, bound)));
  if (through === 'features') lowerOne(moves, bound);
  const layers = layersOf(network).map((layer, k): Exponents => {
    const { a, c, d } = layer.exponents;
    const last = layer === readout;
    const lift = last
      ? minus(learned, keptLearned)
      : minus(required(moves[k], `r of layer ${k + 1}`), required(kept[k], `r of layer ${k + 1} as it is`));
    const b = minus(last ? start : startOf(layer), a);
    return { a, b, c: plus(c, lift), d: minds ? (last ? a : plus(a, scale)) : d };
  });
  const changes = changesOf(network, layers);
  const distance = plus(...changes.map(({ from, to }) => difference(from, to)));
  const regime = moves.some((r) => equal(r, ZERO)) ? 'feature learning' : 'operator';
  return [{ layers, changes, distance, regime }];
}

/** Brings the r that is nearest to a bound, all being above it or on it, down to it. */
function lowerOne(moves: Exponent[], bound: Exponent): void {
  const nearest = least(...moves);
  const place = moves.findIndex((r) => equal(r, nearest));
  moves[place] = bound;
}

/** a + the effective rate exponent of a layer that keeps its c, where it starts at n^(-start) and cotangents at scale. */
function keptRate({ rule, clipping, readout }: Mlp, layer: Layer, start: Exponent, scale: Exponent): Exponent {
  const { a, c, d } = layer.exponents;
  const shift = shiftOf(rule, clipping, layer.kind, { ...layer.exponents, b: minus(start, a) });
  // In a stable network Q sees n^(d − a − scale), the readout n^(d − a).
  const seen = ruleFor(rule, layer.kind).linear ? minus(minus(d, a), layer === readout ? ZERO : scale) : ZERO;
  return minus(plus(a, c, shift), seen);
}

/** a + b that is stable at initialization. */
const startOf = ({ kind }: Layer): Exponent => (kind === 'vector' ? ZERO : HALF);

/** What a sum over the layer's inputs adds to the size of an update. */
const fanIn = ({ kind }: Layer): Exponent => (kind === 'vector' ? ZERO : ONE);

function changesOf(network: Mlp, layers: readonly Exponents[]): Change[] {
  return layersOf(network).flatMap(({ layer, exponents }, k) =>
    EXPONENT_NAMES.flatMap((name): Change[] => {
      const [from, to] = [exponents[name], layers[k]?.[name] ?? exponents[name]];
      return equal(from, to) ? [] : [{ layer, exponent: name, from, to }];
    }),
  );
}

function difference(x: Exponent, y: Exponent): Exponent {
  return finite(x) && finite(y) ? absolute(minus(x, y)) : ONE;
}
