/** What a coordinate check expects: sizes predicted by the classification, or what stability asks of any network. */

import type { Net } from '../../nets/index.ts';
import {
  classify,
  equivalent,
  MUP,
  type Parametrization,
  toNumber,
  type UpdateRule,
} from '../../parametrizations/index.ts';
import type { LossName } from '../../training/index.ts';
import type { Measured } from './result.ts';

/** An exponent of the width, to be met or not to be exceeded; undefined where the size is exactly 0. */
export interface Expected {
  readonly exponent: number | undefined;
  readonly atMost: boolean;
}

/** What is expected of a quantity of the k-th layer at a step. */
export type Predictor = (k: number, of: Pick<Measured, 'quantity' | 'step'>) => Expected;

/** Sizes of a multilayer perceptron of so many hidden layers. */
export function classified(
  parametrization: Parametrization,
  depth: number,
  rule: UpdateRule,
  loss: LossName,
): Predictor {
  const { sizes } = classify(parametrization, { depth, optimizer: rule });
  return (k, { quantity, step }) => {
    const atStep = sizes[Math.min(step, sizes.length - 1)];
    const layer = atStep?.layers[k];
    if (atStep === undefined || layer === undefined) return { exponent: undefined, atMost: false };
    const { preactivation, preactivationChange, updateInput } = layer;
    const found = { preactivation, change: preactivationChange, 'update input': updateInput }[quantity];
    // Where f grows, so does the error signal of the squared loss; that of the others stays of order 1.
    const signal = quantity === 'update input' && loss === 'squared' ? Math.max(0, toNumber(atStep.output)) : 0;
    const exponent = toNumber(found) + signal;
    // A trained value is what it was plus its change, and at small widths the smaller power may be the larger part.
    const atMost = quantity === 'preactivation' && step > 0;
    return { exponent: Number.isFinite(exponent) ? exponent : undefined, atMost };
  };
}

/**
 * Of any other network: stability lets nothing grow, and in the maximal update parametrization every layer changes by
 * order 1. Outputs start at order 1 or smaller, and so may what updates see: scores of attention average independent
 * values and cotangents at initialization, so that what reaches queries and keys vanishes like n^(-1/2).
 */
export function stable(parametrization: Parametrization, { layers }: Net, rule: UpdateRule): Predictor {
  const maximal = equivalent(parametrization, MUP, { rule });
  return (k, { quantity, step }) => {
    if (quantity === 'change' && step === 0) return { exponent: undefined, atMost: false };
    if (quantity === 'preactivation') return { exponent: 0, atMost: step > 0 || k === layers.length - 1 };
    return { exponent: 0, atMost: quantity === 'update input' || !maximal };
  };
}
