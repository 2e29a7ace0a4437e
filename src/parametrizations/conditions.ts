/** The conditions of the classification (IVb 2.8), each with its two sides, whether it holds, and what fails otherwise. */

import { compare, type Exponent, equal, finite, HALF, minus, ONE, plus, ZERO } from '../program/index.ts';
import { type Layer, layersOf, type Mlp } from './layers.ts';

/**
 * - `start`: forward passes are of order 1 at initialization (the output may vanish).
 * - `faithful`: Q's inputs are of order 1 at initialization.
 * - `features`: one step moves preactivations by order 1 at most.
 * - `readout`: one step of the readout moves the output by order 1 at most.
 * - `output`: the readout applied to the features' move is of order 1 at most.
 * - `backward`: the readout's updates do not outgrow its initial weights, by which Q's inputs are scaled.
 * - `nontrivial-readout`, `nontrivial-features`: the output moves by order 1 because the readout does, because the
 *   features below it do. One of them is enough.
 * - `regime`: whether features do.
 */
export type ConditionName =
  | 'start'
  | 'faithful'
  | 'features'
  | 'readout'
  | 'output'
  | 'backward'
  | 'nontrivial-readout'
  | 'nontrivial-features'
  | 'regime';

/** A condition on one layer. */
export interface Condition {
  readonly name: ConditionName;
  readonly layer: number;
  readonly left: Exponent;
  readonly relation: '=' | '≥' | '≤';
  readonly right: Exponent;
  readonly holds: boolean;
  /** What it speaks about is of size n^exponent. */
  readonly exponent: Exponent;
}

const condition = (
  name: ConditionName,
  layer: number,
  left: Exponent,
  relation: Condition['relation'],
  right: Exponent,
  size: Exponent,
): Condition => {
  const order = compare(left, right);
  const holds = relation === '=' ? order === 0 : relation === '≥' ? order >= 0 : order <= 0;
  return { name, layer, left, relation, right, holds, exponent: size };
};

/** Stable at initialization: a + b is 0, 1/2 … 1/2, and at least 1/2. */
export function startConditions({ hidden, readout }: Mlp): Condition[] {
  return [
    ...hidden.map(({ layer, kind, start }) => {
      const needed = kind === 'vector' ? ZERO : HALF;
      return condition('start', layer, start, '=', needed, minus(needed, start));
    }),
    condition('start', readout.layer, readout.start, '≥', HALF, minus(HALF, readout.start)),
  ];
}

/**
 * The size that Q's inputs are scaled by at initialization: b of the readout. One that starts at zero has the size of
 * its first update from then on.
 */
export function scalingReadout({ readout, readoutSize }: Mlp): Exponent {
  return finite(readout.exponents.b) ? readout.exponents.b : readoutSize;
}

/** The d for which Q sees gradients of order 1: d_l = a_l + a_{L+1} + b_{L+1}, and d_{L+1} = a_{L+1}. */
export function faithfulGradient(network: Mlp, { layer, exponents: { a }, passed }: Layer): Exponent {
  const { readout } = network;
  const scale = layer === readout.layer ? ZERO : plus(readout.exponents.a, scalingReadout(network));
  return minus(plus(a, scale), passed);
}

/** Faithful at initialization. */
export function faithfulConditions(network: Mlp): Condition[] {
  return layersOf(network).map((layer) => {
    const [d, needed] = [layer.exponents.d, faithfulGradient(network, layer)];
    return condition('faithful', layer.layer, d, '=', needed, minus(d, needed));
  });
}

/** Stability persists after initialization. */
export function persistenceConditions({ hidden, readout, readoutSize, r }: Mlp): Condition[] {
  const moved = plus(readout.exponents.a, readoutSize, r);
  return [
    ...hidden.map((layer) => condition('features', layer.layer, layer.r, '≥', ZERO, minus(ZERO, layer.r))),
    condition('readout', readout.layer, plus(readout.exponents.a, readout.rate), '≥', ONE, minus(ZERO, readout.r)),
    condition('output', readout.layer, moved, '≥', ONE, minus(ONE, moved)),
  ];
}

/** Faithfulness persists: b ≤ c at the readout, unless it starts at zero. */
export function backwardCondition({ readout }: Mlp): Condition {
  const { b } = readout.exponents;
  const left = finite(b) ? b : readout.rate;
  return condition('backward', readout.layer, left, '≤', readout.rate, minus(left, readout.rate));
}

/** Both ways in which the output may move by order 1: through the readout's own learning, and through the features'. */
export function nontrivialConditions({ readout, r }: Mlp): readonly [Condition, Condition] {
  const [learned, moved] = [plus(readout.exponents.a, readout.rate), plus(readout.start, r)];
  return [
    condition('nontrivial-readout', readout.layer, learned, '=', ONE, minus(ONE, learned)),
    condition('nontrivial-features', readout.layer, moved, '=', ONE, minus(ONE, moved)),
  ];
}

/** The hidden layers that attain r, with what it is there. */
export function regimeConditions({ hidden, r }: Mlp): Condition[] {
  return hidden
    .filter((layer) => equal(layer.r, r))
    .map((layer) => condition('regime', layer.layer, layer.r, '=', layer.r, minus(ZERO, layer.r)));
}
