/** What a stepper holds: fixed parameters, initial data, and states of other programs. */

import { afterAll, describe, expect, it } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { drawInitial, draws, stream } from '../../src/numeric/index.ts';
import { indexTensor, parseProgram, stepperOf, type Tensors, tensor } from '../../src/program/index.ts';
import { oracle } from '../../src/reference/index.ts';
import { failureOf } from '../support/failure.ts';
import { expectSame, expectSteps } from './beside.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

/** A few steps in f32 beside f64, numbers of order 1. */
const TOLERANCE = 1e-5;
const SIZES = { n: 4, batch: 3 };

const normals = (name: string, axes: readonly string[], shape: readonly number[]) =>
  tensor(axes, shape, stream(2, name).normals(shape.reduce((total, size) => total * size, 1)));

const DATA: Tensors = {
  x: normals('x', ['batch', 'k'], [3, 2]),
  token: indexTensor(['batch'], [3], [4, 0, 3]),
};

describe('parameters that stay fixed', () => {
  const program = parseProgram(`program p
  width n
  fixed word = 5, batch, k = 2
  data x[batch, k]
  data token[batch] of word
  parameter p[n, k]
  parameter t[word, n]
  parameter q[n]
  parameter r[k, n]
  parameter c[] ~ 0.3
  state w[n] ~ normal(1)
  state v[n, k] ~ normal(1)
  state s[] ~ 1
  y[batch, n] = tanh(x @[k] p + t[word = token])
  f[batch] = y @[n] w
  g[n] = y @[batch] f
  next state w = w - 0.05 * (g + c * q * tanh(w))
  next state v = v - 0.1 * s * c * (v - p) * r
  next state s = s * c + 0.1
  output f
  output q
  output also = q
  output power = s * c`);

  it('are read by products, gathers and kernels, and as numbers', async () => {
    const data = [DATA, DATA, DATA];
    await expectSteps(engine, program, { sizes: SIZES, data, seed: 5, tolerance: TOLERANCE });
    const state = drawInitial(program, SIZES, 7);
    await expectSteps(engine, program, { sizes: SIZES, data, seed: 5, state, tolerance: TOLERANCE });
  });

  it('are drawn as elsewhere, are part of the state, and stay to the bit', async () => {
    const stepper = await engine.stepper(program, SIZES, { seed: 5 });
    const before = stepper.state();
    for (let step = 0; step < 3; step++) await stepper.step(DATA);
    const after = stepper.state();
    const drawn = drawInitial(program, SIZES, 5);
    expect(Object.keys(after).sort()).toEqual(Object.keys(drawn).sort());
    for (const name of ['p', 't', 'q', 'r']) {
      expect(after[name], name).toEqual(before[name]);
      expect(Array.from(after[name]?.data ?? []), name).toEqual(Array.from(Float32Array.from(drawn[name]?.data ?? [])));
    }
    expect(after.w).not.toEqual(before.w);
    expect(after.c?.data).toEqual(Float64Array.of(0.3));
    await stepper.release();
  });
});

describe('initial data', () => {
  const program = parseProgram(`program p
  width n
  fixed batch, k = 2
  initial a[n, k] ~ normal(1)
  initial b[n] ~ normal(1)
  initial c[] ~ 0.5
  data x[batch, k]
  state w[n] ~ normal(1)
  f[batch] = tanh(x @[k] a) @[n] w
  g[n] = tanh(x @[k] a) @[batch] f
  next state w = w - 0.1 * (g + c * (w - b))
  output f`);
  const x = DATA.x ?? tensor([], [], [0]);
  const own = { a: normals('a', ['n', 'k'], [4, 2]), b: normals('b', ['n'], [4]), c: tensor([], [], [0.25]) };

  it('are drawn where a step does not give them, and stay', async () => {
    const data = [{ x }, { x, ...own }, { x }, { x, b: own.b }, { x }];
    await expectSteps(engine, program, { sizes: SIZES, data, seed: 5, tolerance: TOLERANCE });
  });

  it('are no part of the state where every step gives them', async () => {
    const data = [
      { x, ...own },
      { x, ...own, a: normals('other', ['n', 'k'], [4, 2]) },
    ];
    await expectSteps(engine, program, { sizes: SIZES, data, seed: 5, tolerance: TOLERANCE });
    const stepper = await engine.stepper(program, SIZES, { seed: 5 });
    expect(Object.keys(stepper.state())).toEqual(['w']);
  });

  it('are taken from a state, and must be given where there is nothing to draw them from', async () => {
    const state = { w: normals('w', ['n'], [4]), ...own };
    await expectSteps(engine, program, { sizes: SIZES, data: [{ x }, { x }], seed: 5, state, tolerance: TOLERANCE });
    const stepper = await engine.stepper(program, SIZES, { state: { w: state.w, b: own.b } });
    await expect(stepper.step({ x })).rejects.toThrow('input "a": not given');
    expect(Object.keys(await stepper.step({ x, ...own }))).toEqual(['f']);
    stepper.load(state);
    expect(Object.keys(await stepper.step({ x }))).toEqual(['f']);
    stepper.load({ w: state.w });
    await expect(stepper.step({ x })).rejects.toThrow('input "c": not given');
  });
});

