/** Limits on updates, clipping, fixed parameters and weights in a training step, alike in every interpreter. */

import { afterAll, describe, expect, it } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { ketInterpreter } from '../../src/kets/index.ts';
import { mlp } from '../../src/nets/index.ts';
import { drawInitial, draws, stream } from '../../src/numeric/index.ts';
import { type Limit, optimizerNamed, widthThreshold } from '../../src/optimizers/index.ts';
import { MUP } from '../../src/parametrizations/index.ts';
import { checkFragment, type Tensors, tensor } from '../../src/program/index.ts';
import { oracle } from '../../src/reference/index.ts';
import { type StepOptions, type TrainedParameter, trainingStep } from '../../src/training/index.ts';
import { expectClose, REORDERED } from '../program/support.ts';

/** A few dozen operations in f32 on numbers of order 1. */
const F32 = 2e-5;

const [N, BATCH, INPUT] = [5, 4, 3];
const sizes = { n: N, batch: BATCH, input: INPUT };
const data: Tensors = {
  x: tensor(['batch', 'input'], [BATCH, INPUT], stream(7).normals(BATCH * INPUT)),
  target: tensor(['batch'], [BATCH], [1, -1, 0.5, 0]),
};
const net = mlp({ depth: 2, activation: 'tanh', biases: true, outputBias: true });
const adam = { parametrization: MUP, optimizer: optimizerNamed('adam') };
const told = { sizes, draw: draws(5) };
const own = oracle(told);

describe('limits on updates of a perceptron, and all together', () => {
  const engine = nodeEngine({ threads: 1 });
  afterAll(() => engine.release());
  const threshold = ({ axes }: TrainedParameter) =>
    widthThreshold(
      0.2,
      axes.filter((axis) => axis.startsWith('n')),
    );
  const limits: Readonly<Record<Limit['kind'], (parameter: TrainedParameter) => Limit | undefined>> = {
    normalize: () => ({ kind: 'normalize' }),
    // A bias that starts at 0 has no norm to begin with.
    normalizeByWeight: ({ kind, law }) =>
      kind !== 'matrix' && law.kind === 'gaussian' ? { kind: 'normalizeByWeight' } : undefined,
    normalizeByInitialWeight: ({ law }) =>
      law.kind === 'gaussian' ? { kind: 'normalizeByInitialWeight', law } : undefined,
    divideByClippedNorm: (parameter) => ({ kind: 'divideByClippedNorm', threshold: threshold(parameter) }),
    clip: (parameter) => ({ kind: 'clip', threshold: threshold(parameter) }),
  };
  const limited = Object.entries(limits).map(([kind, limitOf]): readonly [string, StepOptions] => [
    kind,
    {
      ...adam,
      settings: { learningRate: 0.1, decoupledDecay: 0.1, epsilon: 0.1, smooth: true },
      rules: (parameter: TrainedParameter) => {
        const limit = limitOf(parameter);
        return limit === undefined ? undefined : { limit };
      },
    },
  ]);
  const every: StepOptions = {
    ...adam,
    ...{ clipNorm: 0.1, trainable: ['w*', 'b3'], limit: { kind: 'normalize' }, weighted: true },
    rules: { 'b*': { optimizer: optimizerNamed('momentum') } },
  };

  const weight = tensor(['batch'], [BATCH], [1, 0, 2, 1]);

  it.each([...limited, ['every option', every] as const])('%s: in oracle, engine and kets', async (_, options) => {
    const program = trainingStep(net, options);
    expect(checkFragment(program).violations).toEqual([]);
    const fed = options.weighted ? { ...data, weight } : data;
    const initial = drawInitial(program, sizes, 5);
    const kets = ketInterpreter({ width: N, seed: 1, matrices: 'dense' });
    const finite = engine.interpreter(told);
    let sampled = kets.start(initial);
    let exact: Tensors = initial;
    let single: Tensors = initial;
    for (let t = 1; t <= 3; t++) {
      const inOracle = await own.run(program, exact, fed);
      const inEngine = await finite.run(program, single, fed);
      const inKets = kets.run(program, sampled, fed);
      [exact, single, sampled] = [inOracle.state, inEngine.state, inKets.state];
      for (const [name, { data: numbers }] of Object.entries({ ...exact, ...inOracle.outputs }))
        expectClose((single[name] ?? inEngine.outputs[name])?.data ?? [], numbers, F32, `${name}, step ${t}`);
      for (const name of ['f', 'loss']) {
        const value = inKets.outputs[name];
        const numbers = value !== undefined && 'data' in value ? value.data : [];
        expectClose(numbers, inOracle.outputs[name]?.data ?? [], REORDERED, `${name} in kets, step ${t}`);
      }
    }
  });

  it.each([...limited, ['every option', every] as const])('%s: on the stepper', async (__, options) => {
    const program = trainingStep(net, options);
    const fed = options.weighted ? { ...data, weight } : data;
    const stepper = await engine.stepper(program, sizes, { state: drawInitial(program, sizes, 5) });
    let exact: Tensors = {};
    for (let t = 1; t <= 3; t++) {
      const [inOracle, outputs] = [await own.run(program, exact, fed), await stepper.step(fed)];
      exact = inOracle.state;
      for (const name of ['f', 'loss'])
        expectClose(outputs[name]?.data ?? [], inOracle.outputs[name]?.data ?? [], F32, `${name}, step ${t}`);
    }
    for (const [name, { data: numbers }] of Object.entries(stepper.state()))
      expectClose(numbers, exact[name]?.data ?? [], F32, name);
    await stepper.release();
  });
});
