/** The kernel of signs as a program is that of gradients written out, at finite widths; its limit closes. */

import { describe, expect, it } from 'vitest';
import { type Rates, tangentKernelProgram } from '../../../src/kernels/index.ts';
import { exactLimit, isNotClosed } from '../../../src/kets/index.ts';
import { mlp, type Net, netOf, recurrent, residualMlp } from '../../../src/nets/index.ts';
import { at, drawInitial } from '../../../src/numeric/index.ts';
import { MUP, NTP } from '../../../src/parametrizations/index.ts';
import { denseGradients, parseProgram, reorder, reverse, type Tensor, tensor } from '../../../src/program/index.ts';
import { interpret } from '../../../src/reference/index.ts';
import { parametrizedNet } from '../../../src/training/index.ts';
import { failureOf } from '../../support/failure.ts';

const ROUNDING = 1e-12;
const X = tensor(['batch', 'input'], [3, 2], [1, 0.3, 0.2, -1.1, -0.8, 0.6]);
const SIZES = { n: 5, batch: 3, input: 2 };
const RATES: Rates = { w1: 0.5, w2: { scale: 2, powers: [{ space: 'n', exponent: 1 }] } };

/** Σ_θ rate ∂f(x)/∂θ sign ∂f(x′)/∂θ from gradients in full. */
function written(net: Net, values: Readonly<Record<string, Tensor>>): number[] {
  const program = parametrizedNet(net, { parametrization: NTP });
  const reversed = reverse(program, { output: net.output, seed: [], keep: ['batch'] });
  const gradients = denseGradients({ ...reversed, program: { ...reversed.program, outputs: [] } }, ['batch']);
  const found = interpret(gradients, { ...values, [`d.${net.output}`]: tensor([], [], [1]) }, SIZES);
  const kernel = new Array<number>(9).fill(0);
  for (const { name, axes } of net.parameters) {
    const { data } = reorder(found[`g.${name}`] as Tensor, ['batch', ...axes]);
    const count = data.length / 3;
    const rate = name === 'w1' ? 0.5 : name === 'w2' ? 2 * SIZES.n : 1;
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++)
        for (let k = 0; k < count; k++)
          kernel[3 * i + j] =
            at(kernel, 3 * i + j) + rate * at(data, i * count + k) * Math.sign(at(data, j * count + k));
  }
  return kernel;
}

const GAIN = netOf(
  parseProgram(`
    width n
    fixed batch, input
    data x[batch, input]
    parameter w1[n, input] ~ normal(1)
    parameter g[n] ~ normal(1)
    parameter w2[n] ~ normal(1)
    h = x @[input] w1
    output f = (g * sigmoid(h) - 0.5 * h) @[n] w2`),
  { kinds: { w1: 'vector', g: 'vector', w2: 'readout' }, output: 'f', layers: [] },
);

describe('the kernel of signs', () => {
  it.each<readonly [string, Net]>([
    ['a perceptron with biases, tanh', mlp({ depth: 2, activation: 'tanh', biases: true })],
    ['relu, three layers', mlp({ depth: 3, activation: 'relu' })],
    ['gelu, whose derivative changes its sign', mlp({ depth: 2, activation: 'gelu' })],
    ['a gain and a sum', GAIN],
    ['a residual network', residualMlp({ depth: 2, activation: 'erf' })],
  ])('%s', (_, net) => {
    const program = tangentKernelProgram(parametrizedNet(net, { parametrization: NTP }), {
      ...{ output: 'f', signed: true, rates: net.parameters.some(({ name }) => name === 'w2') ? RATES : { w1: 0.5 } },
    });
    const values = { ...drawInitial(program, SIZES, 3), x: X };
    const { ntk } = interpret(program, values, SIZES);
    const expected = written(net, values);
    const scale = Math.max(...expected.map(Math.abs));
    expected.forEach((value, k) => {
      expect(Math.abs(at(ntk?.data ?? [], k) - value)).toBeLessThan(ROUNDING * scale);
    });
  });

  it('closes in the limit, where E φ(u) sign v has a formula to a formula', () => {
    // One hidden layer, identity activation: K = Σ_inputs x sign x′ √(2/π) + √(2/π) ⟨x, x′⟩/|x′|, over √(2 inputs).
    const net = mlp({ depth: 1, activation: { op: 'argument', index: 0 } });
    const half = { scale: 1, powers: [{ space: 'n', exponent: { numerator: -1, denominator: 2 } }] };
    const program = tangentKernelProgram(parametrizedNet(net, { parametrization: NTP }), {
      ...{ output: 'f', signed: true, rates: { w1: half, w2: half } },
    });
    const entries = exactLimit(program, { data: { x: X } })[0]?.[0]?.entries ?? [];
    const row = (k: number): readonly [number, number] => [at(X.data, 2 * k), at(X.data, 2 * k + 1)];
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        const [[a, b], [c, d]] = [row(i), row(j)];
        const first = a * Math.sign(c) + b * Math.sign(d);
        const last = (a * c + b * d) / Math.hypot(c, d) / Math.SQRT2;
        const value = entries[3 * i + j];
        if (value === undefined || isNotClosed(value)) expect.fail('it does not close');
        expect(Math.abs(value - Math.sqrt(2 / Math.PI) * (first + last))).toBeLessThan(1e-10);
      }
    }
  });

  it('is refused where a parameter is used at several places', async () => {
    const program = parametrizedNet(recurrent({ steps: 2 }), { parametrization: MUP });
    const failure = await failureOf(() => tangentKernelProgram(program, { output: 'f', signed: true }));
    expect([failure.code, failure.message]).toEqual([
      'kernels.signed-sum',
      expect.stringMatching(
        /^parameter "\w+" of program .* is used at several places for each example; expected one use/,
      ),
    ]);
  });
});