describe('data for kernels whose states lie in other orders', () => {
  it('go to each in its own', async () => {
    const program = parseProgram(`program p
  fixed a = 2, b = 3
  data x[a, b]
  state v[a, b] ~ normal(1)
  state w[b, a] ~ normal(1)
  next state v = v - 0.1 * x
  next state w = w - 0.1 * x * x
  output f = sum[a, b](v)`);
    const data = [{ x: normals('x', ['a', 'b'], [2, 3]) }, { x: normals('y', ['b', 'a'], [3, 2]) }];
    await expectSteps(engine, program, { sizes: {}, data, seed: 5, tolerance: TOLERANCE });
  });
});

describe('a state of another program', () => {
  const first = parseProgram(
    'program first\n  width n\n  state w[n] ~ normal(1)\n  state m[n] ~ 0\n  next state w = w - 0.1 * tanh(w + m)\n  next state m = 0.5 * m + w\n  output f = avg(w)',
  );
  const second = parseProgram(
    'program second\n  width n\n  parameter p[n] ~ normal(1)\n  state w[n] ~ normal(1)\n  state v[n] ~ 1\n  next state w = w - 0.1 * v * p\n  next state v = 0.9 * v\n  output f = avg(w * p)',
  );

  it('keeps what this one does not name, and is started where it lacks something', async () => {
    const before = await engine.stepper(first, { n: 4 }, { seed: 1 });
    await before.step({});
    const state = before.state();
    await expectSteps(engine, second, { sizes: {}, data: [{}, {}], seed: 5, state, tolerance: TOLERANCE });
    const after = await engine.stepper(second, {}, { seed: 5, state });
    await after.step({});
    expect(after.state().m).toEqual(state.m);
    expect(Object.keys(after.state()).sort()).toEqual(['m', 'p', 'v', 'w']);
    // And back, with what the second made of the weights.
    const whole = oracle({ draw: draws(1) });
    const again = stepperOf(whole, first, after.state());
    before.load(after.state());
    expectSame(await before.step({}), await again.step({}), TOLERANCE);
    expectSame(before.state(), again.state(), TOLERANCE);
  });

  it('is refused with all that is wrong', async () => {
    const state = { w: normals('w', ['n'], [5]) };
    expect((await failureOf(() => engine.stepper(second, { n: 4 }, { state }))).message).toBe(
      `state of program "second":
  "p" is missing
  "w" has [n = 5]; expected [n = 4]
  "v" is missing
Give every state and parameter of the program with its axes and sizes, or a seed to draw by their laws what is not given.`,
    );
    const lawless = parseProgram(
      'program p\n  fixed k = 2\n  state w[k]\n  next state w = 2 * w\n  output f = sum[k](w)',
    );
    const error = await failureOf(() => engine.stepper(lawless, {}, { seed: 1 }));
    expect(error.message).toContain('\n  "w" is missing, and has no law to be drawn by\n');
    expect((await failureOf(() => engine.stepper(second, {}, { seed: 1 }))).message).toContain('give n,');
  });
});
