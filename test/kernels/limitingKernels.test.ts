/** Kernels beside formulas worked out by hand, beside exact kets, and beside networks of finite width. */

import { describe, expect, it } from 'vitest';
import { limitingKernels } from '../../src/kernels/index.ts';
import { exactLimit } from '../../src/kets/index.ts';
import { layerNet, mlp } from '../../src/nets/index.ts';
import { exponentsFor, minus, NTP, named, parametrized } from '../../src/parametrizations/index.ts';
import {
  argument,
  extend,
  mul,
  outputOf,
  type Program,
  parseProgram,
  sizePower,
  type Tensors,
  tensor,
} from '../../src/program/index.ts';
import { deviation, finiteKernels, inputsOf } from './kernelSupport.ts';

const X = [
  [0.6, -0.8, 0.3],
  [1.1, 0.4, -0.5],
  [-0.2, 0.9, 0.7],
];
/** Cov(x, x′) of the inputs. */
const gram = X.map((a) => X.map((b) => a.reduce((total, value, k) => total + value * Number(b[k]), 0) / 3));
const ROUNDING = 1e-14;
/** What kets and kernels may differ by where both close (issue: 1e-10). */
const AS_KETS = 1e-10;

/** A matrix that is used at two depths, as in a recurrent network. */
const TIED = parseProgram(`program tied
  fixed batch, input
  width n
  data x[batch, input]
  parameter u[n, input] ~ normal(1)
  parameter w[n, n'] ~ normal(1)
  parameter v[n] ~ normal(1)
  x0 = erf(|input|^-0.5 * (u @ x))
  x1 = erf(|n|^-0.5 * 1.4 * (w @ x0))
  y = erf(|n|^-0.5 * 1.4 * (w @ x1)) + 0.3 * x0
  f = |n|^-0.5 * (v @ y)
  output y
  output f
`);

describe('a perceptron of one hidden layer', () => {
  it('has the arc-cosine kernels with relu', () => {
    const net = mlp({ depth: 1 });
    const program = parametrized(net.program, { parametrization: NTP, parameters: net.parameters, output: net.output });
    const found = limitingKernels(program, { x1: inputsOf(X) });
    const expected = gram.map((row, i) =>
      row.map((uv, j) => {
        const [uu, vv] = [Number(gram[i]?.[i]), Number(gram[j]?.[j])];
        const angle = i === j ? 0 : Math.acos(uv / Math.sqrt(uu * vv));
        const first = (Math.sqrt(uu * vv) * (Math.sin(angle) + (Math.PI - angle) * Math.cos(angle))) / (2 * Math.PI);
        const zeroth = (Math.PI - angle) / (2 * Math.PI);
        return {
          nngp: first, // Weights of the first layer are N(0, 1/3) and trained as they are.
          ntk: first + 3 * uv * zeroth,
        };
      }),
    );
    expect(
      deviation(
        found.nngp.data,
        expected.flat().map(({ nngp }) => nngp),
      ),
    ).toBeLessThan(ROUNDING);
    expect(
      deviation(
        found.ntk.data,
        expected.flat().map(({ ntk }) => ntk),
      ),
    ).toBeLessThan(ROUNDING);
  });

  it('has rates of its parameters as weights of their shares', () => {
    const spec = serial(['Dense', { out_dim: 8 }], ['Erf', {}], ['Dense', { out_dim: 1 }]);
    const { program } = layerNet(spec, [3]);
    const of = (rates: Record<string, number>) => limitingKernels(program, { x1: inputsOf(X), rates }).ntk.data;
    const [both, first, second] = [of({}), of({ dense2: 0 }), of({ dense1: 0 })];
    expect(
      deviation(
        both,
        Array.from(first, (value, k) => value + Number(second[k])),
      ),
    ).toBeLessThan(ROUNDING);
    expect(
      deviation(
        of({ dense1: 3, dense2: 2 }),
        Array.from(first, (value, k) => 3 * value + 2 * Number(second[k])),
      ),
    ).toBeLessThan(ROUNDING);
  });
});

describe('parametrizations in the operator regime', () => {
  const net = mlp({ depth: 2, activation: 'erf' });
  const kernelsIn = (name: string) => {
    const { parametrization } = named(name);
    const program = parametrized(net.program, { parametrization, parameters: net.parameters, output: net.output });
    const rates = Object.fromEntries(
      net.parameters.map((parameter) => {
        const { c, d } = exponentsFor(parametrization, parameter);
        return [parameter.name, { scale: 1, powers: [{ space: 'n', exponent: minus(d, c) }] }];
      }),
    );
    return limitingKernels(program, { x1: inputsOf(X), rates });
  };

  it('have the kernel of NTP, and outputs that vanish at the start where theory says so', () => {
    const [ntp, between] = [kernelsIn('ntp'), kernelsIn('up:0.25')];
    expect(deviation(between.ntk.data, [...ntp.ntk.data])).toBeLessThan(ROUNDING);
    expect(Math.max(...ntp.nngp.data)).toBeGreaterThan(0.1);
    expect(Math.max(...between.nngp.data)).toBeLessThan(1e-30);
  });
});

