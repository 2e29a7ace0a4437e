/** Step programs: training as state in, state out. */

import { describe, expect, test } from 'vitest';
import { draws } from '../../src/numeric/index.ts';
import {
  add,
  argument,
  build,
  checked,
  fixed,
  follow,
  mul,
  type Program,
  parseProgram,
  reverse,
  square,
  stepperOf,
  sub,
  type Tensor,
  type Tensors,
  tensor,
  tensorInterpreter,
  Writer,
} from '../../src/program/index.ts';
import { interpret, oracle } from '../../src/reference/index.ts';
import { expectClose, REORDERED, read } from './support.ts';

const RATE = 0.1;
const MOMENTUM = 0.9;
const interpreter = oracle({ draw: draws(0) });
const f64 = (tensors: Tensors): Readonly<Record<string, Tensor<Float64Array>>> =>
  tensors as Readonly<Record<string, Tensor<Float64Array>>>; // the oracle's

/** m′ = β m + ∂loss/∂w, w′ = w − η m′ for the loss Σ (x·w − y)²/2. */
function momentumStep(): Program {
  const b = build('least squares', { batch: fixed(4), in: fixed(2) });
  const [x, y] = [b.input('x', ['batch', 'in']), b.input('y', ['batch'])];
  const w = b.input('w', ['in'], 'state');
  const residual = b.map([b.contract(x, w, ['in']), y], (f, target) => sub(f, target));
  b.output(
    'loss',
    b.sum(
      b.map([residual], (r) => mul(0.5, square(r))),
      ['batch'],
      'loss',
    ),
  );
  const { program } = reverse(b.finish(), { output: 'loss', seed: [], inputs: ['w'] });
  const writer = Writer.from(program, 'momentum step');
  const m = writer.write({ op: 'input', role: 'state', type: { kind: 'real', axes: ['in'] } }, 'm');
  const gradient = program.outputs.find((output) => output.name === 'd.w')?.value ?? '';
  const [before, change] = [argument(0), argument(1)];
  const nextM = writer.map(add(mul(MOMENTUM, before), change), [m, writer.value(gradient)]);
  const nextW = writer.map(sub(before, mul(RATE, change)), [writer.value('w'), nextM]);
  writer.output('loss', writer.value('loss'));
  writer.output('w', nextW, 'state');
  writer.output('m', nextM, 'state');
  return checked(writer.finish());
}

const rows = [
  [1, 0.5],
  [-0.3, 2],
  [0.7, -1.1],
  [0.2, 0.9],
] as const;
const targets = [1, -2, 0.5, 0.3] as const;
const data = {
  x: tensor(['batch', 'in'], [4, 2], rows.flat()),
  y: tensor(['batch'], [4], targets),
  'd.loss': tensor([], [], [1]),
};

/** The same by hand. */
function loop(steps: number): { w: number[]; m: number[]; losses: number[] } {
  let [w, m] = [
    [0.4, -0.6],
    [0, 0],
  ];
  const losses: number[] = [];
  for (let t = 0; t < steps; t++) {
    const residuals = rows.map(([a, b], k) => a * (w[0] ?? 0) + b * (w[1] ?? 0) - (targets[k] ?? 0));
    losses.push(residuals.reduce((sum, r) => sum + (r * r) / 2, 0));
    const gradient = [0, 1].map((i) => residuals.reduce((sum, r, k) => sum + r * (rows[k]?.[i] ?? 0), 0));
    m = m.map((value, i) => MOMENTUM * value + (gradient[i] ?? 0));
    w = w.map((value, i) => value - RATE * (m[i] ?? 0));
  }
  return { w, m, losses };
}

