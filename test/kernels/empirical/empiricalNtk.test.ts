/** Empirical kernels beside the inner products of gradients in full. */

import { describe, expect, it } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { type EmpiricalOptions, empiricalNtk } from '../../../src/kernels/index.ts';
import { type NetName, namedNet } from '../../../src/nets/index.ts';
import { drawInitial, symmetricEigen } from '../../../src/numeric/index.ts';
import { NTP, parametrized } from '../../../src/parametrizations/index.ts';
import {
  denseGradients,
  indexTensor,
  type Program,
  parseProgram,
  reorder,
  reverse,
  type Tensor,
  type Tensors,
  tensor,
} from '../../../src/program/index.ts';
import { interpret } from '../../../src/reference/index.ts';
import { failureOf } from '../../support/failure.ts';
import { deviation } from '../kernelSupport.ts';

/** 2⁻⁵² times the sums of a few thousand products (issue: 1e-12). */
const ROUNDING = 1e-12;
/** 2⁻²⁴ times as many. */
const SINGLE = 1e-5;
const WIDTH = 6;
const run: EmpiricalOptions['run'] = interpret;

const waves = (count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, k) => Math.sin(1 + 2.3 * k + 0.37 * k * k));
const real = (axes: readonly string[], shape: readonly number[]): Tensor =>
  tensor(axes, shape, waves(shape.reduce((a, b) => a * b)));
const tokens = (count: number): Tensor =>
  indexTensor(
    ['batch', 'time'],
    [count, 3],
    Array.from({ length: count * 3 }, (_, k) => (k * k + k) % 5),
  );

const TRANSPOSED = `program transposed
  fixed batch, input
  width n
  data x[batch, input]
  parameter u[n, input] ~ normal(1)
  parameter w[n, n'] ~ normal(|n|^-0.5)
  parameter v[n] ~ normal(1)
  h = tanh(w @ tanh(u @ x))
  k[n', batch] = w @[n] h
  output f = |n|^-0.5 * (v @ k)
`;

type OfNet = readonly [NetName, Parameters<ReturnType<typeof namedNet>['make']>[0], (count: number) => Tensors];

/** Networks by name, with inputs of so many examples. */
const NETS: readonly OfNet[] = [
  ['mlp', { depth: 2, biases: true }, (count) => ({ x: real(['batch', 'input'], [count, 3]) })],
  ['mlp', { depth: 2, classes: 3, biases: true }, (count) => ({ x: real(['batch', 'input'], [count, 3]) })],
  [
    'cnn',
    { depth: 2, places: [4], classes: 2, biases: true },
    (count) => ({ x: real(['batch', 'time', 'input'], [count, 4, 2]) }),
  ],
  [
    'cnn2d',
    { depth: 2, places: [3, 3] },
    (count) => ({ x: real(['batch', 'row', 'column', 'input'], [count, 3, 3, 2]) }),
  ],
  ['rnn', { depth: 1, places: [3], classes: 2 }, (count) => ({ x: real(['batch', 'time', 'input'], [count, 3, 2]) })],
  ['gru', { depth: 1, places: [3] }, (count) => ({ x: real(['batch', 'time', 'input'], [count, 3, 2]) })],
  [
    'transformer',
    { depth: 1, places: [3], vocabulary: 5, heads: 2, biases: true },
    (count) => ({ tokens: tokens(count) }),
  ],
  ['transformer-tied', { depth: 1, places: [3], vocabulary: 5, heads: 2 }, (count) => ({ tokens: tokens(count) })],
];

