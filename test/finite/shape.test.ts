/** Steps on data of several sizes over one state. */

import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/finite/index.ts';
import { mlp } from '../../src/nets/index.ts';
import { draws, stream } from '../../src/numeric/index.ts';
import { optimizerNamed } from '../../src/optimizers/index.ts';
import { MUP } from '../../src/parametrizations/index.ts';
import { indexTensor, parseProgram, stepperOf, type Tensors, tensor } from '../../src/program/index.ts';
import { oracle } from '../../src/reference/index.ts';
import { trainingStep } from '../../src/training/index.ts';
import { failureOf } from '../support/failure.ts';
import { expectSame, expectSteps } from './beside.ts';
import { CountingBackend } from './counting.ts';

/** A few steps in f32 beside f64, numbers of order 1; Adam divides gradients by their own size. */
const TOLERANCE = 2e-4;
const SEED = 5;

/** Inputs with classes, as many as one likes. */
function examples(batch: number, seed: number): Tensors {
  return {
    x: tensor(['batch', 'input'], [batch, 3], stream(seed, 'x').normals(3 * batch)),
    target: indexTensor(
      ['batch'],
      [batch],
      Array.from({ length: batch }, (_, k) => (k + seed) % 3),
    ),
  };
}

const perceptron = trainingStep(mlp({ depth: 2, classes: 3, activation: 'tanh', biases: true }), {
  parametrization: MUP,
  optimizer: optimizerNamed('adam'),
  settings: { learningRate: 0.05 },
  loss: 'cross-entropy',
});

describe('batches of several sizes', () => {
  it('train one state, each size compiled once', async () => {
    const backend = new CountingBackend();
    const engine = new Engine(backend);
    const data = [6, 2, 6, 1, 2, 6].map((batch, k) => examples(batch, k));
    const sizes = { n: 8, input: 3 };
    await expectSteps(engine, perceptron, { sizes, data, seed: SEED, tolerance: TOLERANCE });
    expect(backend).toMatchObject({ loaded: 3, released: 3 });
    await engine.release();
  });

  it('may be other than the one that was told at first, which is compiled at once', async () => {
    const backend = new CountingBackend();
    const engine = new Engine(backend);
    const sizes = { n: 8, input: 3, batch: 6 };
    const [told, open] = [
      await engine.stepper(perceptron, sizes, { seed: SEED }),
      await engine.stepper(perceptron, { n: 8, input: 3 }, { seed: SEED }),
    ];
    expect(backend.loaded).toBe(1);
    for (const batch of [6, 4, 6]) {
      expect(await told.step(examples(batch, batch))).toEqual(await open.step(examples(batch, batch)));
    }
    expect(told.state()).toEqual(open.state());
    expect(backend.loaded).toBe(2);
    await engine.release();
  });

  it('have outputs of their own sizes, which later steps leave alone', async () => {
    const engine = new Engine(new CountingBackend());
    const stepper = await engine.stepper(perceptron, { n: 8, input: 3 }, { seed: SEED }, ['f']);
    const first = await stepper.step(examples(2, 1));
    const copy = structuredClone(first);
    expect((await stepper.step(examples(5, 1))).f?.shape).toEqual([5, 3]);
    await stepper.step(examples(2, 2));
    expect(first).toEqual(copy);
    await engine.release();
  });

  it('may list their axes in any order', async () => {
    const engine = new Engine(new CountingBackend());
    const [x, ...rest] = [examples(2, 1).x ?? expect.fail('no x'), examples(2, 1)];
    const turned = {
      ...rest[0],
      x: tensor(
        ['input', 'batch'],
        [3, 2],
        [0, 3, 1, 4, 2, 5].map((k) => x.data[k] ?? Number.NaN),
      ),
    };
    const [one, other] = [
      await engine.stepper(perceptron, { n: 8, input: 3 }, { seed: SEED }),
      await engine.stepper(perceptron, { n: 8, input: 3 }, { seed: SEED }),
    ];
    expect(await one.step(turned)).toEqual(await other.step(examples(2, 1)));
    expect(await one.step(examples(2, 1))).toEqual(await other.step(turned));
    await engine.release();
  });
});

