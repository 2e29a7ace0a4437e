/** A small training in f64, and where its checkpoints go. */

import { mlp } from '../../src/nets/index.ts';
import { draws, stream } from '../../src/numeric/index.ts';
import { optimizerNamed } from '../../src/optimizers/index.ts';
import { MUP } from '../../src/parametrizations/index.ts';
import { indexTensor, type SizedRun, stepperOf, type Tensors, tensor } from '../../src/program/index.ts';
import { interpret, oracle } from '../../src/reference/index.ts';
import {
  type CheckpointStore,
  evaluationProgram,
  evaluator,
  type MakeStepper,
  miniBatches,
  type StepOptions,
  type StoredCheckpoint,
  type TrainOptions,
  trainingStep,
} from '../../src/training/index.ts';

export const [INPUT, CLASSES, EXAMPLES] = [3, 3, 20];

export const run: SizedRun = (program, feeds, sizes) => interpret(program, feeds, sizes);

/** The reference interpreter as what trains. */
export const stepper: MakeStepper = async (program, sizes, initial) =>
  stepperOf(oracle({ sizes, draw: draws(0) }), program, initial);

/** Random inputs with random classes. */
export const data: Tensors = {
  x: tensor(['batch', 'input'], [EXAMPLES, INPUT], stream(3, 'inputs').normals(EXAMPLES * INPUT)),
  target: indexTensor(
    ['batch'],
    [EXAMPLES],
    Array.from(stream(3, 'classes').uniforms(EXAMPLES), (u) => Math.floor(u * CLASSES)),
  ),
};

export const net = mlp({ depth: 2, activation: 'tanh', classes: CLASSES, outputBias: true });
export const stepOptions: StepOptions = {
  parametrization: MUP,
  optimizer: optimizerNamed('adam'),
  settings: { learningRate: 0.05 },
  loss: 'cross-entropy',
};
const sizes = { n: 5 };

/** Ten steps of Adam on mini-batches of six, evaluated every third step. */
export function training(changes: Partial<TrainOptions> = {}): TrainOptions {
  const evaluate = evaluator(evaluationProgram(net, stepOptions), { data, batch: 8, sizes, run });
  return {
    program: trainingStep(net, stepOptions),
    ...{ stepper, run, sizes, seed: 1, steps: 10 },
    batches: miniBatches(data, { batch: 6, seed: 1 }),
    evaluation: { every: 3, evaluate },
    ...changes,
  };
}

/** A store in memory that keeps what a file would: copies. */
export class MemoryStore implements CheckpointStore {
  readonly name = 'memory';
  readonly written: StoredCheckpoint[] = [];
  stored: StoredCheckpoint | undefined;

  read(): Promise<StoredCheckpoint | undefined> {
    return Promise.resolve(this.stored);
  }

  write(checkpoint: StoredCheckpoint): Promise<void> {
    this.stored = structuredClone(checkpoint);
    this.written.push(this.stored);
    return Promise.resolve();
  }
}
