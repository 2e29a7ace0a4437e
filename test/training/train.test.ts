/** The loop: losses by hand, evaluations, checkpoints that go on to the same bytes. */

import { describe, expect, it } from 'vitest';
import { mlp } from '../../src/nets/index.ts';
import { optimizerNamed } from '../../src/optimizers/index.ts';
import { MUP } from '../../src/parametrizations/index.ts';
import { argument, parseProgram, sub, type Tensors, tensor } from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { drawState, miniBatches, type TrainResult, train, trainingStep } from '../../src/training/index.ts';
import { failureOf } from '../support/failure.ts';
import { CLASSES, data, EXAMPLES, MemoryStore, net, stepOptions, training } from './support.ts';

/** Everything but the time. */
const untimed = ({ seconds: _, resumedAt: __, ...rest }: TrainResult): object => rest;

describe('training', () => {
  it('is step after step of the program on its batches', async () => {
    const batches = miniBatches(data, { batch: 6, seed: 1 });
    const options = training({ batches });
    const { result, state: reached } = await train(options);
    const sizes = { n: 5, batch: 6, input: 3 };
    let state: Tensors = drawState(options.program, sizes, 1);
    const losses: number[] = [];
    for (let k = 0; k < 10; k++) {
      const all = interpret(options.program, { ...batches(k), ...state }, sizes);
      state = Object.fromEntries(Object.keys(state).map((name) => [name, all[name] ?? expect.fail(name)]));
      losses.push(all.loss?.data[0] ?? Number.NaN);
    }
    expect(result.losses).toEqual(losses);
    expect(reached).toEqual(state);
    expect(result).toMatchObject({ status: 'finished', steps: 10, resumedAt: 0, divergence: null });
  });

  it('makes mini-batches of data by its seed', async () => {
    const [own, given] = await Promise.all([train(training({ batches: { data, batch: 6 } })), train(training())]);
    expect(untimed(own.result)).toEqual(untimed(given.result));
  });

  it('evaluates at the start, as often as it was told, and at the end', async () => {
    const { result } = await train(training());
    expect(result.evaluations.map(({ step }) => step)).toEqual([0, 3, 6, 9, 10]);
    const least = Math.min(...result.evaluations.map(({ loss }) => loss ?? Number.NaN));
    expect(result.best?.loss).toBe(least);
    const [first, last] = [result.evaluations[0], result.evaluations.at(-1)];
    expect(last?.loss).toBeLessThan(first?.loss ?? 0);
    expect(first?.examples).toBe(EXAMPLES);
  });

  it('tells of every step', async () => {
    const told: [number, number][] = [];
    const { result } = await train(training({ onStep: (step, loss) => told.push([step, loss]) }));
    expect(told).toEqual(result.losses.map((loss, k) => [k + 1, loss]));
  });

  it('moves an output bias, which starts at zero', async () => {
    const { state } = await train(training({ steps: 1 }));
    expect(state.b3?.axes).toEqual(['class']);
    // The first step of Adam moves by ± the rate, whatever the width: a scalar has c = 0.
    for (const value of state.b3?.data ?? []) expect(Math.abs(Math.abs(value) - 0.05)).toBeLessThan(1e-6);
    expect(state.b3?.data).toHaveLength(CLASSES);
  });
});

