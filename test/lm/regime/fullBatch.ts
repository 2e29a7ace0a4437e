/** A plain training on all examples at every step, without the loop of fine-tuning: what regime tests compare with. */

import { type Batch, batchFeeds, type Encoded, paddedLength } from '../../../src/lm/kernel/batches.ts';
import type { EncoderModel } from '../../../src/lm/model/checkpoint.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { SP } from '../../../src/parametrizations/index.ts';
import { indexTensor, type Tensors } from '../../../src/program/index.ts';
import { drawState, type MakeStepper, trainingStep } from '../../../src/training/index.ts';

export interface FullBatch {
  readonly model: Pick<EncoderModel, 'net' | 'config'>;
  readonly weights: Tensors;
  readonly stepper: MakeStepper;
  readonly examples: readonly Encoded[];
  readonly classes: readonly number[];
  readonly head: Tensors;
  readonly optimizer: string;
  readonly settings: Readonly<Record<string, number>>;
  readonly trainable?: (parameter: string) => boolean;
}

/** Weights after each of these numbers of steps of mean cross entropy, and the loss before every step. */
export async function trained(options: FullBatch, at: readonly number[]) {
  const { model, weights, stepper: make, examples, classes, optimizer, settings, trainable = () => true } = options;
  const program = trainingStep(model.net, {
    parametrization: SP,
    optimizer: optimizerNamed(optimizer),
    settings,
    loss: 'cross-entropy',
    trainable: ({ name }) => trainable(name),
  });
  const batch: Batch = { members: [...examples.keys()], time: Math.max(...examples.map(paddedLength)) };
  const data: Tensors = {
    ...options.head,
    ...batchFeeds(batch, examples, model.config),
    target: indexTensor(['batch'], [classes.length], classes),
  };
  const sizes = { batch: examples.length, time: batch.time };
  const stepper = await make(program, sizes, drawState(program, sizes, 0, { given: weights }));
  const losses: number[] = [];
  const states = new Map<number, Tensors>();
  for (let step = 1; step <= Math.max(...at); step++) {
    losses.push((await stepper.step(data)).loss?.data[0] ?? Number.NaN);
    if (at.includes(step)) states.set(step, stepper.state());
  }
  await stepper.release();
  return { losses, states };
}
