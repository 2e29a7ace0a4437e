/** `nexort ntk` of networks by name and of programs, and what it says of bad input. */

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { limitingKernels } from '../../src/kernels/index.ts';
import { parseProgram, tensor } from '../../src/program/index.ts';
import { decodeTensors } from '../../src/runs/tensors/index.ts';
import { temporaryFolder } from '../support/folders.ts';
import { nexort } from './nexort.ts';

const EXAMPLES = resolve(import.meta.dirname, '../../examples/networks');
const [MLP, NEX, X, TESTS] = ['mlp.json', 'two-layers.nex', 'spirals.csv', 'spirals-test.csv'].map((name) =>
  join(EXAMPLES, name),
) as [string, string, string, string]; // four names give four paths
const ROWS = [
  [1, 0.5],
  [-0.3, 2],
  [0.7, -1],
];

async function file(name: string, content: string): Promise<string> {
  return join(await temporaryFolder({ [name]: content }), name);
}
const rows = (): Promise<string> => file('rows.json', JSON.stringify(ROWS));

interface Found {
  readonly nngp: readonly (readonly number[])[];
  readonly ntk: readonly (readonly number[])[];
}

async function kernelsOf(...args: readonly string[]): Promise<Found> {
  const { code, stdout, stderr } = await nexort('ntk', ...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Found; // its entries are checked
}

describe('networks by name', () => {
  /** Arc-cosine kernel of degree 1, as the mean of relu(u) relu(v). */
  const relu = (a: number, b: number, ab: number): number => {
    const cosine = Math.min(1, ab / Math.sqrt(a * b));
    const angle = Math.acos(cosine);
    return (Math.sqrt(a * b) / (2 * Math.PI)) * (Math.sin(angle) + (Math.PI - angle) * cosine);
  };

  it('are perceptrons in the NTK parametrization', async () => {
    const { nngp, ntk } = await kernelsOf('--net', 'mlp', '--depth', '1', '--activation', 'relu', '--x1', await rows());
    for (const [k, x] of ROWS.entries()) {
      for (const [l, y] of ROWS.entries()) {
        const dot = (p: readonly number[], q: readonly number[]): number =>
          p.reduce((sum, value, i) => sum + value * Number(q[i]), 0) / 2;
        const [xx, yy, xy] = [dot(x, x), dot(y, y), dot(x, y)];
        const slopes = (Math.PI - Math.acos(Math.min(1, xy / Math.sqrt(xx * yy)))) / (2 * Math.PI);
        expect(nngp[k]?.[l]).toBeCloseTo(relu(xx, yy, xy), 12);
        // Weights of the first layer are N(0, 1/2) and trained as they are.
        expect(ntk[k]?.[l]).toBeCloseTo(relu(xx, yy, xy) + slopes * 2 * xy, 12);
      }
    }
  });

  it('are those of series and images, whose shapes are given', async () => {
    const of = async (...args: readonly string[]) =>
      (await kernelsOf('--x1', await file('a.csv', '1,2,3,4\n0,1,0,-1'), ...args)).ntk;
    expect(await of('--net', 'cnn', '--depth', '1', '--shape', '2,2')).toHaveLength(2);
    expect(await of('--net', 'cnn2d', '--depth', '1', '--shape', '2,2,1')).toHaveLength(2);
    expect(await of('--net', 'rnn', '--shape', '2,2')).toHaveLength(2);
  });

  it('have the tangent kernel of the standard parametrization at a width alone', async () => {
    const sp = ['--net', 'mlp', '--parametrization', 'sp', '--x1', await rows()];
    const { code, stderr } = await nexort('ntk', ...sp);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^error: the ntk of output "f" .* grows with the width n and has no limit\./),
    });
    const [narrow, wide] = [await kernelsOf(...sp, '--width', '500'), await kernelsOf(...sp, '--width', '1000')];
    expect((wide.ntk[0]?.[0] ?? 0) / (narrow.ntk[0]?.[0] ?? 1)).toBeCloseTo(2, 2);
  });
});

