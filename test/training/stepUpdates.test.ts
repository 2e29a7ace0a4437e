/** Clipping, rules by parameter and fixed parameters in a training step, beside the same written apart. */

import { describe, expect, it } from 'vitest';
import { mlp } from '../../src/nets/index.ts';
import { drawInitial, draws, linearFit, mean, stream } from '../../src/numeric/index.ts';
import { clipGradients, optimizerNamed, type UpdateOptions, updateProgram } from '../../src/optimizers/index.ts';
import { exponentsFor, MUP, NTP, negated, parametrized, powerOf, SP } from '../../src/parametrizations/index.ts';
import {
  checkFragment,
  denseGradients,
  nodeOf,
  nodesOf,
  type Program,
  printProgram,
  reverse,
  type Tensors,
  tensor,
} from '../../src/program/index.ts';
import { interpret, oracle } from '../../src/reference/index.ts';
import { type StepOptions, type TrainedParameter, trainingStep } from '../../src/training/index.ts';
import { expectClose, messageOf, REORDERED } from '../program/support.ts';

/** The same f64 operations in the same order. */
const SAME = 1e-15;

const [N, BATCH, INPUT] = [5, 4, 3];
const sizes = { n: N, batch: BATCH, input: INPUT };
const data: Tensors = {
  x: tensor(['batch', 'input'], [BATCH, INPUT], stream(7).normals(BATCH * INPUT)),
  target: tensor(['batch'], [BATCH], [1, -1, 0.5, 0]),
};
const net = mlp({ depth: 2, activation: 'tanh', biases: true, outputBias: true });
const names = net.parameters.map(({ name }) => name);
const adam = { parametrization: MUP, optimizer: optimizerNamed('adam'), settings: { learningRate: 0.1 } };

const own = oracle({ sizes, draw: draws(5) });

/** The state after each of three steps in the oracle, the start before them. */
async function trajectory(program: Program): Promise<Tensors[]> {
  const states: Tensors[] = [drawInitial(program, sizes, 5)];
  for (let t = 0; t < 3; t++) states.push((await own.run(program, states[t] ?? {}, data)).state);
  return states;
}

/** The forward pass in µP, ordinary derivatives by the error signal, and what is done to them. */
function gradientsOf(change: (program: Program) => Program): (state: Tensors) => Tensors {
  const { parameters, output, multiplied = output } = net;
  const forward = parametrized(net.program, { parametrization: MUP, parameters, output, multiplied });
  const backward = change(denseGradients(reverse(forward, { output, seed: ['batch'] })));
  return (state) => {
    const weights = Object.fromEntries(names.flatMap((name) => (state[name] ? [[name, state[name]]] : [])));
    const f = interpret(forward, { ...weights, ...data }, sizes).f?.data ?? [];
    const error = Array.from(f, (value, b) => (value - (data.target?.data[b] ?? 0)) / BATCH);
    return interpret(backward, { ...weights, ...data, 'd.f': tensor(['batch'], [BATCH], error) }, sizes);
  };
}

/** Each parameter updated by a program of its own, on gradients of all. */
function expectApart(
  states: readonly Tensors[],
  gradients: (state: Tensors) => Tensors,
  how: (name: string) => UpdateOptions & { readonly optimizer: StepOptions['optimizer'] },
  tolerance: number,
): void {
  for (let t = 1; t < states.length; t++) {
    const [before, after] = [states[t - 1] ?? {}, states[t] ?? {}];
    const all = gradients(before);
    for (const parameter of net.parameters) {
      const { name } = parameter;
      const { optimizer, ...options } = how(name);
      const { c, d } = exponentsFor(MUP, parameter);
      const { axes } = nodeOf(net.program, name).type;
      const program = updateProgram(
        optimizer,
        { axes, spaces: net.program.spaces },
        { ...options, rateScale: powerOf(negated(c), MUP), gradientScale: powerOf(d, MUP) },
      );
      const own = Object.entries(before).flatMap(([state, value]): [string, Tensors[string]][] =>
        state === name
          ? [['weight', value]]
          : state.startsWith(`${name}.`)
            ? [[state.slice(name.length + 1), value]]
            : [],
      );
      const gradient = all[`g.${name}`] ?? expect.fail(name);
      const next = interpret(program, { ...Object.fromEntries(own), gradient }, { n: N, input: INPUT });
      for (const [state, { data: numbers }] of Object.entries(next)) {
        const here = after[state === 'weight' ? name : `${name}.${state}`];
        expectClose(here?.data ?? [], numbers, tolerance, `${name} ${state} after step ${t}`);
      }
    }
  }
}

