/** The largest rate, common to all layers, at which a network stays stable. */

import { required } from '../errors/index.ts';
import { divided, type Exponent, equal, finite } from '../program/index.ts';
import { persistenceConditions, startConditions } from './conditions.ts';
import { layersOf, type Mlp, mlpOf } from './layers.ts';

/** Conditions are sums of exponents in which c counts once, twice or three times. */
const PARTS = 6;
const MOST_DOUBLINGS = 20;
/** Finer steps could not be counted exactly. */
const FINEST = 2 ** 30;

/**
 * The smallest c, the same in all layers, at which the network is stable; undefined where its layers have different
 * ones, or where initialization is unstable at any rate.
 *
 * Conditions hold for all c above a bound whose denominator is known, so bisection finds it exactly.
 */
export function largestStableRate(network: Mlp): Exponent | undefined {
  const all = layersOf(network);
  const common = required(all[0]?.exponents.c, 'layer of a network');
  if (!all.every(({ exponents }) => equal(exponents.c, common))) return undefined;
  if (!startConditions(network).every(({ holds }) => holds)) return undefined;
  const denominator = all.reduce((product, { exponents, shift }) => {
    const { a, b, c, d } = exponents;
    return [a, b, c, d, shift].filter(finite).reduce((lowest, x) => multiple(lowest, x.denominator), product);
  }, PARTS);
  if (denominator > FINEST) return undefined;
  const at = (steps: number): Exponent => divided({ numerator: steps, denominator: 1 }, denominator);
  const stable = (steps: number): boolean => isStable(network, at(steps));
  let [below, above] = [-denominator, denominator];
  for (let k = 0; k < MOST_DOUBLINGS && stable(below); k++) below *= 2;
  for (let k = 0; k < MOST_DOUBLINGS && !stable(above); k++) above *= 2;
  if (stable(below) || !stable(above)) return undefined;
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (stable(middle)) above = middle;
    else below = middle;
  }
  return at(above);
}

function isStable(network: Mlp, rate: Exponent): boolean {
  const all = layersOf(network).map(({ exponents, kind }) => ({ kind, exponents: { ...exponents, c: rate } }));
  const other = mlpOf(all, network.rule, network.clipping);
  return persistenceConditions(other).every(({ holds }) => holds);
}

function multiple(x: number, y: number): number {
  let divisor = x;
  for (let rest = y; rest !== 0; ) [divisor, rest] = [rest, divisor % rest];
  return (x / divisor) * y;
}