describe('programs', () => {
  it('give the kernels of their output for the rows of a file', async () => {
    const program = parseProgram(await readFile(NEX, 'utf8'));
    const x1 = { x: tensor(['batch', 'input'], [3, 2], ROWS.flat()) };
    const expected = limitingKernels(program, { x1 });
    const found = await kernelsOf(NEX, '--x1', await rows());
    expect(found.nngp.flat()).toEqual([...expected.nngp.data]);
    expect(found.ntk.flat()).toEqual([...expected.ntk.data]);
  });

  /** A number of inputs that is fixed, data of other names and axes, two outputs, a size that is open. */
  const OTHER = `program other
  fixed row = 2, input, scale = 2
  width n
  data a[input, row]
  data b[scale]
  parameter U[n, input] ~ normal(1)
  parameter v[n] ~ normal(1)
  c[row, input] = a * sum[scale](b)
  h = |input|^-0.5 * (U @ c)
  output f = |n|^-0.5 * (v @[n] relu(h))
  output g = 2 * f`;

  it('may fix the number of their inputs, name them, and take further data', async () => {
    const path = await file('other.nex', OTHER);
    const further = ['--examples', 'row', '--data', await file('b.json', '{"b": [1, 2]}'), '--x1', await rows()];
    const [f, g] = [
      await kernelsOf(path, ...further, '--output', 'f'),
      await kernelsOf(path, ...further, '--output', 'g'),
    ];
    expect(f.nngp).toHaveLength(3);
    expect(g.nngp[1]?.[2]).toBeCloseTo(4 * (f.nngp[1]?.[2] ?? Number.NaN), 12);
    const none = await nexort('ntk', path, ...further);
    expect(none.stderr).toMatch(/has 2 outputs \("f", "g"\); say which one the kernels are of\./);
  });

  it('say where an instruction stands that does not close', async () => {
    const path = await file(
      'turned.nex',
      (await readFile(NEX, 'utf8')).replace('(v @[n] relu(g))', '(v @[n] (W^T @ relu(g)))'),
    );
    const { code, stderr } = await nexort('ntk', path, '--x1', await rows());
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: .*turned\.nex:11:\d+: .*multiplies with "W" and elsewhere with its transpose/);
  });
});

describe('files of kernels', () => {
  it('are safetensors too, of both sides', async () => {
    const out = join(await temporaryFolder({}), 'k.safetensors');
    const { code, stdout } = await nexort('ntk', MLP, '--x1', X, '--x2', TESTS, '--out', out);
    expect({ code, told: stdout.endsWith(`kernels: ${out}\n`) }).toEqual({ code: 0, told: true });
    const { nngp, ntk } = decodeTensors(await readFile(out));
    expect([nngp?.shape, ntk?.shape]).toEqual([
      [24, 10],
      [24, 10],
    ]);
  });
});

describe('what is refused', () => {
  it.for<[string, () => Promise<readonly string[]>, RegExp]>([
    ['no network', async () => [], /Kernels are of one network, and nothing says which\. Give a file/],
    ['two networks', async () => [MLP, '--net', 'mlp'], /and both '.*mlp\.json' and --net mlp are given\./],
    [
      'an unknown name',
      async () => ['--net', 'mpl', '--x1', X],
      /there is no network "mpl" to compute kernels of; expected one/,
    ],
    [
      'inputs of another kind',
      async () => ['--net', 'cnn', '--x1', X],
      /--net cnn reads \[inputs, length, channels\] or .* each of the inputs is 2\. Give --shape/,
    ],
    [
      'an option of something else',
      async () => [MLP, '--x1', X, '--depth', '3'],
      /--depth has no effect: it is of --net, which is not given/,
    ],
    [
      'a size of something else',
      async () => [NEX, '--x1', X, '--size', 'm=3'],
      /--size gives m; expected sizes that program "two hidden layers" leaves open/,
    ],
    [
      'another shape',
      async () => [NEX, '--x1', X, '--shape', '1,2'],
      /"x" of the program is on \[batch, input\], and each of the inputs is 1 × 2\. Give --shape with 1 sizes/,
    ],
    [
      'an unknown axis',
      async () => [NEX, '--x1', X, '--examples', 'rows'],
      /has no data along the axis "rows", which x1 could be\. Name the axis/,
    ],
    [
      'unknown data',
      async () => [NEX, '--x1', X, '--input', 'y'],
      /has no data "y" along the axis "batch"; it has "x"/,
    ],
    [
      'data for every input',
      async () => [NEX, '--x1', X, '--data', await file('d.json', '{"x": [[1, 2]]}')],
      /x differs between inputs; only one such, x1, can be given/,
    ],
    [
      'no rows',
      async () => [MLP, '--x1', await file('x.json', '[]')],
      /holds no inputs \(0\); a kernel needs at least 1 input of 1 number/,
    ],
    ['empty rows', async () => [MLP, '--x1', await file('x.json', '[[], []]')], /holds no numbers \(2 × 0\)/],
    [
      'a NaN on the other side',
      async () => [MLP, '--x1', X, '--x2', await file('x.csv', '1,2\n3,nan')],
      /x2: "x" holds NaN in row 2, column 2/,
    ],
    [
      'a label that is none',
      async () => [MLP, '--x1', await rows(), '--x2', X, '--predict', await file('l.csv', '1\nnan\n2')],
      /l\.csv' holds NaN in row 2, column 1; every label must be a finite number/,
    ],
    [
      'a negative deviation',
      async () => [await file('n.json', '["Dense", {"out_dim": 2, "W_std": -1}]'), '--x1', X],
      /W_std is a standard deviation, a number from 0 on, but -1 was given/,
    ],
    [
      'too little memory',
      async () => [MLP, '--x1', X, '--memory', '10MB'],
      /--memory 10MB is too small for these kernels, which need about \d\.\dGB at least\. Give that much, or fewer inputs\./,
    ],
  ])('%s', async ([, args, message]) => {
    const { code, stdout, stderr } = await nexort('ntk', ...(await args()));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(3);
  });
});
