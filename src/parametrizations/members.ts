/**
 * The class of a parametrization: its other members, and those that have a name. The class is that of the abcd symmetry
 * (IVb 2.2.3).
 */

import { compare, HALF, signOf } from '../program/index.ts';
import { clippedFor } from './clipping.ts';
import { layersOf, type Mlp } from './layers.ts';
import { MEAN_FIELD, MUP, NTP, SP, uniform } from './named.ts';
import { type Exponents, mlpLayers, type Parametrization } from './parametrization.ts';
import { forRule } from './shift.ts';
import { equivalentExponents, type Gauge, member } from './symmetry.ts';

/** A member of a class: every layer with the same exponent at 0. */
export interface Member {
  readonly gauge: Gauge;
  /** Layer by layer, the output's multiplier in the readout's a. */
  readonly layers: readonly Exponents[];
}

/** The members of a network's class in which one exponent is 0 throughout, those that exist. */
export function membersOf(network: Mlp): Member[] {
  const { rule, clipping, depth } = network;
  return (['a', 'b', 'c', 'd'] as const).flatMap((gauge): Member[] => {
    const layers = layersOf(network).flatMap(({ exponents }) => member(exponents, gauge, rule, clipping) ?? []);
    return layers.length === depth + 1 ? [{ gauge, layers }] : [];
  });
}

/** The named parametrizations that train this network alike; those for clipped updates where its updates are. */
export function namesOf(network: Mlp): string[] {
  const { clipping, r } = network;
  const between = signOf(r) > 0 && compare(r, HALF) < 0;
  const known = [SP, NTP, MUP, MEAN_FIELD, ...(between ? [uniform(r)] : [])];
  const changed = clipping !== 'none' && clipping !== 'clip';
  const ending = clipping === 'normalizeByWeight' ? '-weight-norm' : '-clipped';
  return known
    .map((one) => (one === SP ? one : forRule(one, network.rule)))
    .map((one) => (changed ? { ...clippedFor(one, clipping), name: `${one.name}${ending}` } : one))
    .filter((one) => trainsAlike(network, one))
    .map(({ name }) => name);
}

function trainsAlike(network: Mlp, other: Parametrization): boolean {
  const layers = mlpLayers(other, network.depth);
  return layersOf(network).every(({ exponents }, k) => {
    const theirs: Exponents | undefined = layers[k];
    return theirs !== undefined && equivalentExponents(exponents, theirs, network.rule, network.clipping);
  });
}

/** How a gauge is described: what its exponent 0 means. */
export const GAUGES: Readonly<Record<Gauge, string>> = {
  a: 'no multipliers',
  b: 'initial weights of order 1',
  c: 'one step size at every width',
  d: 'gradients as they are',
};
