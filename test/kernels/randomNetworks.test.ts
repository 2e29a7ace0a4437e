/** What kernels of any network of layers must be, over random descriptions: convolutions, residual sums, norms, attention. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitingKernels } from '../../src/kernels/index.ts';
import { layerNet } from '../../src/nets/index.ts';
import { symmetricEigen } from '../../src/numeric/index.ts';
import { deviation, inputsOf, type Nested } from './kernelSupport.ts';

/** 2⁻⁵² times the operations of some layers and what eigenvalues add. */
const ROUNDING = 1e-11;
/** Kinks lose half of the digits at equal inputs, where the arc cosine has a root. */
const TURNED = 1e-7;
const [LENGTH, CHANNELS] = [4, 3];

type Layer = readonly unknown[];
const serial = (layers: readonly Layer[]): Layer => ['serial', { layers }];
const deviations = fc.record({
  W_std: fc.double({ min: 0.5, max: 1.8, noNaN: true }),
  b_std: fc.double({ min: 0, max: 0.7, noNaN: true }),
});
const dense = deviations.map((own): Layer => ['Dense', { out_dim: 4, ...own }]);
/** Those without jumps, whose kernels feel rounding as rounding. */
const activation = fc.constantFrom('Relu', 'Erf', 'Gelu', 'Sin', 'Abs', 'Identity').map((name): Layer => [name, {}]);

/**
 * Blocks from 4 channels to 4, one after the other. Each ends in a matrix, so that no function meets more Gaussian
 * variables than quadratures take.
 */
const vectorBlock: fc.Arbitrary<Layer> = fc.oneof(
  fc.tuple(activation, dense).map(serial),
  fc.tuple(activation, dense).map((branch): Layer => ['residual', { branch: serial(branch) }]),
  fc.tuple(activation, dense, activation, dense).map(([a, b, c, d]) =>
    serial([
      ['FanOut', { num: 2 }],
      ['parallel', { layers: [serial([a, b]), serial([c, d])] }],
      ['FanInSum', {}],
    ]),
  ),
  fc.tuple(activation, dense).map((branch) => serial([['LayerNorm', {}], ...branch])),
);
const conv = fc
  .tuple(deviations, fc.constantFrom('SAME', 'CIRCULAR'))
  .map(([own, padding]): Layer => ['Conv', { out_chan: 4, filter_shape: [3], padding, ...own }]);
const seriesBlock: fc.Arbitrary<Layer> = fc.oneof(
  vectorBlock,
  fc.tuple(activation, conv).map(serial),
  fc.tuple(activation, conv).map((branch): Layer => ['residual', { branch: serial(branch) }]),
  fc
    .constantFrom('SOFTMAX', 'IDENTITY')
    .map(
      (attention_mechanism): Layer => [
        'GlobalSelfAttention',
        { n_chan_out: 4, n_chan_key: 4, n_chan_val: 4, n_heads: 2, attention_mechanism, W_key_std: 0.7 },
      ],
    ),
);
const vectorNets = fc
  .tuple(dense, fc.array(vectorBlock, { minLength: 1, maxLength: 3 }), activation, dense)
  .map(([first, blocks, last, out]) => serial([first, ...blocks, last, out]));
const seriesNets = fc
  .tuple(
    dense,
    fc.array(seriesBlock, { minLength: 1, maxLength: 2 }),
    activation,
    fc.constantFrom('GlobalAvgPool', 'Flatten'),
    dense,
  )
  .map(([first, blocks, last, end, out]) => serial([first, ...blocks, last, [end, {}], out]));

const coordinate = fc.integer({ min: -200, max: 200 }).map((value) => value / 100);
/** Inputs whose coordinates are not all zero, where kernels of normed values have no derivative. */
const vector = fc
  .array(coordinate, { minLength: CHANNELS, maxLength: CHANNELS })
  .filter((row) => row.some((x) => Math.abs(x) > 0.1));
const vectors = fc.array(vector, { minLength: 2, maxLength: 4 });
const series = fc.array(fc.array(vector, { minLength: LENGTH, maxLength: LENGTH }), { minLength: 2, maxLength: 3 });

const kernelsOf = (spec: Layer, x1: Nested, x2?: Nested) => {
  const { program } = layerNet(spec, inputsOf(x1).x?.shape.slice(1) ?? []);
  return limitingKernels(program, { x1: inputsOf(x1), ...(x2 === undefined ? {} : { x2: inputsOf(x2) }) });
};

function expectKernel(spec: Layer, x: Nested): void {
  const found = kernelsOf(spec, x);
  for (const kernel of [found.nngp, found.ntk]) {
    const { rows, data } = kernel;
    const { values } = symmetricEigen(kernel);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-ROUNDING * Math.max(...values));
    for (let i = 0; i < rows; i++) for (let j = 0; j < i; j++) expect(data[i * rows + j]).toBe(data[j * rows + i]);
  }
  const across = kernelsOf(spec, x, x);
  expect(deviation(across.nngp.data, [...found.nngp.data])).toBeLessThan(TURNED);
  expect(deviation(across.ntk.data, [...found.ntk.data])).toBeLessThan(TURNED);
}

/** A rotation of channels: in the plane of the first two, then of the last two. */
function turned(row: readonly number[], angle: number): number[] {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const [x = 0, y = 0, z = 0] = row;
  const [a, b] = [c * x - s * y, s * x + c * y];
  return [a, c * b - s * z, s * b + c * z];
}

const angles = fc.double({ min: 0, max: 6, noNaN: true });

describe('kernels of random networks', () => {
  it('of vectors are symmetric, positive semidefinite, and the same across sides', () => {
    fc.assert(fc.property(vectorNets, vectors, expectKernel), { numRuns: 25 });
  });

  it('of series are symmetric, positive semidefinite, and the same across sides', () => {
    fc.assert(fc.property(seriesNets, series, expectKernel), { numRuns: 20 });
  });

  it('of vectors do not mind a rotation', () => {
    fc.assert(
      fc.property(vectorNets, vectors, angles, (spec, rows, angle) => {
        const [found, other] = [
          kernelsOf(spec, rows),
          kernelsOf(
            spec,
            rows.map((row) => turned(row, angle)),
          ),
        ];
        expect(deviation(other.nngp.data, [...found.nngp.data])).toBeLessThan(TURNED);
        expect(deviation(other.ntk.data, [...found.ntk.data])).toBeLessThan(TURNED);
      }),
      { numRuns: 30 },
    );
  });

  it('of series do not mind a rotation of channels, the same at all places', () => {
    fc.assert(
      fc.property(seriesNets, series, angles, (spec, x, angle) => {
        const other = kernelsOf(
          spec,
          x.map((rows) => rows.map((row) => turned(row, angle))),
        );
        const found = kernelsOf(spec, x);
        expect(deviation(other.nngp.data, [...found.nngp.data])).toBeLessThan(TURNED);
        expect(deviation(other.ntk.data, [...found.ntk.data])).toBeLessThan(TURNED);
      }),
      { numRuns: 15 },
    );
  });
});
