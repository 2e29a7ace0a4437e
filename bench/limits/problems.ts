/** What the limits bench trains, as step programs with their data. */

import { mlp, transformer } from '../../src/nets/index.ts';
import { mean, stream } from '../../src/numeric/index.ts';
import { optimizerNamed } from '../../src/optimizers/index.ts';
import { MUP, NTP } from '../../src/parametrizations/index.ts';
import { argument, indexTensor, mul, type Program, sub, type Tensors, tensor } from '../../src/program/index.ts';
import { tangentStep, trainingStep } from '../../src/training/index.ts';

export const RULES = ['sgd', 'momentum', 'adam'] as const;
export type Rule = (typeof RULES)[number];

/** A problem by name: a rule of the cost part, or the one of another part. */
export type ProblemName = Rule | 'transformer' | 'tangent';

/** A step program, the same at every width, and what all its steps see. */
export interface Problem {
  readonly program: Program;
  readonly data: Tensors;
  /** Updates after which the output is looked at, as it is before the next. */
  readonly steps: number;
  /** The output that is looked at. */
  readonly output: string;
}

export function problemNamed(name: ProblemName): Problem {
  switch (name) {
    case 'transformer':
      return attentive();
    case 'tangent':
      return frozen();
    default:
      return moving(name);
  }
}

/** Step sizes at which features move and the loss falls by a third or more; those of the first layer are a sixth of them. */
const RATES: Readonly<Record<Rule, number>> = { sgd: 0.4, momentum: 0.1, adam: 0.02 };
const [INPUTS, DIMENSIONS, COST_STEPS] = [32, 6, 50];

/** Maximal update: two hidden tanh layers, 32 inputs on a sphere, told apart by the sign of a product of coordinates. */
function moving(rule: Rule): Problem {
  const draws = Array.from(stream(0, 'inputs').normals(INPUTS * DIMENSIONS));
  const rows = Array.from({ length: INPUTS }, (_, k) => {
    const direction = draws.slice(k * DIMENSIONS, (k + 1) * DIMENSIONS);
    const size = Math.sqrt(mean(direction.map((x) => x * x)));
    return direction.map((x) => x / size);
  });
  const program = trainingStep(mlp({ depth: 2, activation: 'tanh' }), {
    parametrization: MUP,
    optimizer: optimizerNamed(rule),
    settings: { learningRate: RATES[rule] },
    rules: { w1: { rateScale: 1 / DIMENSIONS } },
    loss: 'squared',
  });
  const data = {
    x: tensor(['batch', 'input'], [INPUTS, DIMENSIONS], rows.flat()),
    target: tensor(
      ['batch'],
      [INPUTS],
      rows.map(([first = 0, second = 0]) => Math.sign(first * second)),
    ),
  };
  return { program, data, steps: COST_STEPS, output: 'f' };
}

/** Maximal update: a transformer of one block, 2 heads and a feed-forward layer of 4 n, under Adam. */
function attentive(): Problem {
  const program = trainingStep(transformer({ vocabulary: 5, context: 3, depth: 1, heads: 2 }), {
    parametrization: MUP,
    optimizer: optimizerNamed('adam'),
    settings: { learningRate: 0.05 },
    loss: 'cross-entropy',
  });
  const data = {
    tokens: indexTensor(['batch', 'time'], [2, 3], [0, 1, 2, 3, 4, 0]),
    target: indexTensor(['batch', 'time'], [2, 3], [1, 2, 3, 4, 0, 1]),
  };
  // Four updates lie between the first loss and a fifth; the loss before the fourth is the last of a run of four steps.
  return { program, data, steps: 3, output: 'loss' };
}

/** What both sides of the tangent part are told: a network of two hidden tanh layers under Adam, one input untrained. */
export const TANGENT = {
  x: [
    [1, 0.3],
    [0.2, -1.1],
    [-0.8, 0.6],
    [0.5, 0.9],
  ],
  target: [1, -1, 0.5, 0],
  weight: [1, 1, 1, 0],
  steps: 10,
  rate: 0.1,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-3,
} as const;

/** Neural tangent: kets at their initial law, Adam's state on tiles; errors are summed over the inputs that are trained on. */
function frozen(): Problem {
  const { x, target, weight, steps, rate, beta1, beta2, epsilon } = TANGENT;
  const [inputs, dimensions] = [x.length, x[0].length];
  const scale = dimensions ** -0.5;
  const program = tangentStep(mlp({ depth: 2, activation: 'tanh' }), {
    parametrization: NTP,
    rules: { w1: { rateScale: scale, gradientScale: scale } },
    optimizer: optimizerNamed('adam'),
    settings: { learningRate: rate, beta1, beta2, epsilon, smooth: true },
    weighted: true,
    // The signal is divided by the sum of the weights.
    loss: { name: 'sum', error: mul(weight.filter((one) => one > 0).length, sub(argument(0), argument(1))) },
  });
  const data = {
    x: tensor(['batch', 'input'], [inputs, dimensions], x.flat()),
    target: tensor(['batch'], [inputs], target),
    weight: tensor(['batch'], [inputs], weight),
  };
  return { program, data, steps, output: 'f' };
}
