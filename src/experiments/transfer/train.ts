/** One network trained at one width, rate and seed. */

import { mean } from '../../numeric/index.ts';
import { type Program, type Sizes, step, type Tensors } from '../../program/index.ts';
import type { FiniteRun } from '../check/finite.ts';

export interface TrainOptions {
  readonly steps: number;
  /** Last steps that the loss is averaged over. */
  readonly averaged: number;
  readonly sizes: Sizes;
  readonly batch: (step: number) => Tensors;
  readonly run: FiniteRun;
}

/** Its loss, and where it stopped being a number. */
export interface Trained {
  readonly loss: number | null;
  readonly divergedAt: number | null;
}

/** Trains a step program from a state; ends early where the loss is no number. */
export async function train(program: Program, initial: Tensors, options: TrainOptions): Promise<Trained> {
  const { steps, averaged, sizes, batch, run } = options;
  let state = initial;
  const last: number[] = [];
  for (let k = 0; k < steps; k++) {
    const stepped = await step((p, feeds) => run(p, feeds, sizes), program, state, batch(k));
    state = stepped.state;
    const loss = stepped.outputs.loss?.data[0] ?? Number.NaN;
    if (!Number.isFinite(loss)) return { loss: null, divergedAt: k };
    if (k >= steps - averaged) last.push(loss);
  }
  return { loss: mean(last), divergedAt: null };
}
