/** One state through programs and ways of running them: trained on one task, then on another, then evaluated. */

import { afterAll, describe, expect, it } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { mlp } from '../../src/nets/index.ts';
import { drawInitial, draws, stream } from '../../src/numeric/index.ts';
import { optimizerNamed } from '../../src/optimizers/index.ts';
import { MUP, parametrized } from '../../src/parametrizations/index.ts';
import {
  type Interpreter,
  indexTensor,
  type Program,
  stepperOf,
  type Tensors,
  tensor,
} from '../../src/program/index.ts';
import { oracle } from '../../src/reference/index.ts';
import { trainingStep } from '../../src/training/index.ts';
import { expectSame } from './beside.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

/** Four steps in f32 beside f64. */
const TOLERANCE = 1e-5;
const SIZES = { n: 16, input: 3 };
const SEED = 5;

const net = mlp({ depth: 2, classes: 3, activation: 'tanh', biases: true });
const pretrained = trainingStep(net, {
  parametrization: MUP,
  optimizer: optimizerNamed('adam'),
  settings: { learningRate: 0.02, epsilon: 1e-2 },
  loss: 'cross-entropy',
});
const finetuned = trainingStep(net, {
  parametrization: MUP,
  optimizer: optimizerNamed('momentum'),
  settings: { learningRate: 0.1, momentum: 0.9 },
  loss: 'squared',
});
/** The network itself: its weights are parameters. */
const evaluated = parametrized(net.program, {
  parametrization: MUP,
  parameters: net.parameters,
  output: net.output,
  width: 'n',
});

const inputs = (batch: number, name: string): Tensors => ({
  x: tensor(['batch', 'input'], [batch, 3], stream(1, name).normals(3 * batch)),
});
const classes = { target: indexTensor(['batch'], [6], [0, 1, 2, 2, 1, 0]) };
const numbers = { target: tensor(['batch', 'class'], [4, 3], stream(1, 'target').normals(12)) };
const tasks: readonly (readonly [Program, Tensors])[] = [
  [pretrained, { ...inputs(6, 'one'), ...classes }],
  [finetuned, { ...inputs(4, 'other'), ...numbers }],
];
const unseen = inputs(5, 'unseen');

/** Trains two steps of a program on from a state. */
type Trains = (program: Program, state: Tensors, data: Tensors) => Promise<Tensors>;

const byInterpreter =
  (interpreter: Interpreter<Tensors>): Trains =>
  async (program, state, data) => {
    const stepper = stepperOf(interpreter, program, interpreter.start(state));
    for (let step = 0; step < 2; step++) await stepper.step(data);
    return interpreter.exported(stepper.state());
  };

const options = { sizes: SIZES, draw: draws(SEED) };
const reference = oracle(options);
const ways: Readonly<Record<string, Trains>> = {
  oracle: byInterpreter(reference),
  interpreter: byInterpreter(engine.interpreter(options)),
  stepper: async (program, state, data) => {
    const stepper = await engine.stepper(program, SIZES, { seed: SEED, state });
    for (let step = 0; step < 2; step++) await stepper.step(data);
    const after = stepper.state();
    await stepper.release();
    return after;
  },
};
const runs = { oracle: reference, engine: engine.interpreter(options) };

/** Trained on both tasks, in these ways. */
async function trained(by: readonly string[], start: Tensors = {}): Promise<Tensors> {
  let state = start;
  for (const [k, [program, data]] of tasks.entries()) {
    state = await (ways[by[k] ?? ''] ?? expect.fail(`no way ${by[k]}`))(program, state, data);
  }
  return state;
}

const pairs = Object.keys(ways).flatMap((first) => Object.keys(ways).map((second) => [first, second]));

describe('a state', () => {
  it.each(pairs)('trained by the %s, then by the %s on another task, evaluates on new inputs alike', async (...by) => {
    const expected = await trained(['oracle', 'oracle']);
    const state = await trained(by);
    expectSame(state, expected, TOLERANCE);
    const wanted = await reference.run(evaluated, expected, unseen);
    for (const [name, interpreter] of Object.entries(runs)) {
      const { outputs, state: after } = await interpreter.run(evaluated, state, unseen);
      expectSame(outputs, wanted.outputs, TOLERANCE, `, evaluated by the ${name}`);
      expect(Object.keys(after).sort()).toEqual(Object.keys(state).sort());
    }
  });

  it('that an evaluation has drawn is trained by all', async () => {
    const { state } = await reference.run(evaluated, reference.start(), unseen);
    expectSame(state, drawInitial(evaluated, { ...SIZES, batch: 1 }, SEED), 0);
    const expected = await trained(['oracle', 'oracle'], state);
    expectSame(expected, await trained(['oracle', 'oracle']), 0);
    expectSame(await trained(['stepper', 'stepper'], state), expected, TOLERANCE);
  });

  it('does not change where a stepper goes on from it', async () => {
    const [program, data] = tasks[0] ?? expect.fail('no task');
    const state = await trained(['stepper', 'stepper']);
    const copy = structuredClone(state);
    const stepper = await engine.stepper(program, SIZES, { state });
    await stepper.step(data);
    expect(state).toEqual(copy);
    expect(Object.keys(stepper.state()).sort()).toEqual(Object.keys(state).sort());
    await stepper.release();
  });
});