describe('kernels and exact kets', () => {
  const cases: Readonly<Record<string, unknown>> = {
    'relu, twice': serial(...dense(1.5), ['Relu', {}], ...dense(1.2), ['Relu', {}]),
    'a residual sum and gelu': serial(
      ...dense(1.5),
      ['residual', { branch: serial(['Gelu', {}], ...dense(1.1)) }],
      ['Gelu', {}],
    ),
    'a product': serial(
      ...dense(1.5),
      ['FanOut', { num: 2 }],
      ['parallel', { layers: [serial(['Relu', {}], ...dense(1)), serial(['Erf', {}], ...dense(0.7))] }],
      ['FanInProd', {}],
    ),
    'a layer norm': serial(...dense(1.5), ['LayerNorm', {}], ['Erf', {}]),
    'x + |x| and sin': serial(...dense(1.3), ['residual', { branch: ['Abs', {}] }], ...dense(1), ['Sin', {}]),
    tanh: serial(...dense(1.3), ['Tanh', {}]),
  };
  it.each(Object.keys(cases))('agree on %s', (name) => {
    const { program } = layerNet(cases[name], [3]);
    const few = X.slice(0, 2);
    const found = limitingKernels(program, { x1: inputsOf(few) });
    const [outputs = []] = exactLimit(withGram(program), { data: inputsOf(few) });
    const expected = outputs.find((output) => output.name === 'gram')?.entries.map(Number) ?? [];
    expect(deviation(found.nngp.data, expected)).toBeLessThan(AS_KETS);
  });

  it('agree where a matrix is used at two depths', () => {
    const x = { x: tensor(['batch', 'input'], [3, 3], X.flat()) };
    const found = limitingKernels(TIED, { x1: x, output: 'y' });
    const [outputs = []] = exactLimit(
      withGram({ ...TIED, outputs: TIED.outputs.filter((output) => output.name === 'y') }),
      { data: x },
    );
    const expected = outputs.find((output) => output.name === 'gram')?.entries.map(Number) ?? [];
    expect(deviation(found.nngp.data, expected)).toBeLessThan(AS_KETS);
  });
});

describe('networks of finite width', () => {
  const image = [...Array(2)].map((_, i) =>
    [...Array(4)].map((__, p) => [...Array(2)].map((___, c) => Math.sin(1 + 3 * i + 1.7 * p + 0.9 * c))),
  );
  const cases: Readonly<Record<string, { spec: unknown; x: Parameters<typeof inputsOf>[0] }>> = {
    'a perceptron': { x: X, spec: serial(...dense(1.5, 0.3), ['Erf', {}], ...dense(1.2, 0.1), ['Relu', {}], ...out) },
    'a convolution with circular padding, pooled': {
      x: image,
      spec: serial(
        ['Conv', { out_chan: 8, filter_shape: [3], padding: 'CIRCULAR', W_std: 1.3 }],
        ['Relu', {}],
        ['GlobalAvgPool', {}],
        ...out,
      ),
    },
    'a strided convolution, flattened': {
      x: image,
      spec: serial(
        ['Conv', { out_chan: 8, filter_shape: [3], strides: [2], padding: 'SAME', W_std: 1.3 }],
        ['Gelu', {}],
        ['Flatten', {}],
        ...out,
      ),
    },
    attention: {
      x: image,
      spec: serial(
        ...dense(1.2),
        [
          'GlobalSelfAttention',
          { n_chan_out: 8, n_chan_key: 8, n_chan_val: 8, n_heads: 2, attention_mechanism: 'SOFTMAX' },
        ],
        ['GlobalAvgPool', {}],
        ...out,
      ),
    },
    'concatenated channels': {
      x: X,
      spec: serial(
        ...dense(1.5),
        ['FanOut', { num: 2 }],
        ['parallel', { layers: [serial(['Relu', {}]), serial(['Erf', {}], ['Dense', { out_dim: 4 }])] }],
        ['FanInConcat', {}],
        ...out,
      ),
    },
  };
  it.each(Object.keys(cases))('have the same tangent kernel in the mean: %s', (name) => {
    const { spec, x } = cases[name] as (typeof cases)[string]; // own keys
    const { program } = layerNet(spec, shapeOf(x));
    expectTangents(program, inputsOf(x), 12, 8 * 12);
  });

  it('have it with a matrix at two depths', () => expectTangents(TIED, inputsOf(X), 48, 48));

  function expectTangents(program: Program, x: Tensors, n: number, width: number): void {
    const found = limitingKernels(program, { x1: x, output: 'f' });
    const seeds = 16;
    const all = Array.from({ length: seeds }, (_, seed) => finiteKernels(program, x, n, seed).ntk.data);
    found.ntk.data.forEach((expected, k) => {
      const values = all.map((data) => Number(data[k]));
      const mean = values.reduce((a, b) => a + b) / seeds;
      const error = Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / (seeds * (seeds - 1)));
      // Sampling at five standard errors, and the bias of the width, of order 1/width.
      expect(Math.abs(mean - expected)).toBeLessThan(5 * error + (2 / width) * Math.abs(expected));
      expect(error).toBeLessThan(0.1 * Math.max(...found.ntk.data));
    });
  }
});

/** The program with the mean over the width of products of its first output for pairs of inputs. */
function withGram(program: Program): Program {
  const first = program.outputs[0]?.name ?? '';
  return extend(program, (writer) => {
    const value = writer.value(outputOf(program, first).value);
    const [width = ''] = writer.widthAxes(value.type.axes);
    const products = writer.contract(value, writer.rename(value, [['batch', "batch'"]]), [width]);
    writer.output('gram', writer.map(mul(sizePower(width, -1), argument(0)), [products]));
  });
}

function shapeOf(x: Parameters<typeof inputsOf>[0]): number[] {
  return inputsOf(x).x?.shape.slice(1) ?? [];
}

function serial(...layers: readonly unknown[]): unknown {
  return ['serial', { layers }];
}

function dense(W_std: number, b_std: number | null = null): unknown[] {
  return [['Dense', { out_dim: 8, W_std, b_std }]];
}

const out = [['Dense', { out_dim: 1, W_std: 1.1, b_std: 0.2 }]];
