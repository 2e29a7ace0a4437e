/** What has no kernels, and bad input: one clear message each. */

import { describe, expect, it } from 'vitest';
import { type KernelOptions, limitingKernels } from '../../src/kernels/index.ts';
import { layerNet, mlp, recurrent } from '../../src/nets/index.ts';
import { NTP, parametrized } from '../../src/parametrizations/index.ts';
import { type Program, parseProgram, tensor } from '../../src/program/index.ts';
import { failureOf } from '../support/failure.ts';
import { inputsOf } from './kernelSupport.ts';

const X = [
  [0.6, -0.8, 0.3],
  [1.1, 0.4, -0.5],
];
const HEAD = `program sample
  fixed batch, input
  width n
  data x[batch, input]
  parameter u[n, input] ~ normal(1)
  parameter w[n, n'] ~ normal(|n|^-0.5)
  parameter v[n] ~ normal(1)
  g = u @ x
`;

function kernels(program: Program, options: Partial<KernelOptions> = {}) {
  return failureOf(() => limitingKernels(program, { x1: inputsOf(X), ...options }));
}

describe('programs without kernels', () => {
  it.each<[string, string, string]>([
    [
      'a matrix and its transpose',
      "  h = w @ relu(g)\n  k[n', batch] = w @[n] relu(h)\n  output f = k\n",
      'multiplies with "w" and elsewhere with its transpose (a matrix and its transpose)',
    ],
    [
      'a readout that is used inside',
      '  h = relu(g + v)\n  output f = |n|^-0.5 * (v @ (w @ h))\n',
      'reads out with "v", which the network uses elsewhere too (readouts of their own)',
    ],
    [
      'examples that meet',
      '  output f = relu(g - mean[batch](g))\n',
      'mixes examples, the axis "batch" (one example at a time)',
    ],
    ['a maximum over the width', '  m = max[n](g)\n  output f = m\n', 'takes the maximum over the width n (mean only)'],
  ])('%s', async (_, text, expected) => {
    const error = await kernels(parseProgram(HEAD + text), { output: 'f' });
    expect(error.code).toBe('kernels.refused');
    expect(error.message).toContain(expected);
    expect(error.message).toContain('kets compute the limit');
  });

  it('grow with the width', async () => {
    expect((await kernels(mlp({ depth: 1 }).program)).message).toBe(
      'the nngp of output "f" of program "MLP of 1 hidden layer" grows with the width n and has no limit. Scale the network ' +
        '(an NTK or maximal update parametrization), or give a size of n, at which powers of n are taken.',
    );
  });

  it('meet functions that a growing value leaves', async () => {
    const text = '  h = tanh(|n|^0.5 * (w @ relu(g)))\n  output f = h\n';
    const error = await kernels(parseProgram(HEAD + text));
    expect(error.code).toBe('kernels.outside-fragment');
    expect(error.message).toContain('tanh of a value that grows like n^0.5');
  });

  it('a recurrent network has them, for its matrix is used forward alone', () => {
    const net = recurrent({ steps: 3, activation: 'erf' });
    const program = parametrized(net.program, { parametrization: NTP, parameters: net.parameters, output: net.output });
    const x1 = {
      x: tensor(
        ['batch', 'time', 'input'],
        [2, 3, 2],
        Float64Array.from({ length: 12 }, (_, k) => Math.sin(k)),
      ),
    };
    const { ntk } = limitingKernels(program, { x1 });
    expect(ntk.data.every(Number.isFinite)).toBe(true);
    expect(ntk.data[1]).toBe(ntk.data[2]);
  });
});

describe('bad input', () => {
  const { program } = layerNet(
    [
      'serial',
      {
        layers: [
          ['Dense', { out_dim: 8 }],
          ['Relu', {}],
          ['Dense', { out_dim: 1 }],
        ],
      },
    ],
    [3],
  );

  it.each<[string, Partial<KernelOptions>, string]>([
    [
      'inputs of different dimension',
      { x2: inputsOf([[1, 2]]) },
      'x1 and x2 are inputs of one network, but "x" has the size 3 along "input" in x1 and 2 in x2.',
    ],
    [
      'no rows',
      { x1: { x: tensor(['batch', 'input'], [0, 3], []) } },
      'x1: "x" holds no inputs; a kernel needs at least 1 on either side.',
    ],
    [
      'what is no number',
      {
        x2: inputsOf([
          [1, 2, 3],
          [1, Number.NaN, 3],
        ]),
      },
      'x2: "x" holds NaN in row 2, column 2; every number of an input must be finite, and below 1e100 for its square to be.',
    ],
    [
      'what is too large to be squared',
      { x1: inputsOf([[1, 1e200, 3]]) },
      'x1: "x" holds 1e+200 in row 1, column 2; every number of an input must be finite, and below 1e100 for its square to be.',
    ],
    [
      'an input of another dimension than the network reads',
      { x1: inputsOf([[1, 2]]) },
      'sizes of program "network of layers": 1 mismatch\n  input "x" axis input: size 2, but space input is declared with 3',
    ],
    [
      'another name',
      { x1: { y: tensor(['batch', 'input'], [1, 3], [1, 2, 3]) } },
      'x1: program "network of layers" has no data "y"; its data are x',
    ],
    [
      'other axes',
      { x1: { x: tensor(['batch', 'time'], [1, 3], [1, 2, 3]) } },
      'x1: "x" was given on the axes [batch, time], but the program has it on [batch, input].',
    ],
    ['an output', { output: 'g' }, 'program "network of layers" has no output "g"; it has "f".'],
    [
      'a rate',
      { rates: { dense: 1 } },
      'rates: program "network of layers" has no parameter "dense"; did you mean "dense1"?',
    ],
  ])('%s', async (_, options, message) => {
    expect((await kernels(program, options)).message).toBe(message);
  });

  it('a row of zeros is an input like others', () => {
    const { nngp } = limitingKernels(program, { x1: inputsOf([[0, 0, 0], ...X]) });
    expect([...nngp.data.slice(0, 3)]).toEqual([0, 0, 0]);
  });
});
