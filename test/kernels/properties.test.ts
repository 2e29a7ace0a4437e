/** What kernels of any network must be: symmetric, positive semidefinite, invariant under rotations, exact at equal inputs. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { symmetricEigen } from '../../src/numeric/index.ts';
import { deviation, kernelsOf } from './kernelSupport.ts';

const ACTIVATIONS = ['Relu', 'Erf', 'Gelu', 'Sin', 'Cos', 'Abs', 'Sign', 'Identity', 'Rbf'] as const;
/** 2⁻⁵² times the operations of three layers and what eigenvalues add. */
const ROUNDING = 1e-12;
const DIMENSION = 3;

const networks = fc
  .record({
    activations: fc.array(fc.constantFrom(...ACTIVATIONS), { minLength: 1, maxLength: 3 }),
    W_std: fc.double({ min: 0.3, max: 2, noNaN: true }),
    b_std: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ activations, W_std, b_std }) => {
    const layers = activations.flatMap((name) => [
      ['Dense', { out_dim: 8, W_std, b_std }],
      [name, {}],
    ]);
    return ['serial', { layers: [...layers, ['Dense', { out_dim: 1, W_std, b_std }]] }];
  });
const coordinate = fc.integer({ min: -200, max: 200 }).map((value) => value / 100);
const inputs = fc.array(fc.tuple(coordinate, coordinate, coordinate), { minLength: 2, maxLength: 5 });

/** A rotation by an angle in the plane of the first two coordinates, then of the last two. */
function rotated(rows: readonly (readonly number[])[], angle: number): number[][] {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return rows.map(([x = 0, y = 0, z = 0]) => {
    const [a, b] = [c * x - s * y, s * x + c * y];
    return [a, c * b - s * z, s * b + c * z];
  });
}

describe('kernels of perceptrons', () => {
  it('are symmetric and positive semidefinite', () => {
    fc.assert(
      fc.property(networks, inputs, (spec, rows) => {
        const found = kernelsOf(spec, rows);
        for (const kernel of [found.nngp, found.ntk]) {
          const { values } = symmetricEigen(kernel);
          const largest = Math.max(...values);
          expect(Math.min(...values)).toBeGreaterThanOrEqual(-ROUNDING * Math.max(1, largest));
          for (let i = 0; i < rows.length; i++) {
            for (let j = 0; j < i; j++) expect(kernel.data[i * rows.length + j]).toBe(kernel.data[j * rows.length + i]);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('do not mind on which side an input stands', () => {
    fc.assert(
      fc.property(networks, inputs, (spec, rows) => {
        const [whole, first] = [kernelsOf(spec, rows), rows.slice(0, 1)];
        const [across, back] = [kernelsOf(spec, first, rows), kernelsOf(spec, rows, first)];
        expect(deviation(across.ntk.data, [...back.ntk.data])).toBeLessThan(ROUNDING);
        expect(deviation(across.ntk.data, [...whole.ntk.data.slice(0, rows.length)])).toBeLessThan(ROUNDING);
      }),
      { numRuns: 30 },
    );
  });

  it('do not mind a rotation of all inputs', () => {
    // Where functions jump, kernels feel the square root of rounding; smooth ones and those with kinks do not.
    const smooth = [
      'serial',
      {
        layers: ['Relu', 'Gelu', 'Erf', 'Sin'].flatMap((name) => [
          ['Dense', { out_dim: 8, W_std: 1.2 }],
          [name, {}],
        ]),
      },
    ];
    fc.assert(
      fc.property(inputs, fc.double({ min: 0, max: 6, noNaN: true }), (rows, angle) => {
        const own = rows.filter((row) => row.some((value) => value !== 0));
        fc.pre(own.length > 1);
        const [found, turned] = [kernelsOf(smooth, own), kernelsOf(smooth, rotated(own, angle))];
        expect(deviation(turned.nngp.data, [...found.nngp.data])).toBeLessThan(ROUNDING);
      }),
      { numRuns: 30 },
    );
  });
});

describe('inputs on one line', () => {
  const x = [0.3, -1.2, 0.7];
  const square = x.reduce((total, value) => total + value * value, 0) / DIMENSION;
  const of = (name: string) => [
    'serial',
    {
      layers: [
        ['Dense', { out_dim: 8 }],
        [name, {}],
        ['Dense', { out_dim: 1 }],
      ],
    },
  ];
  const scaled = (by: number): number[] => x.map((value) => by * value);

  it.each([
    ['Relu', 1, square / 2, square],
    ['Relu', 3, (3 * square) / 2, 3 * square],
    ['Relu', -1, 0, 0],
    ['Abs', 3, 3 * square, 6 * square],
    ['Abs', -1, square, 2 * square],
    ['Sign', 3, 1, 1],
    ['Sign', -3, -1, -1],
  ])('%s of x and %d x is exact', (name, by, nngp, ntk) => {
    const found = kernelsOf(of(name), [x], [scaled(by)]);
    expect(found.nngp.data[0]).toBeCloseTo(nngp, 13);
    expect(found.ntk.data[0]).toBeCloseTo(ntk, 13);
  });

  it('waves of large variance stay finite', () => {
    const spec = [
      'serial',
      {
        layers: [
          ['Dense', { out_dim: 8, W_std: 100 }],
          ['Rbf', { gamma: 1 }],
        ],
      },
    ];
    expect([...kernelsOf(spec, [x, scaled(-1)]).nngp.data]).toEqual(
      [1, 0, 0, 1].map((value) => expect.closeTo(value, 12)),
    );
  });
});

describe('a network of a thousand layers', () => {
  it('keeps the norm under relu at variance 2, and adds as much to the tangent kernel with each layer', () => {
    const layer = [
      ['Dense', { out_dim: 8, W_std: Math.SQRT2 }],
      ['Relu', {}],
    ];
    const spec = [
      'serial',
      { layers: [...Array.from({ length: 1000 }, () => layer).flat(), ['Dense', { out_dim: 1 }]] },
    ];
    const { nngp, ntk } = kernelsOf(spec, [[1, 1, 1]]);
    expect(nngp.data[0]).toBeCloseTo(1, 10);
    expect(ntk.data[0]).toBeCloseTo(1001, 7);
  });
});
