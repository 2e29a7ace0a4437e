/** Activations without formulas, smooth ones and those with kinks, beside an integration of another kind or a formula. */

import { describe, expect, it } from 'vitest';
import { unaryFunctions } from '../../src/program/index.ts';
import { deviation, kernelsOf } from './kernelSupport.ts';

const X = [
  [0.6, -0.8, 0.3],
  [1.1, 0.4, -0.5],
  [-0.9, 0.9, 0.7],
];
/** What the issue asks of smooth functions. */
const SMOOTH = 1e-10;

/** The trapezoid rule on [−10, 10]², which converges exponentially for smooth functions times a Gaussian. */
function plane(f: (u: number, v: number) => number, uu: number, uv: number, vv: number): number {
  const [step, ends] = [0.05, 10];
  const slope = uv / Math.sqrt(uu);
  const rest = Math.sqrt(Math.max(0, vv - slope * slope));
  let total = 0;
  for (let a = -ends; a <= ends; a += step) {
    for (let b = -ends; b <= ends; b += step) {
      total += Math.exp(-(a * a + b * b) / 2) * f(Math.sqrt(uu) * a, slope * a + rest * b);
    }
  }
  return (total * step * step) / (2 * Math.PI);
}

const sigmoid = unaryFunctions.sigmoid.value;
const functions: Readonly<Record<string, readonly [(u: number) => number, (u: number) => number]>> = {
  Tanh: [Math.tanh, (u) => 1 - Math.tanh(u) ** 2],
  Sigmoid: [sigmoid, (u) => sigmoid(u) * (1 - sigmoid(u))],
  Swish: [(u) => u * sigmoid(u), (u) => sigmoid(u) + u * sigmoid(u) * (1 - sigmoid(u))],
  Softplus: [(u) => Math.log1p(Math.exp(u)), sigmoid],
};

describe('functions without a formula', () => {
  it.each(Object.keys(functions))('%s', (name) => {
    const [f, slope] = functions[name] as (typeof functions)[string]; // own keys
    const spec = [
      'serial',
      {
        layers: [
          ['Dense', { out_dim: 8, W_std: 1.3, b_std: 0.2 }],
          [name, {}],
        ],
      },
    ];
    const found = kernelsOf(spec, X);
    const pairs = X.flatMap((a) =>
      X.map((b) => {
        const cov = (x: readonly number[], y: readonly number[]): number =>
          1.69 * (x.reduce((total, value, k) => total + value * Number(y[k]), 0) / 3) + 0.04;
        const [uu, uv, vv] = [cov(a, a), cov(a, b), cov(b, b)];
        return [
          plane((u, v) => f(u) * f(v), uu, uv, vv),
          uv * plane((u, v) => slope(u) * slope(v), uu, uv, vv),
        ] as const;
      }),
    );
    expect(
      deviation(
        found.nngp.data,
        pairs.map(([nngp]) => nngp),
      ),
    ).toBeLessThan(SMOOTH);
    expect(
      deviation(
        found.ntk.data,
        pairs.map(([, ntk]) => ntk),
      ),
    ).toBeLessThan(SMOOTH);
  });
});

describe('pairs whose series is short or does not end', () => {
  const spec = [
    'serial',
    {
      layers: [
        ['Dense', { out_dim: 8 }],
        ['Tanh', {}],
      ],
    },
  ];
  // Variances 0, 12 and near; correlations near 1, at −1 and in between.
  const rows = [
    [0, 0, 0],
    [2, -4, 4],
    [2.01, -4, 4],
    [-2, 4, -4],
    [5, 3, -1],
    [0.1, 0.1, 0],
  ];

  it('are those of the plane', () => {
    const found = kernelsOf(spec, rows);
    const expected = rows.flatMap((a) =>
      rows.map((b) => {
        const cov = (x: readonly number[], y: readonly number[]): number =>
          x.reduce((total, value, k) => total + value * Number(y[k]), 0) / 3;
        const uu = cov(a, a);
        return uu === 0 ? 0 : plane((u, v) => Math.tanh(u) * Math.tanh(v), uu, cov(a, b), cov(b, b));
      }),
    );
    expect(deviation(found.nngp.data, expected)).toBeLessThan(SMOOTH);
  });
});

describe('pairs of quadratures among others', () => {
  const dense = ['Dense', { out_dim: 8, W_std: 1.5, b_std: 0.1 }];
  const spec = ['serial', { layers: [dense, ['Tanh', {}], dense, ['Relu', {}], dense] }];
  // The second and the last have a series that does not end, with themselves alone: three inputs apart, as in a row of four.
  const rows = [
    [0.2, 0.3, -1],
    [0.9, -0.8, 3],
    [0.1, 0.2, 0.3],
    [0.2, 0.1, 0.2],
    [-0.9, 0.8, 3],
  ];

  it('read numbers of their own inputs', () => {
    const found = kernelsOf(spec, rows);
    const alone = rows.map((row) => kernelsOf(spec, [row]));
    for (const which of ['nngp', 'ntk'] as const) {
      const own = alone.map((kernels) => Number(kernels[which].data[0]));
      const diagonal = rows.map((_, k) => Number(found[which].data[k * (rows.length + 1)]));
      expect(deviation(diagonal, own)).toBeLessThan(SMOOTH);
    }
  });
});

describe('functions with kinks and without a formula', () => {
  it('are split at their kinks: the arc-cosine kernel of order 2 by quadrature', () => {
    const spec = [
      'serial',
      {
        layers: [
          ['Dense', { out_dim: 8 }],
          ['RectifiedMonomial', { degree: 2 }],
        ],
      },
    ];
    const rows = [...X, X[0]?.map((value) => -2 * value) ?? []];
    const found = kernelsOf(spec, rows);
    const expected = rows.flatMap((a) =>
      rows.map((b) => {
        const cov = (x: readonly number[], y: readonly number[]): number =>
          x.reduce((total, value, k) => total + value * Number(y[k]), 0) / 3;
        const cos = Math.min(1, Math.max(-1, cov(a, b) / Math.sqrt(cov(a, a) * cov(b, b))));
        const angle = Math.acos(cos);
        const shape = 3 * Math.sin(angle) * cos + (Math.PI - angle) * (1 + 2 * cos * cos);
        return (cov(a, a) * cov(b, b) * shape) / (2 * Math.PI);
      }),
    );
    expect(deviation(found.nngp.data, expected)).toBeLessThan(SMOOTH);
  });
});
