/** Sampled limits of gradient descent contain what kernels in closed form give (theory 7). */

import { afterAll, describe, expect, it } from 'vitest';
import { required } from '../../../src/errors/index.ts';
import { type LimitPath, type LimitProblem, limitPath } from '../../../src/experiments/index.ts';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { limitingKernels } from '../../../src/kernels/index.ts';
import { cnn, mlp, type Net } from '../../../src/nets/index.ts';
import { at, mean, standardDeviation } from '../../../src/numeric/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { exponentsFor, MUP, NTP, type Parametrization, uniform } from '../../../src/parametrizations/index.ts';
import { minus, type Tensor, tensor } from '../../../src/program/index.ts';
import { drawState, parametrizedNet, tangentStep } from '../../../src/training/index.ts';
import { SERIES, TARGET, TWO_TARGETS, VECTORS } from './data.ts';

const [RATE, STEPS] = [0.4, 4];
/** Two batches in turn, and an example in none. */
const BATCHES = [[0, 1], [2]];
/**
 * Standard errors, on 15 degrees of freedom: of some 16 numbers of a case, a few of them independent, one lies further off
 * in one case of two hundred.
 */
const SIGMAS = 4;
/** Many beside the directions that products with matrices take, for what is left of the bias falls as their square. */
const [SAMPLES, SEEDS] = [256, 16];

/** f after each step, by f ← f − η K χ, [step][example, output]. */
function descended(
  net: Net,
  parametrization: Parametrization,
  x: Tensor,
  target: Tensor,
  start: Tensor,
): Float64Array[] {
  const program = parametrizedNet(net, { parametrization });
  const rates = Object.fromEntries(
    net.parameters.map(({ name, kind }) => {
      const { c, d } = exponentsFor(parametrization, { name, kind });
      return [name, { scale: 1, powers: [{ space: 'n', exponent: minus(d, c) }] }];
    }),
  );
  const { ntk } = limitingKernels(program, { x1: { x }, rates });
  const width = target.data.length / ntk.rows;
  const path = [Float64Array.from(start.data)];
  for (let step = 0; step < STEPS; step++) {
    const f = required(path.at(-1), 'outputs');
    const batch = required(BATCHES[step % BATCHES.length], 'batch');
    const next = Float64Array.from(f, (value, o) => {
      const [example, output] = [Math.floor(o / width), o % width];
      return batch.reduce((sum, b) => {
        const error = at(f, b * width + output) - at(target.data, b * width + output);
        return sum - (RATE / batch.length) * at(ntk.data, example * ntk.columns + b) * error;
      }, value);
    });
    path.push(next);
  }
  return path;
}

interface Case {
  readonly net: Net;
  readonly parametrization?: Parametrization;
  readonly x?: Tensor;
  readonly target?: Tensor;
  readonly start?: Tensor;
  readonly samples?: number;
}

const GIVEN = tensor(['batch'], [4], [0.3, -0.2, 0.1, 0.4]);
const ZERO = tensor(['batch'], [4], [0, 0, 0, 0]);

const problem = (net: Net, parametrization: Parametrization, x: Tensor, target: Tensor): LimitProblem => ({
  ...{ net, parametrization, optimizer: optimizerNamed('sgd'), settings: { learningRate: RATE } },
  ...{ data: { x, target }, batches: BATCHES, steps: STEPS },
});

/** The standard errors by which sampled outputs miss others, at most. */
function missed({ outputs }: LimitPath, expected: readonly ArrayLike<number>[]): number {
  const off = outputs.flatMap((entries, step) =>
    entries.map(({ value, standardError }, k) => {
      const distance = Math.abs(value - at(required(expected[step], 'outputs of a step'), k));
      return distance === 0 ? 0 : distance / standardError;
    }),
  );
  return Math.max(...off);
}

const CASES: Readonly<Record<string, Case>> = {
  'one hidden layer': { net: mlp({ depth: 1, activation: 'erf' }) },
  'two hidden layers and biases': { net: mlp({ depth: 2, activation: 'relu', biases: true, outputBias: true }) },
  'three hidden layers, from given outputs': { net: mlp({ depth: 3, activation: 'erf' }), start: GIVEN },
  'two outputs': {
    net: mlp({ depth: 2, activation: 'erf', classes: 2 }),
    target: TWO_TARGETS,
    start: tensor(['batch', 'class'], [4, 2], [0, 0, 0, 0, 0, 0, 0, 0]),
  },
  'a convolutional network': { net: cnn({ size: [3], depth: 2, activation: 'erf' }), x: SERIES, samples: 1024 },
  'UP_1/4, from 0': { net: mlp({ depth: 2, activation: 'erf' }), parametrization: uniform('1/4') },
  'UP_1/2, from given outputs': {
    net: mlp({ depth: 2, activation: 'erf' }),
    parametrization: uniform('1/2'),
    start: GIVEN,
  },
};