describe('a training of some of the weights', () => {
  /** Only `w` is trained, and pulled to where it starts. */
  const program = parseProgram(`program partial
  width n
  fixed batch, input = 3, class = 3
  data x[batch, input]
  data target[batch] of class
  parameter u[n, input] ~ normal(1)
  initial anchor[n] ~ normal(1)
  state w[n] ~ normal(1)
  h[batch, n] = tanh(x @[input] u)
  f[batch] = h @[n] w
  next state w = w - 0.1 * (f @[batch] h) - 0.1 * (w - anchor)
  output loss = mean[batch](f * f)`);
  const { evaluation: _, ...rest } = training({ program });

  it('holds what stays beside what is trained, and goes on from a checkpoint', async () => {
    const store = new MemoryStore();
    const whole = await train(rest);
    expect(Object.keys(whole.state).sort()).toEqual(['anchor', 'u', 'w']);
    await train({ ...rest, steps: 4, checkpoint: { store, every: 1 } });
    const resumed = await train({ ...rest, checkpoint: { store, every: 1 } });
    expect(resumed.result.resumedAt).toBe(4);
    expect(resumed.state).toEqual(whole.state);
    expect(resumed.result.losses).toEqual(whole.result.losses);
    expect(whole.state.u).toEqual(drawState(program, { n: 5, batch: 1 }, 1).u);
  });

  it('starts from the state of another, draws what that lacks and leaves the rest', async () => {
    const { state } = await train(training({ steps: 2 }));
    const initial = { ...state, w: tensor(['n'], [5], [1, 2, 3, 4, 5]) };
    const tuned = await train({ ...rest, initial, steps: 1 });
    expect(Object.keys(tuned.state).sort()).toEqual(['anchor', 'u', 'w']);
    const start = drawState(program, { n: 5, batch: 6 }, 1, { given: initial });
    const { w = expect.fail('no w') } = start;
    expect(w).toEqual(initial.w);
    const batch = miniBatches(data, { batch: 6, seed: 1 })(0);
    expect(tuned.state.w).toEqual(interpret(program, { ...start, ...batch }, { n: 5 }).w);
    // Initial data that a step gives are no part of the state.
    const anchor = tensor(['n'], [5], [0, 0, 0, 0, 0]);
    const anchored = await train({ ...rest, batches: () => ({ ...batch, anchor }), initial, steps: 1 });
    expect(Object.keys(anchored.state).sort()).toEqual(['u', 'w']);
    expect(anchored.state.w).toEqual(interpret(program, { ...start, ...batch, anchor }, { n: 5 }).w);
  });
});

describe('a checkpoint', () => {
  it.each([1, 2, 3, 4, 7, 9])('after %i steps goes on as if training had never stopped', async (stop) => {
    const whole = new MemoryStore();
    const undisturbed = await train(training({ checkpoint: { store: whole, every: 1 } }));
    const store = new MemoryStore();
    const interrupted = training({
      checkpoint: { store, every: 1 },
      onStep: (step) => {
        if (step > stop) throw new Error('interrupted');
      },
    });
    await expect(train(interrupted)).rejects.toThrow('interrupted');
    expect(store.stored?.metadata.step).toBe(String(stop));
    const resumed = await train(training({ checkpoint: { store, every: 1 } }));
    expect(resumed.result.resumedAt).toBe(stop);
    expect(untimed(resumed.result)).toEqual(untimed(undisturbed.result));
    expect(resumed.state).toEqual(undisturbed.state);
    expect(store.stored).toEqual(whole.stored);
  });

  it('is written as often as it was told, and at the end', async () => {
    const store = new MemoryStore();
    await train(training({ checkpoint: { store, every: 4 } }));
    expect(store.written.map(({ metadata }) => metadata.step)).toEqual(['0', '4', '8', '10']);
  });

  it('of a finished training goes on to more steps, as if they had been asked for at once', async () => {
    const store = new MemoryStore();
    await train(training({ steps: 5, checkpoint: { store, every: 4 } }));
    const longer = await train(training({ checkpoint: { store, every: 4 } }));
    const atOnce = await train(training());
    expect(untimed(longer.result)).toEqual(untimed(atOnce.result));
    const error = await failureOf(() => train(training({ steps: 5, checkpoint: { store, every: 4 } })));
    expect(error.message).toBe(
      "checkpoint 'memory' is of step 10, and 5 steps were asked for; expected as many or more. Give more steps, or another checkpoint.",
    );
  });

  it('of another architecture is refused with every state that differs', async () => {
    const store = new MemoryStore();
    await train(training({ steps: 1, checkpoint: { store, every: 1 } }));
    const other = trainingStep(mlp({ depth: 3, activation: 'tanh', classes: CLASSES }), {
      ...stepOptions,
      optimizer: optimizerNamed('momentum'),
      settings: { learningRate: 0.05, momentum: 0.9 },
    });
    const wider = training({ program: other, sizes: { n: 6 }, checkpoint: { store, every: 1 } });
    const error = await failureOf(() => train(wider));
    expect(error.code).toBe('training.other-architecture');
    expect(error.message).toMatch(
      /^checkpoint 'memory' is of another network, width or optimizer: it holds "MLP of 2 hidden layers, a step of adam", and this is "MLP of 3 hidden layers, a step of momentum"\. \d+ states differ:\n/,
    );
    expect(error.message).toContain('\n  w1: 5 × 3 in the checkpoint, expected 6 × 3\n');
    expect(error.message).toContain('\n  w4: not in the checkpoint; expected 3 × 6\n');
    expect(error.message).toMatch(
      /\nGive the network, width and optimizer that it was made with, or another checkpoint\.$/,
    );
    const listed = (error.data.problems as { name: string; here?: unknown }[]).map(({ name }) => name);
    expect(listed).toEqual(expect.arrayContaining(['w1', 'w2', 'w3', 'w4', 'b3', 'b3.first', 'w1.velocity']));
  });

  it('of another training of the same network is refused with the lines of the program that differ', async () => {
    const store = new MemoryStore();
    const checkpoint = { store, every: 1, identity: { data: 'a' } };
    await train(training({ steps: 1, checkpoint }));
    const program = trainingStep(net, { ...stepOptions, settings: { learningRate: 0.1 } });
    const changed = training({ program, seed: 2, checkpoint: { ...checkpoint, identity: { data: 'b' } } });
    const error = await failureOf(() => train(changed));
    expect(error.code).toBe('training.other-training');
    expect(error.message).toMatch(/\n {2}program: .*0\.05.* in the checkpoint, given .*0\.1/);
    const { evaluation: _, ...other } = training({ batches: { data, batch: 5 }, checkpoint });
    const size = await failureOf(() => train(other));
    expect(size.message).toMatch(/\n {2}batch: 6 in the checkpoint, given 5\n/);
    expect(error.message).toContain('\n  seed: 1 in the checkpoint, given 2');
    expect(error.message).toContain('\n  data: a in the checkpoint, given b');
  });

  it('of anything else is none', async () => {
    const store = new MemoryStore();
    store.stored = { tensors: {}, metadata: {} };
    const error = await failureOf(() => train(training({ checkpoint: { store, every: 1 } })));
    expect(error.message).toBe(
      "'memory' is no checkpoint that this version reads: it names no format. Delete it to train from the start, or give another one.",
    );
  });
});