describe('derivatives clipped by their common norm', () => {
  const program = trainingStep(net, { ...adam, clipNorm: 0.05, outputs: ['gradientNorm'] });

  it('are those of `clipGradients`, before n^d', async () => {
    const clipped = gradientsOf((backward) => clipGradients(backward, 0.05));
    const states = await trajectory(program);
    expectApart(states, clipped, () => adam, REORDERED);
    // What is compared was clipped.
    for (const state of states.slice(0, 3)) {
      const { gradientNorm } = (await own.run(program, state, data)).outputs;
      expectClose(gradientNorm?.data ?? [], clipped(state).gradientNorm?.data ?? [], REORDERED);
      expect(gradientNorm?.data[0]).toBeGreaterThan(0.06);
    }
  });

  it('by a large threshold are as they were', async () => {
    const [plain, clipped] = await Promise.all(
      [adam, { ...adam, clipNorm: 1e6 }].map((options) => trajectory(trainingStep(net, options))),
    );
    plain?.forEach((state, t) => {
      for (const name of names) expectClose(clipped?.[t]?.[name]?.data ?? [], state[name]?.data ?? [], SAME, name);
    });
  });

  it.each([
    ['µP', MUP, 0],
    ['NTP', NTP, 0],
    ['SP', SP, 0.5],
  ])('have a norm that grows with the width in SP alone: %s', (_, parametrization, exponent) => {
    const one = mlp({ depth: 2, activation: 'tanh' });
    const step = trainingStep(one, { ...adam, parametrization, clipNorm: 1, outputs: ['gradientNorm'] });
    const widths = [16, 64, 256];
    const norms = widths.map((n) => {
      const at = { ...sizes, n };
      const seeds = [1, 2, 3, 4].map(
        (seed) => interpret(step, { ...drawInitial(step, at, seed), ...data }, at).gradientNorm?.data[0] ?? Number.NaN,
      );
      return Math.log(mean(seeds));
    });
    // Three widths and four seeds: what is of lower order moves the slope by less than this, an order by twice as much.
    expect(Math.abs(linearFit(widths.map(Math.log), norms).slope - exponent)).toBeLessThan(0.25);
  });

  it('need a threshold', () => {
    expect(messageOf(() => trainingStep(net, { ...adam, clipNorm: -1 }))).toBe(
      'clipping of gradients:\n  threshold is -1, expected a number above 0.',
    );
  });
});

describe('rules by parameter', () => {
  const gradients = gradientsOf((backward) => backward);
  const lion = optimizerNamed('lion');
  const ways: Readonly<Record<string, StepOptions['rules']>> = {
    globs: { 'w*': { settings: { learningRate: 0.02 } }, 'b?': { optimizer: lion, settings: { learningRate: 0.3 } } },
    'a function': ({ name, kind, axes, law }: TrainedParameter) => {
      expect(law.kind).toBe(name.startsWith('w') ? 'gaussian' : 'constant');
      expect(axes.length > 1 || kind !== 'matrix').toBe(true);
      return name.startsWith('w')
        ? { settings: { learningRate: 0.02 } }
        : { optimizer: lion, settings: { learningRate: 0.3 } };
    },
  };

  it.each(Object.entries(ways))('by %s are updates of their own', async (_, rules = {}) => {
    const states = await trajectory(trainingStep(net, { ...adam, settings: { beta1: 0.8, learningRate: 1 }, rules }));
    const how = (name: string) =>
      name.startsWith('w')
        ? { optimizer: adam.optimizer, settings: { beta1: 0.8, learningRate: 0.02 } }
        : { optimizer: lion, settings: { learningRate: 0.3 } };
    expectApart(states, gradients, how, SAME);
  });

  it('multiply the powers of the parametrization by scales of their own', async () => {
    const rules = { w2: { rateScale: 0.5 }, w3: { gradientScale: 3 } };
    const sgd = { ...adam, optimizer: optimizerNamed('sgd') };
    const [plain, scaled] = await Promise.all(
      [sgd, { ...sgd, rules }].map((options) => trajectory(trainingStep(net, options))),
    );
    const moved = (states: Tensors[] | undefined, name: string): number[] =>
      Array.from(states?.[1]?.[name]?.data ?? [], (value, k) => value - (states?.[0]?.[name]?.data[k] ?? 0));
    for (const [name, factor] of [
      ['w1', 1],
      ['w2', 0.5],
      ['w3', 3],
    ] as const)
      expectClose(
        moved(scaled, name),
        moved(plain, name).map((value) => factor * value),
        REORDERED,
        name,
      );
  });

  it('are told of in errors', () => {
    expect(messageOf(() => trainingStep(net, { ...adam, rules: { w9: {} } }))).toBe(
      'settings for parameters that do not exist:\n  "w9" matches no parameter. Did you mean "w1"?\n' +
        `The parameters are: ${names.join(', ')}.`,
    );
    expect(messageOf(() => trainingStep(net, { ...adam, rules: { b1: { settings: { lr: 1 } } } }))).toContain(
      'parameter "b1", optimizer "adam":\n  lr is not one of its settings.',
    );
  });
});

describe('parameters that stay', () => {
  it('are parameters of the step, whichever way the others are picked', () => {
    const [byGlob, byTest] = [
      ['w3', 'b*'],
      ({ kind, name }: TrainedParameter) => kind === 'readout' || name[0] === 'b',
    ].map((trainable) => trainingStep(net, { ...adam, trainable }));
    expect(byGlob && nodesOf(byGlob, 'parameter').map(({ name }) => name)).toEqual(['w1', 'w2']);
    expect(byTest && printProgram(byTest)).toBe(byGlob && printProgram(byGlob));
  });

  it('lie in the language, and leave the others their updates', () => {
    const outputs = ['g.w3', 'g.b2'];
    const some = trainingStep(net, { ...adam, trainable: ['w3', 'b2'], outputs });
    expect(checkFragment(some).violations).toEqual([]);
    const all = trainingStep(net, { ...adam, outputs });
    const state = drawInitial(all, sizes, 5);
    const [own, whole] = [some, all].map((program) =>
      interpret(program, { ...drawInitial(program, sizes, 5), ...data }, sizes),
    );
    expect(drawInitial(some, sizes, 5).w1).toEqual(state.w1);
    for (const name of ['f', 'loss', ...outputs, 'w3', 'b2'])
      expectClose(own?.[name]?.data ?? [], whole?.[name]?.data ?? [], REORDERED, name);
  });
});
