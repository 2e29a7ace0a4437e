import { afterAll, describe, expect, it, vi } from 'vitest';
import { nodeProduct } from '../../src/finite/node/index.ts';
import { type KernelOptions, limitingKernels, limitingKernelsOn } from '../../src/kernels/index.ts';
import { threadTeam } from '../../src/kernels/node/index.ts';
import { Runner } from '../../src/kernels/plan/runner.ts';
import { layerNet } from '../../src/nets/index.ts';
import { type Matrix, stream } from '../../src/numeric/index.ts';
import { type Tensors, tensor } from '../../src/program/index.ts';
import { deviation } from './kernelSupport.ts';

/** More than one tile has, and no multiple of anything. */
const MANY = 1051;
/** Looked at by themselves: of the first tile, of both, and the last ones. */
const PARTS = [
  [0, 5],
  [520, 540],
  [1040, MANY],
] as const;
/** Products of 36 numbers in another order. */
const OTHER_ORDER = 1e-13;
/** What series may leave out: how many terms there is room for depends on the inputs beside them. */
const LEFT_OUT = 1e-12;

const dense = { out_dim: 8, W_std: 1.3, b_std: 0.1 };
const layers = [
  ['Dense', dense],
  ['Relu', {}],
  ['Dense', dense],
] as const;

function inputs(size: number, name: string): (from?: number, to?: number) => Tensors {
  const values = stream(7, name).normals(MANY * size);
  return (from = 0, to = MANY) => {
    return { x: tensor(['batch', 'input'], [to - from, size], values.slice(from * size, to * size)) };
  };
}

/** Rows and columns of a part. */
function corner(
  { columns, data }: Matrix,
  [row, end]: readonly [number, number],
  [first, last]: readonly [number, number],
) {
  return Array.from({ length: end - row }, (_, k) => [
    ...data.subarray((row + k) * columns + first, (row + k) * columns + last),
  ]).flat();
}

describe('kernels of more inputs than a tile has', () => {
  const team = threadTeam({ threads: 2 });
  const product = nodeProduct({ threads: 1 });
  afterAll(async () => {
    await team.close();
    await product.release();
  });

  // Short rows are multiplied pair by pair, long ones as matrices.
  it.each([3, 36])('are those of their parts, inputs of %i numbers', async (size) => {
    const { program } = layerNet(['serial', { layers }], [size]);
    const [x1, x2] = [inputs(size, 'x1'), inputs(size, 'x2')];
    const of = (options: KernelOptions): Promise<Matrix> =>
      limitingKernelsOn({ team, product }, program, { ...options, only: 'ntk' }).then(({ ntk }) => ntk);
    const [both, symmetric] = [await of({ x1: x1(), x2: x2() }), await of({ x1: x1() })];
    for (const rows of PARTS) {
      for (const columns of PARTS) {
        const own = limitingKernels(program, { x1: x1(...rows), x2: x2(...columns) }).ntk.data;
        expect(deviation(corner(both, rows, columns), [...own])).toBeLessThanOrEqual(OTHER_ORDER);
        const within = limitingKernels(program, { x1: x1(...rows), x2: x1(...columns) }).ntk.data;
        expect(deviation(corner(symmetric, rows, columns), [...within])).toBeLessThanOrEqual(OTHER_ORDER);
      }
    }
  });
});

describe('kernels of series of more inputs than a tile has', () => {
  // Near one another and of a large variance, one in each tile: their series do not end.
  const near = [3, 1049];
  const looked = [3, 700, 1049];
  const { program } = layerNet(
    [
      'serial',
      {
        layers: [
          ['Dense', dense],
          ['Tanh', {}],
          ['Dense', dense],
          ['Relu', {}],
          ['Dense', dense],
        ],
      },
    ],
    [36],
  );

  /** Inputs of which some are one of three times the deviation, but for a little. */
  function withNear(name: string): (from?: number, to?: number) => Tensors {
    const [values, size] = [inputs(36, name)().x?.data.slice() ?? [], 36];
    const first = [...stream(8, 'first').normals(size)];
    for (const row of near) {
      first.forEach((value, k) => {
        values[row * size + k] = 3 * value + 1e-3 * Number(values[row * size + k]);
      });
    }
    return (from = 0, to = MANY) => {
      return { x: tensor(['batch', 'input'], [to - from, size], values.slice(from * size, to * size)) };
    };
  }

  it.each([
    ['symmetric', 'ntk'],
    ['rectangular', 'nngp'],
  ] as const)('%s, the %s is that of one pair each, by quadrature where series do not end', (kind, only) => {
    const symmetric = kind === 'symmetric';
    const [left, right] = [withNear('x1'), withNear(symmetric ? 'x1' : 'x2')];
    const missing = vi.spyOn(Runner.prototype, 'missing');
    const { [only]: found } = limitingKernels(program, {
      x1: left(),
      ...(symmetric ? {} : { x2: right() }),
      only,
    });
    const lists = missing.mock.results.flatMap(({ type, value }) => (type === 'return' ? [value.pairs] : []));
    missing.mockRestore();
    const pairs = lists.flatMap((own) => [...own.left].map((row, k) => [row, own.right[k]]));
    const expected = near.flatMap((row, k) =>
      (symmetric ? near.slice(0, k + 1) : near).map((column) => [row, symmetric ? column : MANY + column]),
    );
    expect(pairs).toHaveLength(expected.length);
    expect(pairs).toEqual(expect.arrayContaining(expected));
    const places = looked.flatMap((row) => looked.map((column) => [row, column] as const));
    const alone = places.map(([row, column]) =>
      limitingKernels(program, { x1: left(row, row + 1), x2: right(column, column + 1), only }),
    );
    const entries = places.map(([row, column]) => Number(found.data[row * MANY + column]));
    expect(
      deviation(
        entries,
        alone.map((kernels) => Number(kernels[only].data[0])),
      ),
    ).toBeLessThanOrEqual(LEFT_OUT);
  });
});