describe('gradient descent at infinite width, sampled, is that of the kernel in closed form', () => {
  it.each(Object.entries(CASES))('%s', async (_, one) => {
    const { net, parametrization = NTP, x = VECTORS, target = TARGET, start = ZERO, samples = SAMPLES } = one;
    const path = await limitPath(problem(net, parametrization, x, target), { samples, seeds: SEEDS, start });
    expect(path.kind).toBe('neural tangent');
    const expected = descended(net, parametrization, x, target, start);
    expect(missed(path, expected)).toBeLessThan(SIGMAS);
    // Errors of what has moved are small beside how far it has.
    const [last, first] = [required(path.outputs.at(-1), 'last outputs'), required(path.outputs[0], 'first outputs')];
    const moved = Math.max(...last.map(({ value }, k) => Math.abs(value - required(first[k], 'output').value)));
    expect(Math.max(...last.map(({ standardError }) => standardError))).toBeLessThan(0.1 * moved);
  });
});

describe('a frozen network of finite width', () => {
  const engine = nodeEngine({ threads: 1 });
  afterAll(() => engine.release());

  it('is trained as the kernel in closed form says, on average', async () => {
    const [width, networks] = [512, 24];
    const net = mlp({ depth: 2, activation: 'erf' });
    const options = problem(net, NTP, VECTORS, TARGET);
    const program = tangentStep(net, { ...options, weighted: true });
    const data = { x: VECTORS, target: TARGET };
    const weights = BATCHES.map((batch) =>
      tensor(
        ['batch'],
        [4],
        [0, 1, 2, 3].map((k) => (batch.includes(k) ? 1 : 0)),
      ),
    );
    const sizes = { n: width, batch: 4, input: 2 };
    const runs: number[][] = [];
    for (let seed = 0; seed < networks; seed++) {
      const training = await engine.stepper(program, sizes, { state: drawState(program, sizes, seed) }, ['f']);
      for (let step = 0; step < STEPS; step++)
        await training.step({ ...data, weight: required(weights[step % 2], 'weights') });
      const { f } = await training.step({ ...data, weight: required(weights[0], 'weights') });
      runs.push(Array.from(required(f, 'f').data, Number));
      await training.release();
    }
    const expected = required(descended(net, NTP, VECTORS, TARGET, ZERO).at(-1), 'last outputs');
    // Their mean is off by about 1/n of what has moved, far below its standard error.
    for (const [k, value] of expected.entries()) {
      const own = runs.map((f) => at(f, k));
      const error = required(standardDeviation(own), 'spread') / Math.sqrt(networks);
      expect(Math.abs(mean(own) - value)).toBeLessThan(SIGMAS * error);
      expect(error).toBeLessThan(0.01);
    }
  });
});

describe('parametrizations of one class have one limit, to rounding', () => {
  const net = mlp({ depth: 2, activation: 'tanh' });
  const limitOf = (parametrization: Parametrization): Promise<LimitPath> => {
    const settings = { learningRate: 0.1, epsilon: 1e-2, smooth: true };
    const adam = { optimizer: optimizerNamed('adam'), settings };
    return limitPath({ ...problem(net, parametrization, VECTORS, TARGET), ...adam }, { samples: 64, seeds: 2 });
  };
  const deviation = ({ outputs }: LimitPath, other: LimitPath): number =>
    Math.max(
      ...outputs.flatMap((entries, step) =>
        entries.map(({ value }, k) => Math.abs(value - required(other.outputs[step]?.[k], 'output').value)),
      ),
    );

  it.each([
    ['UP_0', uniform(0), MUP, 'maximal update'],
    ['UP_1/5', uniform('1/5'), NTP, 'neural tangent'],
    ['UP_1/2', uniform('1/2'), NTP, 'neural tangent'],
  ] as const)('%s', async (_, one, other, kind) => {
    const [ours, theirs] = [await limitOf(one), await limitOf(other)];
    expect([ours.kind, theirs.kind]).toEqual([kind, kind]);
    expect(deviation(ours, theirs)).toBeLessThan(1e-9);
    expect(Math.abs(required(ours.outputs.at(-1)?.[0], 'output').value)).toBeGreaterThan(0.05);
  });
});
