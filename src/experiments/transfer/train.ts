/** One network trained at one width, value and seed. */

import { required } from '../../errors/index.ts';
import { mean } from '../../numeric/index.ts';
import { follow, type Stepper, type Tensors } from '../../program/index.ts';
import { thinned } from './curves.ts';
import type { Cell } from './result.ts';

export interface TrainOptions {
  readonly steps: number;
  /** Last steps that the loss is averaged over. */
  readonly averaged: number;
  readonly batch: (step: number) => Tensors;
}

/** Trains; ends early where the loss is not finite. */
export async function trainedNetwork<S, O extends { readonly loss?: unknown }>(
  stepper: Stepper<S, O>,
  { steps, averaged, batch }: TrainOptions,
): Promise<Pick<Cell, 'loss' | 'divergedAt' | 'curve'>> {
  const losses: number[] = [];
  for await (const outputs of follow(stepper, batch, { to: steps })) {
    const loss = required(lossOf(outputs), 'loss of a step');
    if (!Number.isFinite(loss)) return { loss: null, divergedAt: losses.length, curve: thinned(losses, steps) };
    losses.push(loss);
  }
  return { loss: mean(losses.slice(-averaged)), divergedAt: null, curve: thinned(losses, steps) };
}

/** The number that an output is. */
function lossOf({ loss }: { readonly loss?: unknown }): number | undefined {
  if (typeof loss !== 'object' || loss === null || !('data' in loss)) return undefined;
  // Tensors of every interpreter have numbers there.
  return (loss.data as ArrayLike<number>)[0];
}
