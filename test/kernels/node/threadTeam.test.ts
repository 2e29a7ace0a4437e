import { afterAll, describe, expect, it } from 'vitest';
import { nodeProduct } from '../../../src/finite/node/index.ts';
import { limitingKernels, limitingKernelsOn } from '../../../src/kernels/index.ts';
import { threadTeam } from '../../../src/kernels/node/index.ts';
import { layerNet } from '../../../src/nets/index.ts';
import { stream } from '../../../src/numeric/index.ts';
import { type Program, type Tensors, tensor } from '../../../src/program/index.ts';
import { deviation } from '../kernelSupport.ts';

const AXES = { dense: ['batch', 'input'], image: ['batch', 'row', 'column', 'input'] } as const;

function inputs(axes: readonly string[], shape: readonly number[], name: string): Tensors {
  const size = shape.reduce((product, length) => product * length, 1);
  return { x: tensor(axes, shape, [...stream(5, name).normals(size)]) };
}

const dense = { out_dim: 8, W_std: 1.3, b_std: 0.1 };
const conv = { out_chan: 8, filter_shape: [3, 3], padding: 'SAME', W_std: 1.3, b_std: 0.1 };
const CASES: readonly { name: string; program: Program; x1: Tensors; x2: Tensors }[] = [
  {
    name: 'dense, longer than a block',
    program: layerNet(
      [
        'serial',
        {
          layers: [
            ['Dense', dense],
            ['Relu', {}],
            ['Dense', dense],
            ['Erf', {}],
            ['Dense', dense],
          ],
        },
      ],
      [40],
    ).program,
    x1: inputs(AXES.dense, [61, 40], 'x1'),
    x2: inputs(AXES.dense, [83, 40], 'x2'),
  },
  {
    name: 'series, and quadratures where they are too short',
    program: layerNet(
      [
        'serial',
        {
          layers: [
            ['Dense', { out_dim: 8, W_std: 4, b_std: 0.1 }],
            ['Tanh', {}],
            ['Dense', dense],
          ],
        },
      ],
      [3],
    ).program,
    x1: inputs(AXES.dense, [41, 3], 'x1'),
    x2: inputs(AXES.dense, [30, 3], 'x2'),
  },
  {
    name: 'convolutions with global pooling',
    program: layerNet(
      [
        'serial',
        {
          layers: [
            ['Conv', conv],
            ['Relu', {}],
            ['Conv', conv],
            ['Relu', {}],
            ['GlobalAvgPool', {}],
            ['Dense', dense],
          ],
        },
      ],
      [4, 4, 2],
    ).program,
    x1: inputs(AXES.image, [23, 4, 4, 2], 'x1'),
    x2: inputs(AXES.image, [30, 4, 4, 2], 'x2'),
  },
];

/** Products of 40 numbers in another order: 2⁻⁵² times their number, and what later layers make of it. */
const OTHER_ORDER = 1e-13;

describe('kernels on several threads', () => {
  const team = threadTeam({ threads: 3 });
  afterAll(() => team.close());

  it.each(CASES)('are to the bit those of one thread: $name', async ({ program, x1, x2 }) => {
    for (const options of [{ x1, x2 }, { x1 }, { x1: x2 }]) {
      const alone = limitingKernels(program, options);
      const together = await limitingKernelsOn({ team }, program, options);
      expect(together.nngp.data).toEqual(alone.nngp.data);
      expect(together.ntk.data).toEqual(alone.ntk.data);
    }
  });

  it('are the same when one is asked for alone, and the other has no rows', async () => {
    for (const { program, x1, x2 } of CASES) {
      const both = limitingKernels(program, { x1, x2 });
      for (const only of ['nngp', 'ntk'] as const) {
        const found = await limitingKernelsOn({ team }, program, { x1, x2, only });
        expect(found[only].data).toEqual(both[only].data);
        expect(found[only === 'ntk' ? 'nngp' : 'ntk'].rows).toBe(0);
      }
      // The runner of the call before is used again.
      expect((await limitingKernelsOn({ team }, program, { x1: x2, x2: x1 })).ntk.rows).toBe(both.ntk.columns);
      expect((await limitingKernelsOn({ team }, program, { x1, x2 })).ntk.data).toEqual(both.ntk.data);
    }
  });

  it('are the same when calls run at the same time', async () => {
    const machine = { team, product: nodeProduct({ threads: 1 }) };
    for (const { program, x1, x2 } of CASES) {
      const alone = await limitingKernelsOn(machine, program, { x1, x2 });
      const swapped = await limitingKernelsOn(machine, program, { x1: x2, x2: x1 });
      const calls = [
        { x1, x2 },
        { x1: x2, x2: x1 },
        { x1, x2 },
      ].map((own) => limitingKernelsOn(machine, program, own));
      const found = (await Promise.all(calls)).map(({ ntk }) => ntk.data);
      expect(found).toEqual([alone.ntk.data, swapped.ntk.data, alone.ntk.data]);
    }
  });

  it('are the same with products on an engine', async () => {
    for (const { program, x1, x2 } of CASES) {
      for (const options of [{ x1, x2 }, { x1 }]) {
        const alone = limitingKernels(program, options);
        const on = await limitingKernelsOn({ team, product: nodeProduct({ threads: 1 }) }, program, options);
        expect(deviation(on.ntk.data, [...alone.ntk.data])).toBeLessThanOrEqual(OTHER_ORDER);
      }
    }
  });

  it('refuses numbers of threads that no machine has', () => {
    expect(() => threadTeam({ threads: 0 })).toThrow('threads: expected a whole number from 1 to 1024, got 0.');
  });
});