/** ⟨∇f_i(x), ∇f_j(x′)⟩ for all outputs and pairs of inputs, [batch · outputs, batch · outputs], from gradients in full. */
function products(program: Program, feeds: Tensors, n: number): readonly number[] {
  const top = program.nodes.find(({ name }) => name === program.outputs.find(({ name: own }) => own === 'f')?.value);
  const classes = (top?.type.axes ?? []).filter((axis) => axis !== 'batch');
  const sizes = interpret(program, feeds, { n }).f;
  const shape = classes.map((axis) => Number(sizes?.shape[sizes.axes.indexOf(axis)]));
  const count = shape.reduce((a, b) => a * b, 1);
  const backward = denseGradients(reverse(program, { output: 'f', seed: classes, keep: ['batch'] }), ['batch']);
  const examples = Number(sizes?.shape[sizes.axes.indexOf('batch')]);
  const gradients = Array.from({ length: count }, (_, k) => {
    const seed = Float64Array.from({ length: count }, (__, c) => (c === k ? 1 : 0));
    const results = interpret(backward, { ...feeds, 'd.f': tensor(classes, shape, seed) }, { n });
    const all = Object.entries(results).filter(([name]) => name.startsWith('g.'));
    return all.map(([, value]) => reorder(value, ['batch', ...value.axes.filter((axis) => axis !== 'batch')]).data);
  });
  const result: number[] = [];
  for (let i = 0; i < examples; i++) {
    for (const own of gradients) {
      for (let j = 0; j < examples; j++) {
        for (const other of gradients) {
          let sum = 0;
          own.forEach((left, p) => {
            const right = other[p] ?? left;
            const size = left.length / examples;
            for (let k = 0; k < size; k++) sum += Number(left[i * size + k]) * Number(right[j * size + k]);
          });
          result.push(sum);
        }
      }
    }
  }
  return result;
}

/** A network and values of its parameters. */
function drawn(...[name, settings, inputsOf]: OfNet) {
  const net = namedNet(name).make(settings);
  const program = parametrized(net.program, { parametrization: NTP, parameters: net.parameters, output: net.output });
  const x = inputsOf(5);
  const values = drawInitial(program, { n: WIDTH, batch: 5, input: x.x?.shape.at(-1) ?? 0 }, 3);
  return { program, values, inputsOf };
}

const [MLP, CLASSES, CNN] = NETS as readonly [OfNet, OfNet, OfNet]; // the first three
const TIED = NETS.at(-1) as OfNet; // there are some

