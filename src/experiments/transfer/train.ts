/** One network trained at one width, value and seed. */

import { mean } from '../../numeric/index.ts';
import { type Program, type Sizes, step, type Tensors } from '../../program/index.ts';
import type { FiniteRun } from '../check/finite.ts';
import { thinned } from './curves.ts';
import type { Cell } from './result.ts';

export interface TrainOptions {
  readonly steps: number;
  /** Last steps that the loss is averaged over. */
  readonly averaged: number;
  readonly sizes: Sizes;
  readonly batch: (step: number) => Tensors;
  readonly run: FiniteRun;
}

/** Trains a step program from a state; ends early where the loss is no number. */
export async function train(
  program: Program,
  initial: Tensors,
  options: TrainOptions,
): Promise<Pick<Cell, 'loss' | 'divergedAt' | 'curve'>> {
  const { steps, averaged, batch } = options;
  const next = stepper(program, initial, options);
  const losses: number[] = [];
  while (losses.length < steps) {
    const loss = await next(batch(losses.length));
    if (!Number.isFinite(loss)) return { loss: null, divergedAt: losses.length, curve: thinned(losses, steps) };
    losses.push(loss);
  }
  return { loss: mean(losses.slice(-averaged)), divergedAt: null, curve: thinned(losses, steps) };
}

/** One step after another: each gets its mini-batch and gives the loss before its update. */
function stepper(program: Program, initial: Tensors, { run, sizes }: TrainOptions): (data: Tensors) => Promise<number> {
  let state = initial;
  return async (data) => {
    const stepped = await step((p, feeds) => run(p, feeds, sizes), program, state, data);
    state = stepped.state;
    return stepped.outputs.loss?.data[0] ?? Number.NaN;
  };
}
