/** What would never learn is refused by whatever trains, unless it is frozen; what has a gradient never is. */

import { describe, expect, it } from 'vitest';
import { coordinateCheck, transfer } from '../../src/experiments/index.ts';
import { mlp, type Net, netOf, residualMlp, transformer } from '../../src/nets/index.ts';
import { stream } from '../../src/numeric/index.ts';
import { optimizerNamed } from '../../src/optimizers/index.ts';
import { MUP, NTP, SP } from '../../src/parametrizations/index.ts';
import {
  argument,
  build,
  differentiate,
  fixed,
  isUnaryName,
  mul,
  sub,
  type Tensors,
  tensor,
  unary,
  unaryFunctions,
  width,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import {
  checkGradients,
  drawState,
  evaluationProgram,
  type StepOptions,
  train,
  trainingStep,
} from '../../src/training/index.ts';
import { failureOf } from '../support/failure.ts';
import { run, stepper } from './support.ts';

const common: StepOptions = { parametrization: MUP, optimizer: optimizerNamed('adam') };
const sizes = { n: 4, batch: 3, input: 2 };
const data: Tensors = {
  x: tensor(['batch', 'input'], [3, 2], stream(1).normals(6)),
  target: tensor(['batch'], [3], Float64Array.of(1, -1, 0.5)),
};
const signNet = mlp({ depth: 2, activation: 'sign' });

const REFUSED =
  'w1, w2 of "MLP of 2 hidden layers" would never learn: they bear on the output through sign alone, at x1, x2, and the derivative of sign is 0 wherever there is one. Take tanh there, which takes like values, or another function with a derivative; or leave them out of what is trained.';

describe('weights in front of sign or step', () => {
  it('are refused by a step of training, in a message that says what to do', async () => {
    const failure = await failureOf(() => trainingStep(signNet, common));
    expect(failure.code).toBe('training.flat-gradients');
    expect(failure.message).toBe(REFUSED);
    expect((await failureOf(() => checkGradients(signNet))).message).toBe(REFUSED);
  });

  it.each(Object.keys(unaryFunctions).filter(isUnaryName))('are told of all functions that are flat: %s', (name) => {
    const step = () => trainingStep(mlp({ depth: 1, activation: name }), common);
    const smooth = { sign: 'tanh', step: 'sigmoid' }[name as string];
    const isFlat = differentiate(unary(name, argument(0)), 0).op === 'constant' && name !== 'neg';
    expect(isFlat).toBe(smooth !== undefined);
    if (isFlat)
      expect(step).toThrow(
        `w1 of "MLP of 1 hidden layer" would never learn: it bears on the output through ${name} alone, at x1, and the derivative of ${name} is 0 wherever there is one. Take ${smooth} there`,
      );
    else expect(step).not.toThrow();
  });

  it.each([SP, NTP, MUP])(
    'are refused in $name, with biases, whatever the optimizer, the limit and the loss',
    (parametrization) => {
      const net = mlp({ depth: 1, activation: 'step', classes: 3, biases: true });
      for (const optimizer of ['sgd', 'signsgd', 'lion'].map((name) => optimizerNamed(name))) {
        expect(() => trainingStep(net, { parametrization, optimizer, loss: 'cross-entropy', clipNorm: 1 })).toThrow(
          'w1, b1 of "MLP of 1 hidden layer" would never learn: they bear on the output through step alone',
        );
      }
    },
  );

  it('are refused by the coordinate check and by transfer before anything is trained', async () => {
    const unused = () => expect.fail('nothing is to be trained');
    const options = { optimizer: common.optimizer, widths: [8, 16, 32], seeds: 1, stepper: unused };
    await expect(coordinateCheck({ ...options, net: signNet, parametrization: MUP, data })).rejects.toThrow(REFUSED);
    const inputs = stream(1).normals(6);
    const examples = { name: 'x', source: 'here', inputs, input: 2, labels: Int32Array.of(0, 1, 0), classes: 2 };
    const net = mlp({ depth: 2, activation: 'sign', classes: 2 });
    await expect(transfer({ ...options, net, examples })).rejects.toThrow('w1, w2 of');
  });

  it('are refused within the blocks of residual nets and transformers, though the rest learns', () => {
    expect(() => trainingStep(residualMlp({ depth: 2, activation: 'sign' }), common)).toThrow(
      /^w1, gain1, shift1, b1, w2, gain2, shift2, b2 of "residual MLP of 2 blocks" would never learn: .* through sign alone, at /,
    );
    const net = transformer({ vocabulary: 5, context: 3, depth: 1, activation: 'step', biases: true });
    expect(() => trainingStep(net, { ...common, loss: 'cross-entropy' })).toThrow(
      /^gainFeed1, shiftFeed1, up1, upBias1 of "transformer of 1 block" would never learn: .* through step alone, at /,
    );
  });
});

describe('what is not refused', () => {
  const sgd = { ...common, optimizer: optimizerNamed('sgd'), settings: { learningRate: 0.5 } };

  it('is a readout on weights in front of sign that are frozen: it learns, they stay', async () => {
    const program = trainingStep(signNet, { ...sgd, trainable: ['w3'] });
    const initial = drawState(program, sizes, 4, { data });
    const { result, state } = await train({
      program,
      stepper,
      run,
      sizes: { n: 4 },
      seed: 4,
      batches: () => data,
      steps: 20,
    });
    expect(result.losses.at(-1)).toBeLessThan(0.9 * Number(result.losses[0]));
    for (const name of ['w1', 'w2']) expect(state[name]).toEqual(initial[name]);
    expect(state.w3).not.toEqual(initial.w3);
  });

  it('is sign where it takes no part in a derivative: errors, losses, accuracies, optimizers, and networks run as they are', () => {
    const net = mlp({ depth: 1, activation: 'relu' });
    const f = argument(0);
    const error = unary('sign', sub(f, argument(1)));
    for (const optimizer of ['signsgd', 'lion', 'rprop'].map((name) => optimizerNamed(name))) {
      for (const loss of ['hinge', { name: 'L1', error, loss: unary('abs', sub(f, argument(1))) }] as const) {
        const step = trainingStep(net, { ...common, optimizer, loss });
        const outputs = interpret(step, { ...data, ...drawState(step, sizes, 1, { data }) }, sizes);
        expect(Object.keys(outputs)).toContain('loss');
      }
    }
    expect(evaluationProgram(signNet, { ...common, loss: 'hinge' }).outputs.map(({ name }) => name)).toContain(
      'accuracy',
    );
  });

  it('is a parameter with another way to the output, or with none', () => {
    const net = gated();
    checkGradients(net);
    const program = trainingStep(net, sgd);
    const initial = drawState(program, sizes, 4, { data });
    const after = interpret(program, { ...data, ...initial }, sizes);
    expect(after.w?.data).not.toEqual(initial.w?.data);
    expect(after.idle?.data).toEqual(initial.idle?.data);
  });
});

/** f = mean h step(h) with h = w x, and a parameter that bears on nothing. */
function gated(): Net {
  const b = build('gated', { batch: fixed(), input: fixed(), n: width() });
  const h = b.contract(b.parameter('w', ['n', 'input']), b.input('x', ['batch', 'input']), ['input'], 'h');
  const open = b.map([h], (z) => unary('step', z), 'open');
  b.contract(b.parameter('idle', ['n']), open, ['n']);
  b.output('f', b.mean(b.map([h, open], mul), ['n']));
  return netOf(b.finish(), { output: 'f', layers: [], kinds: { w: 'vector', idle: 'vector' } });
}
