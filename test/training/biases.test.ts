/** A RoBERTa of which the biases alone are trained: the other parameters stay, gradients declared zero are 0. */

import { afterAll, describe, expect, it } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { type LanguageModelConfig, languageModel } from '../../src/nets/index.ts';
import { draws, stream } from '../../src/numeric/index.ts';
import { optimizerNamed } from '../../src/optimizers/index.ts';
import { SP } from '../../src/parametrizations/index.ts';
import {
  gradientName,
  indexTensor,
  nodesOf,
  statesOf,
  stepperOf,
  type Tensors,
  tensor,
} from '../../src/program/index.ts';
import { oracle } from '../../src/reference/index.ts';
import {
  evaluationProgram,
  evaluator,
  type MakeStepper,
  type StepOptions,
  train,
  trainingStep,
} from '../../src/training/index.ts';
import { smallEncoder } from '../nets/smallEncoder.ts';
import { expectClose, REORDERED } from '../program/support.ts';
import { failureOf } from '../support/failure.ts';
import { run } from './support.ts';

/** What f32 must meet after three steps: the rounding of two blocks forward and backward, which Adam's ratio enlarges. */
const [PARAMETERS, LOSS] = [1e-4, 1e-5];

const config: LanguageModelConfig = { ...smallEncoder, family: 'roberta', firstPosition: 2 };
const net = languageModel(config, { kind: 'words', classes: 2, untie: false });
const { parameters } = net;

const source = stream(5, 'roberta');
/** Gains near 1, biases and weights of the size that a trained model has. */
const weights: Tensors = Object.fromEntries(
  parameters.map(({ name, axes, checkpoint }) => {
    const { axisSizes } = checkpoint ?? expect.fail(`no checkpoint stores ${name}`);
    const center = /Norm\.weight$|layer_norm\.weight$/.test(name) ? 1 : 0;
    const entries = source.substream(name).normals(axisSizes.reduce((a, b) => a * b, 1));
    return [
      name,
      tensor(
        axes,
        axisSizes,
        entries.map((z) => center + 0.4 * z),
      ),
    ];
  }),
);
const data: Tensors = {
  tokens: indexTensor(['batch', 'time'], [2, 4], [1, 5, 12, 0, 3, 3, 7, 2]),
  kinds: indexTensor(['batch', 'time'], [2, 4], new Int32Array(8)),
  positions: indexTensor(['time'], [4], [2, 3, 4, 5]),
  padding: tensor(['batch', "time'"], [2, 4], [0, 0, 0, -1e9, 0, 0, 0, 0]),
  place: indexTensor(['batch'], [2], [2, 1]),
  labels: indexTensor(['class'], [2], [4, 7]),
  target: indexTensor(['batch'], [2], [1, 0]),
};

const options: StepOptions = {
  ...{ parametrization: SP, optimizer: optimizerNamed('adam'), settings: { learningRate: 0.01 } },
  ...{ loss: 'cross-entropy', trainable: ['*.bias'] },
};
const program = trainingStep(net, options);
const zeros = nodesOf(net.program, 'parameter').flatMap(({ name, instruction }) =>
  instruction.zeroGradient === undefined ? [] : [name],
);

const own = oracle({ sizes: {}, draw: draws(0) });

describe('a RoBERTa with only its biases trainable', () => {
  const engine = nodeEngine({ threads: 1 });
  afterAll(() => engine.release());

  it('holds the other parameters as parameters', () => {
    const trained = parameters.map(({ name }) => name).filter((name) => name.endsWith('.bias'));
    const fixed = nodesOf(program, 'parameter').map(({ name }) => name);
    expect(fixed.toSorted()).toEqual(
      parameters
        .map(({ name }) => name)
        .filter((n) => !n.endsWith('.bias'))
        .toSorted(),
    );
    const states = statesOf(program).map(({ name }) => name);
    expect(states.filter((name) => weights[name] !== undefined).toSorted()).toEqual(trained.toSorted());
  });

  it('has the derivatives that training everything has', async () => {
    const outputs = parameters.map(({ name }) => gradientName(name)).filter((name) => name.endsWith('.bias'));
    const { trainable: _, ...everything } = options;
    const [some, all] = await Promise.all(
      [options, everything].map((one) => own.run(trainingStep(net, { ...one, outputs }), own.start(weights), data)),
    );
    for (const name of outputs)
      expectClose(some?.outputs[name]?.data ?? [], all?.outputs[name]?.data ?? [], REORDERED, name);
  });

  it('trains three steps of Adam in f32 as in the oracle', async () => {
    const trained = (stepper: MakeStepper) =>
      train({ ...{ program, run, sizes: {}, steps: 3, initial: weights, batches: () => data }, stepper });
    const [exact, single] = [
      await trained(async (one, _, initial) => stepperOf(own, one, initial)),
      await trained((one, sizes, state) => engine.stepper(one, sizes, { state })),
    ];
    const losses = exact.result.losses ?? [];
    expect(losses).toHaveLength(3);
    losses.forEach((loss, t) => {
      expect(Math.abs((single.result.losses[t] ?? Number.NaN) - loss), `loss ${t + 1}`).toBeLessThan(LOSS);
    });
    for (const { name } of parameters) {
      const [start, left, right] = [weights, exact.state, single.state].map((state) => state[name]?.data ?? []);
      expectClose(right ?? [], left ?? [], PARAMETERS, name);
      const moved = Math.max(...Array.from(left ?? [], (value, k) => Math.abs(value - (start?.[k] ?? Number.NaN))));
      // What has a gradient moves by about the rate, 0.01, at the first step.
      if (name.endsWith('.bias') && !zeros.includes(name)) expect(moved, name).toBeGreaterThan(0.005);
      else expect(moved, name).toBe(0);
    }
    const evaluate = evaluator(evaluationProgram(net, options), { data, batch: 2, sizes: {}, run });
    const after = await evaluate(exact.state);
    expect(after.loss).toBeLessThan(losses[2] ?? 0);
    expect(losses[2]).toBeLessThan(losses[0] ?? 0);
  });

  it('lets decay act where the gradient is 0', async () => {
    expect(zeros).toHaveLength(config.layers);
    const decayed = trainingStep(net, { ...options, settings: { learningRate: 0.01, independentDecay: 0.1 } });
    const { state } = await own.run(decayed, own.start(weights), data);
    for (const name of zeros) {
      const expected = Array.from(weights[name]?.data ?? [], (value) => 0.9 * value);
      expect(Array.from(state[name]?.data ?? [])).toEqual(expected);
    }
  });

  it('refuses globs that no parameter has', async () => {
    const error = await failureOf(() => trainingStep(net, { ...options, trainable: ['*.bais'] }));
    expect(error.message).toMatch(/^parameters to train that do not exist:\n {2}"\*\.bais" matches no parameter\./);
  });
});
