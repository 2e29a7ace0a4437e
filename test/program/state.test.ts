/** Step programs: training as state in, state out. */

import { describe, expect, test } from 'vitest';
import {
  add,
  argument,
  build,
  checked,
  fixed,
  mul,
  type Program,
  type Run,
  reverse,
  square,
  step,
  stepperOf,
  sub,
  type Tensor,
  tensor,
  Writer,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { expectClose, REORDERED, read } from './support.ts';

const RATE = 0.1;
const MOMENTUM = 0.9;
const run: Run<Readonly<Record<string, Tensor<Float64Array>>>> = (program, feeds) => interpret(program, feeds);

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
    let state: Readonly<Record<string, Tensor<Float64Array>>> = start;
    const losses: number[] = [];
    for (let t = 0; t < 3; t++) {
      const stepped = await step(run, program, state, data);
      losses.push(read(stepped.outputs, 'loss').data[0] ?? Number.NaN);
      state = stepped.state;
    }
    expectClose(read(state, 'w').data, expected.w, REORDERED, 'w');
    expectClose(read(state, 'm').data, expected.m, REORDERED, 'm');
    expectClose(losses, expected.losses, REORDERED, 'losses');
    expect(losses[2]).toBeLessThan(losses[0] ?? 0);
  });

  test('tells outputs from state by role', async () => {
    const { outputs, state } = await step(run, program, start, data);
    expect(Object.keys(outputs)).toEqual(['loss']);
    expect(Object.keys(state).sort()).toEqual(['m', 'w']);
  });

  test('waits for an interpreter that answers later', async () => {
    const later = await step((p, feeds) => Promise.resolve(interpret(p, feeds)), program, start, data);
    const now = await step(run, program, start, data);
    expect(later).toEqual(now);
  });

  test('as a stepper, which keeps its state to itself and takes another', async () => {
    const stepper = stepperOf(run, program, start);
    expect(stepper.state()).toEqual(start);
    const first = await stepper.step(data);
    const once = stepper.state();
    const { outputs, state } = await step(run, program, start, data);
    expect(first).toEqual(outputs);
    expect(once).toEqual(state);
    // Copies: writing to one changes nothing.
    read(stepper.state() as Readonly<Record<string, Tensor<Float64Array>>>, 'w').data.fill(0);
    expect(stepper.state()).toEqual(once);
    const second = await stepper.step(data);
    stepper.load(once);
    expect(await stepper.step(data)).toEqual(second);
    await stepper.release();
  });
});