describe('a momentum step', () => {
  const program = momentumStep();
  const start = { w: tensor(['in'], [2], [0.4, -0.6]), m: tensor(['in'], [2], [0, 0]) };

  test('three times equals the loop', async () => {
    const expected = loop(3);
    const stepper = stepperOf(interpreter, program, start);
    const losses: number[] = [];
    for await (const outputs of follow(stepper, data, { to: 3 })) {
      losses.push(read(f64(outputs), 'loss').data[0] ?? Number.NaN);
    }
    const state = f64(stepper.state());
    expectClose(read(state, 'w').data, expected.w, REORDERED, 'w');
    expectClose(read(state, 'm').data, expected.m, REORDERED, 'm');
    expectClose(losses, expected.losses, REORDERED, 'losses');
    expect(losses[2]).toBeLessThan(losses[0] ?? 0);
  });

  test('tells outputs from state by role', async () => {
    const { outputs, state } = await interpreter.run(program, start, data);
    expect(Object.keys(outputs)).toEqual(['loss']);
    expect(Object.keys(state).sort()).toEqual(['m', 'w']);
  });

  test('waits for an interpreter that answers later', async () => {
    const slow = tensorInterpreter((p, feeds, sizes) => Promise.resolve(interpret(p, feeds, sizes)), {
      draw: draws(0),
    });
    expect(await slow.run(program, start, data)).toEqual(await interpreter.run(program, start, data));
  });

  test('as a stepper, which advances a state of its own and takes another', async () => {
    const stepper = stepperOf(interpreter, program, start);
    expect(stepper.state()).toEqual(start);
    const first = await stepper.step(data);
    const once = stepper.state();
    const { outputs, state } = await interpreter.run(program, start, data);
    expect(first).toEqual(outputs);
    expect(once).toEqual(state);
    const second = await stepper.step(data);
    stepper.load(once);
    expect(await stepper.step(data)).toEqual(second);
    await stepper.release();
  });

  test('on data that differ from step to step, from any of them on', async () => {
    const scaled = (step: number): Tensors => ({
      ...data,
      y: tensor(
        ['batch'],
        [4],
        targets.map((y) => y * step),
      ),
    });
    const [whole, late] = [stepperOf(interpreter, program, start), stepperOf(interpreter, program, start)];
    const losses: Tensors[] = [];
    for await (const outputs of follow(whole, scaled, { to: 4 })) losses.push(outputs);
    for await (const _ of follow(late, scaled, { to: 2 })) expect(_).toBeDefined();
    const rest: Tensors[] = [];
    for await (const outputs of follow(late, scaled, { from: 2, to: 4 })) rest.push(outputs);
    expect(rest).toEqual(losses.slice(2));
    expect(late.state()).toEqual(whole.state());
  });
});

describe('a state', () => {
  const counting = parseProgram(
    'program counting\n  data x[] \n  state total[] ~ 0\n  later[] = total + x\n  output before = total\n  next state total = later',
  );
  const number = (value: number): Tensor => tensor([], [], [value]);
  const read1 = (tensors: Tensors, name: string): number => tensors[name]?.data[0] ?? Number.NaN;

  test('starts from its law, and stays what it was when it is run on', async () => {
    const empty = interpreter.start();
    const one = await interpreter.run(counting, empty, { x: number(2) });
    const [left, right] = [
      await interpreter.run(counting, one.state, { x: number(3) }),
      await interpreter.run(counting, one.state, { x: number(5) }),
    ];
    expect([read1(left.state, 'total'), read1(right.state, 'total')]).toEqual([5, 7]);
    expect(read1(left.outputs, 'before')).toBe(2);
    expect(interpreter.exported(one.state)).toEqual({ total: number(2) });
    expect(empty).toEqual({});
  });

  test('is taken by another program, which brings states of its own and leaves those that it does not name', async () => {
    const doubling = parseProgram(
      'program doubling\n  state total[] ~ 0\n  state steps[] ~ 1\n  later[] = 2 * total\n  more[] = steps + 1\n  next state total = later\n  next state steps = more',
    );
    const looking = parseProgram(
      'program looking\n  state steps[] ~ 0\n  output seen = steps + 0\n  next state steps = steps',
    );
    const one = await interpreter.run(counting, interpreter.start(), { x: number(2) });
    const two = await interpreter.run(doubling, one.state);
    expect([read1(two.state, 'total'), read1(two.state, 'steps')]).toEqual([4, 2]);
    const seen = await interpreter.run(looking, two.state);
    expect(read1(seen.outputs, 'seen')).toBe(2);
    expect(seen.state).toEqual(two.state);
  });

  test('keeps initial data and parameters that it has drawn; data of their names go first', async () => {
    const program = parseProgram(
      'program drawn\n  fixed a = 3\n  initial x[a] ~ normal(1)\n  parameter w[a] ~ normal(1)\n  output f = sum[a](w * x)\n  output x',
    );
    const one = await interpreter.run(program, interpreter.start());
    expect(Object.keys(one.state)).toEqual(['x', 'w']);
    expect(await interpreter.run(program, one.state)).toEqual(one);
    const given = await interpreter.run(program, one.state, { x: tensor(['a'], [3], [1, 2, 3]) });
    expect([...(given.outputs.x?.data ?? [])]).toEqual([1, 2, 3]);
    expect(given.state).toEqual(one.state);
  });
});
