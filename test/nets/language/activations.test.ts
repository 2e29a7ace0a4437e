/** Activations of encoders: values against their definitions, derivatives against differences, the engine against both. */

import { afterAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { ENCODER_ACTIVATIONS, type EncoderActivation } from '../../../src/nets/language/activations.ts';
import { differentiate, evaluate, tensor, Writer } from '../../../src/program/index.ts';
import { erf } from '../../../src/program/unary.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

const phi = (x: number): number => (1 + erf(x / Math.SQRT2)) / 2;
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** As transformers' `activations.py` (5.24) and PyTorch write them. */
const DEFINITIONS: Readonly<Record<EncoderActivation, (x: number) => number>> = {
  gelu: (x) => x * phi(x),
  gelu_tanh: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  gelu_10: (x) => Math.min(Math.max(x * phi(x), -10), 10),
  quick_gelu: (x) => x * logistic(1.702 * x),
  relu: (x) => Math.max(x, 0),
  relu2: (x) => Math.max(x, 0) ** 2,
  relu6: (x) => Math.min(Math.max(x, 0), 6),
  leaky_relu: (x) => (x > 0 ? x : 0.01 * x),
  silu: (x) => x * logistic(x),
  hardswish: (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6,
  mish: (x) => x * Math.tanh(Math.log1p(Math.exp(x))),
  tanh: Math.tanh,
  sigmoid: logistic,
  laplace: (x) => 0.5 * (1 + erf((x - 707107e-6) / (282095e-6 * Math.SQRT2))),
  linear: (x) => x,
};

/** On both sides of all kinks, and far out, where a power of e is beyond 32 bits. */
const POINTS = [-300, -90, -11, -4.3, -2.9, -1.2, -0.31, -0.01, 0.02, 0.4, 1.3, 2.7, 3.4, 5.9, 6.2, 9.7, 10.3, 90, 300];

describe.each(Object.entries(DEFINITIONS))('%s', (name, definition) => {
  const expr = ENCODER_ACTIVATIONS[name as EncoderActivation]; // a key of both
  const value = evaluate(expr, {});
  const derivative = evaluate(differentiate(expr, 0), {});

  test('is as defined', () => {
    for (const x of POINTS) {
      const expected = definition(x);
      expect(Math.abs(value([x]) - expected), `at ${x}`).toBeLessThanOrEqual(1e-13 * Math.max(1, Math.abs(expected)));
    }
  });

  test('has the derivative of its differences', () => {
    const h = 1e-4;
    for (const x of POINTS) {
      // Of fourth order, so that h⁴ and rounding/h are both below 1e-10 at arguments of order 1.
      const d = (8 * (value([x + h]) - value([x - h])) - (value([x + 2 * h]) - value([x - 2 * h]))) / (12 * h);
      expect(Math.abs(derivative([x]) - d), `at ${x}`).toBeLessThan(1e-9 * Math.max(1, Math.abs(x)));
    }
  });

  test('and its derivative are finite and right in 32 bits', async () => {
    const writer = new Writer(name);
    const type = { kind: 'real', axes: ['k'] } as const;
    writer.space({ name: 'k', kind: 'fixed', size: POINTS.length });
    const x = writer.write({ op: 'input', role: 'data', type }, 'x');
    writer.output('y', writer.map(expr, [x]));
    writer.output('dy', writer.map(differentiate(expr, 0), [x]));
    const found = await engine.run(writer.finish(), { x: tensor(['k'], [POINTS.length], Float64Array.from(POINTS)) });
    for (const [output, exact] of [
      ['y', value],
      ['dy', derivative],
    ] as const) {
      // A derivative that does not depend on x has no axis.
      const data = found[output]?.data ?? [];
      POINTS.forEach((x, k) => {
        const expected = exact([Math.fround(x)]);
        const actual = data[data.length === 1 ? 0 : k] ?? Number.NaN;
        expect(Math.abs(actual - expected), `${output} at ${x}`).toBeLessThan(2e-6 * Math.max(1, Math.abs(expected)));
      });
    }
  });
});

test('the laplace activation is nearest to relu² where the two are equal, with the same slope', () => {
  const [laplace, relu2] = [ENCODER_ACTIVATIONS.laplace, ENCODER_ACTIVATIONS.relu2];
  const root = Math.SQRT1_2;
  expect(evaluate(laplace, {})([root])).toBeCloseTo(evaluate(relu2, {})([root]), 5);
  expect(evaluate(differentiate(laplace, 0), {})([root])).toBeCloseTo(evaluate(differentiate(relu2, 0), {})([root]), 4);
});
