/**
 * A state is a value, in every interpreter: two steps on one data set, two of another program on others, an evaluation on
 * inputs that were in neither; each phase with examples of its own number.
 */

import { afterAll, describe, expect, it } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { isColumns, type KetOutputs, ketInterpreter } from '../../src/kets/index.ts';
import { mlp } from '../../src/nets/index.ts';
import { drawInitial, draws, mean, standardDeviation, stream } from '../../src/numeric/index.ts';
import { optimizerNamed } from '../../src/optimizers/index.ts';
import { MUP, parametrized } from '../../src/parametrizations/index.ts';
import { followPhases, type Interpreter, type Phase, type Tensors, tensor } from '../../src/program/index.ts';
import { oracle } from '../../src/reference/index.ts';
import { trainingStep } from '../../src/training/index.ts';
import { expectClose } from '../program/support.ts';

const [INPUT, N] = [2, 8];
const net = mlp({ depth: 2, activation: 'tanh' });

/** Random inputs with targets ±1. */
function examples(count: number, name: string): Tensors {
  return {
    x: tensor(['batch', 'input'], [count, INPUT], stream(2, name).normals(count * INPUT)),
    target: tensor(['batch'], [count], stream(3, name).signs(count)),
  };
}

const before = trainingStep(net, {
  ...{ parametrization: MUP, optimizer: optimizerNamed('momentum'), settings: { learningRate: 0.2 } },
});
const after = trainingStep(net, {
  ...{ parametrization: MUP, optimizer: optimizerNamed('adam'), loss: 'hinge' },
  settings: { learningRate: 0.1, epsilon: 0.1, smooth: true },
});
/** The network itself, whose parameters are what the state holds. */
const evaluation = parametrized(net.program, { parametrization: MUP, parameters: net.parameters, output: net.output });
const { x: seen = tensor([], [], []) } = examples(4, 'test');
const phases: readonly Phase[] = [
  { program: before, steps: 2, data: examples(3, 'first') },
  { program: after, steps: 2, data: (step) => examples(2, `second ${step}`) },
  { program: evaluation, data: { x: seen } },
];

/** f at every step, all entries one after the other. */
async function outputs<S, O extends Tensors | KetOutputs>(
  interpreter: Interpreter<S, O>,
  start: S,
): Promise<readonly number[]> {
  const found: number[] = [];
  for await (const { f } of followPhases(interpreter, phases, start)) {
    if (f === undefined || isColumns(f)) return expect.fail('no numbers f');
    found.push(...f.data);
  }
  expect(found).toHaveLength(2 * 3 + 2 * 2 + 4);
  return found;
}

/** f64 sums of a few hundred numbers of order 1 in another order. */
const REORDERED = 1e-12;
/** The same in f32, five steps after one another. */
const SINGLE = 1e-5;

const sizes = { input: INPUT };
const drawn = drawInitial(before, { ...sizes, batch: 3, n: N }, 5);
const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

describe('pre-training, fine-tuning and evaluation on one state', () => {
  const plain = oracle({ sizes: { n: N }, draw: draws(1) });
  const expected = outputs(plain, plain.start(drawn));

  it('are the same in kets with stored matrices as in the oracle', async () => {
    const kets = ketInterpreter({ width: N, seed: 1, sizes });
    expectClose(await outputs(kets, kets.start(drawn)), await expected, REORDERED, 'f');
  });

  it('are the same at finite width', async () => {
    const finite = engine.interpreter({ sizes: { n: N }, draw: draws(1) });
    expectClose(await outputs(finite, finite.start(drawn)), await expected, SINGLE, 'f');
  });

  it('go from one interpreter to another by tensors', async () => {
    const finite = engine.interpreter({ sizes: { n: N }, draw: draws(1) });
    const first = await plain.run(before, plain.start(drawn), examples(3, 'first'));
    const moved = await finite.run(before, finite.start(plain.exported(first.state)), examples(3, 'first'));
    const back = await plain.run(evaluation, plain.start(finite.exported(moved.state)), { x: seen });
    const second = await plain.run(before, first.state, examples(3, 'first'));
    const whole = await plain.run(evaluation, second.state, { x: seen });
    expectClose(back.outputs.f?.data ?? [], whole.outputs.f?.data ?? [], SINGLE, 'f');
  });

  it('have the law of dense networks where matrices are sampled along what they meet', async () => {
    const [width, seeds] = [32, 150];
    const rows = async (one: (seed: number) => Promise<readonly number[]>): Promise<(readonly number[])[]> => {
      const found: (readonly number[])[] = [];
      for (let seed = 0; seed < seeds; seed++) found.push(await one(seed));
      return found;
    };
    const lazy = await rows((seed) => {
      const kets = ketInterpreter({ width, seed, sizes });
      return outputs(kets, kets.start());
    });
    const dense = await rows((seed) => {
      const networks = oracle({ sizes: { n: width }, draw: draws(seed) });
      return outputs(networks, networks.start());
    });
    const entries = lazy[0]?.length ?? 0;
    for (const moment of [1, 2]) {
      for (let k = 0; k < entries; k++) {
        const values = (all: readonly (readonly number[])[]) => all.map((row) => (row[k] ?? Number.NaN) ** moment);
        const error = (all: readonly (readonly number[])[]) =>
          (standardDeviation(values(all)) ?? Number.NaN) / Math.sqrt(seeds);
        const distance = Math.abs(mean(values(lazy)) - mean(values(dense))) / Math.hypot(error(lazy), error(dense));
        expect(distance, `moment ${moment} of entry ${k}`).toBeLessThan(4);
      }
    }
  });
});