describe('sizes in formulas', () => {
  const program = parseProgram(`program p
  width n
  fixed batch, k = 2
  data x[batch, k]
  data y[k]
  state w[k] ~ normal(1)
  state t[] ~ 1
  next state w = w - 0.1 * |batch|^-1 * y * tanh(w) - 0.01 * t * |n|^-1 * w
  next state t = 0.5 * t + |batch|^-0.5
  output f = |batch| * tanh(x)`);
  const data = (batch: number): Tensors => ({
    x: tensor(['batch', 'k'], [batch, 2], stream(1, 'x').normals(2 * batch)),
    y: tensor(['k'], [2], [0.3, -0.7]),
  });

  it('are those of each step, in kernels and numbers alike', async () => {
    const engine = new Engine(new CountingBackend());
    const steps = [3, 1, 3, 8].map(data);
    await expectSteps(engine, program, { sizes: { n: 4 }, data: steps, seed: SEED, tolerance: TOLERANCE });
    await engine.release();
  });
});

describe('sizes that do not fit', () => {
  const engine = new Engine(new CountingBackend());
  afterAll(() => engine.release());

  it('are those of states, which stay as they are', async () => {
    const stepper = await engine.stepper(perceptron, { n: 8, input: 3 }, { seed: SEED });
    const before = stepper.state();
    const error = await failureOf(() =>
      stepper.step({ ...examples(2, 1), x: tensor(['batch', 'input'], [2, 4], new Array(8).fill(0)) }),
    );
    expect(error.code).toBe('finite.other-sizes');
    expect(error.message).toBe(
      `data of a step of program "${perceptron.name}" are of other sizes than its state:
  "w1" has [n = 8, input = 3]; these data ask for [n = 8, input = 4]
  "w1.first" has [n = 8, input = 3]; these data ask for [n = 8, input = 4]
  "w1.second" has [n = 8, input = 3]; these data ask for [n = 8, input = 4]
A state keeps its sizes: give data of these, or make another stepper with a state of the others.`,
    );
    expect(stepper.state()).toEqual(before);
    // And it goes on.
    const slow = stepperOf(oracle({ draw: draws(SEED) }), perceptron, before);
    expectSame(await stepper.step(examples(2, 1)), await slow.step(examples(2, 1)), TOLERANCE);
  });

  it('are those of initial data that were drawn at other sizes', async () => {
    const program = parseProgram(`program p
  fixed batch, k = 2
  initial a[batch, k] ~ normal(1)
  data y[batch]
  state w[k] ~ normal(1)
  next state w = w - 0.1 * (y @[batch] a)
  output f = sum[k](w)`);
    const y = (batch: number): Tensors => ({ y: tensor(['batch'], [batch], new Array(batch).fill(1)) });
    const stepper = await engine.stepper(program, {}, { seed: SEED });
    await stepper.step(y(2));
    const error = await failureOf(() => stepper.step(y(3)));
    expect(error.message).toContain('\n  "a" has [batch = 2, k = 2]; these data ask for [batch = 3, k = 2]\n');
    // Given with the data, they are no part of the state's.
    const given = { a: tensor(['batch', 'k'], [3, 2], new Array(6).fill(0.5)) };
    expect(Object.keys(await stepper.step({ ...y(3), ...given }))).toEqual(['f']);
    // A state without them starts them anew, one with others asks for theirs.
    const { w = expect.fail('no w') } = stepper.state();
    stepper.load({ w, a: tensor(['batch', 'k'], [4, 2], new Array(8).fill(0.5)) });
    expect((await failureOf(() => stepper.step(y(2)))).message).toContain('"a" has [batch = 4, k = 2]');
    stepper.load({ w });
    expect(Object.keys(await stepper.step(y(3)))).toEqual(['f']);
  });

  it('are those of data among themselves, as ever', async () => {
    const stepper = await engine.stepper(perceptron, { n: 8, input: 3 }, { seed: SEED });
    const { x = expect.fail('no x') } = examples(2, 1);
    await expect(stepper.step({ ...examples(3, 1), x })).rejects.toThrow('batch');
    const short = { ...x, data: x.data.subarray(1) };
    await expect(stepper.step({ ...examples(2, 1), x: short })).rejects.toThrow('5 numbers for shape 2 × 3');
    await stepper.step(examples(2, 1));
    await expect(stepper.step({ ...examples(2, 1), x: short })).rejects.toThrow('5 numbers for shape 2 × 3');
    await expect(engine.stepper(perceptron, { n: 8 }, { seed: SEED })).rejects.toThrow('give input,');
  });
});
