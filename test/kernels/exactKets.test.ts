/** Closed forms beside the exact limit of kets on the network and its backpropagation, wherever both close. */

import { describe, expect, it } from 'vitest';
import { empiricalNtk, limitingKernels, tangentKernelProgram } from '../../src/kernels/index.ts';
import { exactLimit } from '../../src/kets/index.ts';
import { layerNet, mlp, recurrent, residualMlp } from '../../src/nets/index.ts';
import { drawInitial } from '../../src/numeric/index.ts';
import { NTP, parametrized } from '../../src/parametrizations/index.ts';
import { type Program, parseProgram, type Tensors, tensor } from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { failureOf } from '../support/failure.ts';
import { deviation, inputsOf } from './kernelSupport.ts';

/** What kets and kernels may differ by where both close (issue: 1e-10). */
const AS_KETS = 1e-10;
const X = [
  [0.6, -0.8, 0.3],
  [1.1, 0.4, -0.5],
];

const dense = (W_std: number, b_std: number | null = null): unknown => ['Dense', { out_dim: 1, W_std, b_std }];
/** So many hidden layers, and a readout. */
const perceptron = (activation: readonly unknown[], depth: number): unknown => [
  'serial',
  { layers: [...Array.from({ length: depth }, () => [dense(1.3, 0.2), activation]).flat(), dense(1.1, 0.1)] },
];

const ACTIVATIONS: Readonly<Record<string, readonly unknown[]>> = {
  relu: ['Relu', {}],
  'leaky relu': ['LeakyRelu', { alpha: 0.1 }],
  'the absolute value': ['Abs', {}],
  erf: ['Erf', {}],
  identity: ['Identity', {}],
  gelu: ['Gelu', {}],
  sin: ['Sin', {}],
  cos: ['Cos', {}],
  'a polynomial': ['Polynomial', { coef: [0.3, 1, 0.5, 0.2] }],
  'a monomial': ['Monomial', { degree: 2 }],
  rbf: ['Rbf', { gamma: 0.7 }],
  tanh: ['Tanh', {}],
};

const NETWORKS: Readonly<Record<string, unknown>> = {
  'a residual sum': [
    'serial',
    {
      layers: [
        dense(1.5),
        ['residual', { branch: ['serial', { layers: [['Relu', {}], dense(1.1)] }] }],
        ['Erf', {}],
        dense(1),
      ],
    },
  ],
  'a product': [
    'serial',
    {
      layers: [
        dense(1.5),
        ['FanOut', { num: 2 }],
        [
          'parallel',
          {
            layers: [
              ['serial', { layers: [['Relu', {}], dense(1)] }],
              ['serial', { layers: [['Erf', {}], dense(0.7)] }],
            ],
          },
        ],
        ['FanInProd', {}],
        dense(1),
      ],
    },
  ],
  'a layer norm': ['serial', { layers: [dense(1.5), ['LayerNorm', {}], ['Erf', {}], dense(1)] }],
};

const TRANSPOSED = `program transposed
  fixed batch, input
  width n
  data x[batch, input]
  parameter u[n, input] ~ normal(1)
  parameter w[n, n'] ~ normal(1)
  parameter v[n] ~ normal(1)
  z = |n|^-0.5 * (w @ (u @ x))
  h = z + 0.5 * z * z
  k[n', batch] = |n|^-0.5 * (w @[n] h)
  output f = |n|^-0.5 * (v @ k)
`;

/** Both kernels by either way. */
function expectAgreement(program: Program, data: Tensors): void {
  const found = limitingKernels(program, { x1: data });
  const [outputs = []] = exactLimit(tangentKernelProgram(program), { data });
  const expected = outputs[0]?.entries.map(Number) ?? [];
  expect(expected.every(Number.isFinite)).toBe(true);
  expect(deviation(found.ntk.data, expected)).toBeLessThan(AS_KETS);
}

