/** Networks of a finite width trained on digits, beside what kernels of infinitely wide ones predict of them. */

import { required } from '../../src/errors/index.ts';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { type LimitingKernels, limitingKernels, predictor } from '../../src/kernels/index.ts';
import { layerNet, type Net } from '../../src/nets/index.ts';
import { at, type Matrix, matrix } from '../../src/numeric/index.ts';
import { optimizers } from '../../src/optimizers/index.ts';
import { byKind, exponentsOf } from '../../src/parametrizations/index.ts';
import { type Tensor, type Tensors, tensor } from '../../src/program/index.ts';
import { drawState, trainingStep } from '../../src/training/index.ts';

/** Inputs [examples, input] and targets [examples, classes], in rows. */
export interface Data {
  readonly input: number;
  readonly classes: number;
  readonly train: Float64Array;
  readonly test: Float64Array;
  readonly targets: Float64Array;
}

export interface Workload {
  readonly activation: string;
  /** Steps after which outputs are compared, rising. */
  readonly steps: readonly number[];
  /** Of the rate from which on descent diverges, what is trained with. */
  readonly rateShare: number;
}

const ZERO = exponentsOf(0, 0, 0, 0);
/** The program has its powers of the width itself. */
const AS_WRITTEN = byKind('as written', 0, { matrix: ZERO, vector: ZERO, readout: ZERO, scalar: ZERO });

/** Two hidden layers, weights and biases trained, in the NTK parametrization. */
export function networkOf({ activation }: Workload, { input, classes }: Data): Net {
  const dense = { W_std: 1.4, b_std: 0.1 };
  const hidden = ['Dense', { out_dim: 1, ...dense }];
  const layers = [hidden, [activation, {}], hidden, [activation, {}], ['Dense', { out_dim: classes, ...dense }]];
  return layerNet(['serial', { layers }], [input]);
}

/** Inputs as data of the network. */
export function fed(rows: Float64Array, { input }: Data): Tensors {
  return { x: tensor(['batch', 'input'], [rows.length / input, input], rows) };
}

export interface Kernels {
  readonly train: LimitingKernels;
  readonly testTrain: LimitingKernels;
}

export function kernelsOf({ program }: Net, data: Data): Kernels {
  const [train, test] = [fed(data.train, data), fed(data.test, data)];
  return {
    train: limitingKernels(program, { x1: train }),
    testTrain: limitingKernels(program, { x1: test, x2: train }),
  };
}

/** One trained network: at each number of steps how far it is from its prediction, and how far it has come. */
export interface Distances {
  /** Root mean squares over test inputs and classes: of f_t less its prediction from f_0, over that of f_t − f_0. */
  readonly relative: readonly number[];
}

/** Trains by full-batch gradient descent in f32 and compares outputs of the test inputs. */
export async function trained(
  workload: Workload,
  data: Data,
  kernels: Kernels,
  width: number,
  seed: number,
  threads: number,
): Promise<Distances> {
  const net = networkOf(workload, data);
  const { input, classes } = data;
  const count = data.train.length / input;
  const targets = matrix(count, classes, data.targets);
  const untrained = predictor({ ...kernels, targets, training: { algorithm: 'descent' } });
  // The library's loss is the mean over examples of the sum over classes; the predictor's a mean over both.
  const rate = workload.rateShare * untrained.divergentRate;
  const training = { algorithm: 'descent', learningRate: rate, momentum: 0 } as const;
  const predicted = predictor({ ...kernels, targets, training });
  const step = trainingStep(net, {
    parametrization: AS_WRITTEN,
    optimizer: required(optimizers.sgd, 'gradient descent'),
    settings: { learningRate: rate / classes },
  });
  const batch = { ...fed(data.train, data), target: tensor(['batch', 'class'], [count, classes], data.targets) };
  const sizes = { n: width, batch: count, input };
  const engine = nodeEngine({ threads });
  const outputs = async (state: Tensors, rows: Float64Array): Promise<Matrix> => {
    const { f } = await engine.run(net.program, { ...state, ...fed(rows, data) }, { n: width });
    return matrixOf(required(f, 'output'));
  };
  const initial = drawState(step, sizes, seed);
  const stepper = await engine.stepper(step, sizes, { state: initial }, []);
  const start = { train: await outputs(initial, data.train), test: await outputs(initial, data.test) };
  const relative: number[] = [];
  let done = 0;
  for (const steps of workload.steps) {
    for (; done < steps; done++) await stepper.step(batch);
    const found = await outputs(stepper.state(), data.test);
    const expected = required(predicted.mean(steps, start).test, 'predictions');
    relative.push(norm(found, expected) / norm(found, start.test));
  }
  await stepper.release();
  return { relative };
}

function matrixOf(value: Tensor): Matrix {
  const [rows, columns] = [at(value.shape, 0), at(value.shape, 1)];
  return matrix(rows, columns, Float64Array.from(value.data));
}

function norm(a: Matrix, b: Matrix): number {
  return Math.hypot(...a.data.map((value, k) => value - at(b.data, k)));
}