describe('an empirical kernel', () => {
  it.each(NETS)('of %s %j is that of gradients in full', async (...net) => {
    const { program, values, inputsOf } = drawn(...net);
    const x1 = inputsOf(3);
    const expected = products(program, { ...values, ...x1 }, WIDTH);
    const options = { run, values, x1, sizes: { n: WIDTH }, outputs: 'each' } as const;
    const each = await empiricalNtk(program, options);
    expect(deviation(each.data, expected)).toBeLessThan(ROUNDING);
    expect(Math.max(...each.data)).toBeGreaterThan(1e-3);
    expect(symmetricEigen(each).values[0]).toBeGreaterThan(-ROUNDING * Math.max(...each.data));
  });

  it('of a matrix with its transpose has the cross terms', async () => {
    const program = parseProgram(TRANSPOSED);
    const x1 = { x: real(['batch', 'input'], [3, 2]) };
    const values = drawInitial(program, { n: WIDTH, batch: 3, input: 2 }, 3);
    const found = await empiricalNtk(program, { run, values, x1, sizes: { n: WIDTH } });
    expect(deviation(found.data, products(program, { ...values, ...x1 }, WIDTH))).toBeLessThan(ROUNDING);
  });

  it.each([CLASSES, CNN])('of %s %j is the same in blocks, and of two sides', async (...net) => {
    const { program, values, inputsOf } = drawn(...net);
    const all = inputsOf(5);
    const whole = await empiricalNtk(program, { run, values, x1: all, sizes: { n: WIDTH } });
    // At one example a block gradients are not written out, at more some are.
    for (const block of [1, 2]) {
      const own = await empiricalNtk(program, { run, values, x1: all, sizes: { n: WIDTH }, block });
      expect(deviation(own.data, [...whole.data])).toBeLessThan(ROUNDING);
    }
    const across = await empiricalNtk(program, {
      run,
      values,
      x1: inputsOf(2),
      x2: all,
      sizes: { n: WIDTH },
      block: 2,
    });
    expect([across.rows, across.columns]).toEqual([2, 5]);
    expect(deviation(across.data, [...whole.data.slice(0, 10)])).toBeLessThan(ROUNDING);
  });

  it('of several outputs is a mean, a sum, or all of them', async () => {
    const { program, values, inputsOf } = drawn(...CLASSES);
    const options = { run, values, x1: inputsOf(2), sizes: { n: WIDTH } };
    const each = (await empiricalNtk(program, { ...options, outputs: 'each' })).data;
    const traces = [0, 1, 2, 3].map((k) => {
      const [i, j] = [Math.floor(k / 2), k % 2];
      return [0, 1, 2].reduce((total, c) => total + Number(each[(3 * i + c) * 6 + 3 * j + c]), 0);
    });
    const [sum, mean] = [
      await empiricalNtk(program, { ...options, outputs: 'sum' }),
      await empiricalNtk(program, options),
    ];
    expect(deviation(sum.data, traces)).toBeLessThan(ROUNDING);
    expect(
      deviation(
        mean.data,
        traces.map((trace) => trace / 3),
      ),
    ).toBeLessThan(ROUNDING);
  });

  it('weighs parameters by their rates', async () => {
    const { program, values, inputsOf } = drawn(...MLP);
    const options = { run, values, x1: inputsOf(2), sizes: { n: WIDTH } };
    const names = program.nodes.filter(({ instruction }) => instruction.op === 'parameter').map(({ name }) => name);
    const alone = async (name: string) => {
      const rates = Object.fromEntries(names.map((own) => [own, own === name ? 1 : 0]));
      return (await empiricalNtk(program, { ...options, rates })).data;
    };
    const parts = await Promise.all(names.map(alone));
    const whole = await empiricalNtk(program, options);
    const sums = Array.from(whole.data, (_, k) => parts.reduce((total, part) => total + Number(part[k]), 0));
    expect(deviation(whole.data, sums)).toBeLessThan(ROUNDING);
    const rate = { scale: 2, powers: [{ space: 'n', exponent: 1 }] };
    const scaled = await empiricalNtk(program, {
      ...options,
      rates: Object.fromEntries(names.map((own) => [own, rate])),
    });
    expect(
      deviation(
        scaled.data,
        [...whole.data].map((value) => 2 * WIDTH * value),
      ),
    ).toBeLessThan(ROUNDING);
  });

  it('is the same in f32 on the engine, up to its rounding', async () => {
    const engine = nodeEngine({ threads: 1 });
    for (const net of [CLASSES, CNN, TIED]) {
      const { program, values, inputsOf } = drawn(...net);
      const options = { values, x1: inputsOf(3), sizes: { n: WIDTH }, outputs: 'each' } as const;
      const expected = await empiricalNtk(program, { run, ...options });
      const found = await empiricalNtk(program, { run: (...how) => engine.run(...how), ...options });
      expect(deviation(found.data, [...expected.data]), net[0]).toBeLessThan(SINGLE);
    }
  });

  it.each<[string, Partial<EmpiricalOptions>, string]>([
    ['a block', { block: 0 }, 'block is a whole number of examples from 1 on, but 0 was given.'],
    ['a rate', { rates: { w: 1 } }, 'rates: program "MLP of 2 hidden layers" has no parameter "w"; did you mean "w1"?'],
    [
      'an output on a width',
      { output: 'x2' },
      'output "x2" of program "MLP of 2 hidden layers" is on the width n; the kernel of a finite network is of an output on fixed axes. Name another output.',
    ],
    [
      'a number that is none',
      { x1: { x: tensor(['batch', 'input'], [1, 3], [1, Number.NaN, 0]) } },
      'x1: "x" holds NaN in row 1, column 2; every number of an input must be finite, and below 1e100 for its square to be.',
    ],
  ])('refuses %s', async (_, options, message) => {
    const { program, values, inputsOf } = drawn(...MLP);
    const wider = { ...program, outputs: [...program.outputs, { name: 'x2', value: 'x2', role: 'data' as const }] };
    const all = { run, values, x1: inputsOf(2), sizes: { n: WIDTH }, output: 'f', ...options };
    expect((await failureOf(() => empiricalNtk(wider, all))).message).toBe(message);
  });
});