describe('the tangent kernel by closed forms and by exact kets', () => {
  it.each(Object.keys(ACTIVATIONS))('with %s in one, two and three layers', (name) => {
    const activation = ACTIVATIONS[name] ?? [];
    for (const depth of [1, 2, 3]) expectAgreement(layerNet(perceptron(activation, depth), [3]).program, inputsOf(X));
  });

  it.each(Object.keys(NETWORKS))('with %s', (name) => {
    expectAgreement(layerNet(NETWORKS[name], [3]).program, inputsOf(X));
  });

  it.each([
    ['a perceptron with biases', mlp({ depth: 2, activation: 'erf', biases: true })],
    ['a residual perceptron', residualMlp({ depth: 2, activation: 'relu' })],
  ])('of %s in the NTK parametrization', (_, net) => {
    const program = parametrized(net.program, { parametrization: NTP, parameters: net.parameters, output: net.output });
    expectAgreement(program, inputsOf(X));
  });

  it('of a matrix that is used at several times', () => {
    const net = recurrent({ steps: 2, activation: 'erf' });
    const program = parametrized(net.program, { parametrization: NTP, parameters: net.parameters, output: net.output });
    const data = Float64Array.from({ length: 8 }, (_, k) => Math.sin(1 + 3 * k));
    expectAgreement(program, { x: tensor(['batch', 'time', 'input'], [2, 2, 2], data) });
  });

  it('is a program that has a value at a finite width too', async () => {
    const { program } = layerNet(perceptron(['Erf', {}], 2), [3]);
    const [values, x1] = [drawInitial(program, { n: 7, batch: 2 }, 1), inputsOf(X)];
    const rates = { dense1: 0.3, dense2: { scale: 2, powers: [{ space: 'n1', exponent: 1 }] }, 'dense1.bias': 0 };
    const { ntk } = interpret(tangentKernelProgram(program, { rates }), { ...values, ...x1 }, { n: 7 });
    const expected = await empiricalNtk(program, { run: interpret, values, x1, sizes: { n: 7 }, rates });
    expect(deviation(ntk?.data ?? [], [...expected.data])).toBeLessThan(1e-13);
  });

  it('takes kets where closed forms refuse: a matrix with its transpose', async () => {
    const program = parseProgram(TRANSPOSED);
    const x = { x: tensor(['batch', 'input'], [2, 3], X.flat()) };
    expect((await failureOf(() => limitingKernels(program, { x1: x }))).code).toBe('kernels.refused');
    const kernel = tangentKernelProgram(program);
    const [outputs = []] = exactLimit(kernel, { data: x });
    const expected = outputs[0]?.entries.map(Number) ?? [];
    const n = 150;
    const found = Array.from({ length: 32 }, (_, seed) => {
      const { ntk } = interpret(kernel, { ...drawInitial(program, { n, batch: 2, input: 3 }, seed), ...x }, { n });
      return Array.from(ntk?.data ?? []);
    });
    expected.forEach((value, k) => {
      const all = found.map((own) => Number(own[k]));
      const mean = all.reduce((a, b) => a + b) / all.length;
      const error = Math.sqrt(
        all.reduce((total, own) => total + (own - mean) ** 2, 0) / (all.length * (all.length - 1)),
      );
      // Sampling at five standard errors, and the bias of the width.
      expect(Math.abs(mean - value)).toBeLessThan(5 * error + (10 / n) * Math.abs(value));
      expect(error).toBeLessThan(0.1 * Math.max(...expected));
    });
  });

  it('is refused for outputs of several numbers, and where nothing is trained', async () => {
    const { program } = layerNet(
      [
        'serial',
        {
          layers: [
            ['Dense', { out_dim: 1 }],
            ['Erf', {}],
            ['Dense', { out_dim: 2 }],
          ],
        },
      ],
      [3],
    );
    expect((await failureOf(() => tangentKernelProgram(program))).message).toBe(
      'output "f" of program "network of layers" has the axes class beside that of the examples; a tangent kernel as a program is ' +
        'of one number for each example. Hand out one entry (a gather), or use empiricalNtk.',
    );
    const one = layerNet(perceptron(['Erf', {}], 1), [3]).program;
    const rates = Object.fromEntries(['dense1', 'dense1.bias', 'dense2', 'dense2.bias'].map((name) => [name, 0]));
    expect((await failureOf(() => tangentKernelProgram(one, { rates }))).message).toBe(
      'output "f" of program "network of layers" depends on no parameter that is trained; its tangent kernel is 0.',
    );
  });
});