describe('what cannot be trained', () => {
  it('is a program without a loss', async () => {
    const signal = { name: 'difference', error: sub(argument(0), argument(1)) };
    const program = trainingStep(mlp({ depth: 1 }), { ...stepOptions, parametrization: MUP, loss: signal });
    const x = tensor(['batch', 'input'], [1, 1], [1]);
    const target = tensor(['batch'], [1], [1]);
    const error = await failureOf(() => train(training({ program, batches: () => ({ x, target }) })));
    expect(error.message).toBe(
      `program "${program.name}" has no number "loss" to follow; it hands out f. Give the error signal a loss.`,
    );
  });

  it('is a number of steps that is none', async () => {
    const error = await failureOf(() => train(training({ steps: 0 })));
    expect(error.message).toBe('the number of steps is a whole number from 1 on, but 0 was given.');
  });

  it('are data that are no numbers, and labels out of range', async () => {
    const x = data.x ?? expect.fail('no x');
    const values = Float64Array.from(x.data);
    values[2 * 3 + 1] = Number.NaN;
    const labels = Int32Array.from(data.target?.data ?? []);
    labels[4] = CLASSES;
    const target = data.target ?? expect.fail('no target');
    const bad = { x: { ...x, data: values }, target: { ...target, data: labels } };
    const { evaluation: _, ...options } = training();
    const error = await failureOf(() => train({ ...options, batches: { data: bad, batch: 1 } }));
    expect(error.message).toBe(
      'data that program "MLP of 2 hidden layers, a step of adam" cannot train on (places count from 0):\n' +
        '  x: NaN at batch 2, input 1, expected a number\n' +
        '  target: 3 at batch 4, expected a whole number from 0 to 2',
    );
  });

  it.each([0, -0.1, Number.NaN])('is a learning rate of %f', async (learningRate) => {
    const error = await failureOf(() => trainingStep(net, { ...stepOptions, settings: { learningRate } }));
    expect(error.code).toBe('optimizers.settings');
    expect(error.message).toContain(`learningRate is ${learningRate}, expected a number above 0.`);
  });
});
