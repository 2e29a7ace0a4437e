/** `nexort ntk` as its users run it. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { crossEntropyPredictor, limitingKernels, oneHot } from '../../src/kernels/index.ts';
import { layerNet } from '../../src/nets/index.ts';
import { encodeNpz } from '../../src/runs/tensors/index.ts';
import { inputsOf } from '../kernels/kernelSupport.ts';
import { temporaryFolder } from '../support/folders.ts';
import { nexort } from './nexort.ts';

const SPEC = [
  'serial',
  {
    layers: [
      ['Dense', { out_dim: 8, W_std: 1.5 }],
      ['Erf', {}],
      ['Dense', { out_dim: 1, b_std: 0.3 }],
    ],
  },
];
const X1 = [
  [0.6, -0.8],
  [1.1, 0.4],
  [0, 0],
];
const X2 = [[0.5, 0.5]];

/** nngp of two inputs by the arcsine kernel. */
function nngp(a: readonly number[], b: readonly number[]): number {
  const cov = (x: readonly number[], y: readonly number[]): number =>
    (2.25 * x.reduce((sum, value, k) => sum + value * Number(y[k]), 0)) / 2;
  return (2 / Math.PI) * Math.asin((2 * cov(a, b)) / Math.sqrt((1 + 2 * cov(a, a)) * (1 + 2 * cov(b, b)))) + 0.09;
}

async function file(name: string, content: string | Uint8Array): Promise<string> {
  return join(await temporaryFolder({ [name]: content }), name);
}
const spec = (): Promise<string> => file('net.json', JSON.stringify(SPEC));
const csv = (rows: readonly (readonly number[])[]): Promise<string> =>
  file('rows.csv', rows.map((row) => row.join(',')).join('\n'));

const trainedOn = async (labels: readonly (readonly number[])[]): Promise<string[]> => [
  await spec(),
  ...['--x1', await csv(X1), '--x2', await csv(X2), '--predict', await csv(labels)],
];

describe('nexort ntk', () => {
  it('prints kernels of inputs in CSV, JSON and npy files as JSON', async () => {
    const npz = unzipSync(encodeNpz({ x: { shape: [1, 2], data: Float64Array.from(X2[0] ?? []) } }));
    const files = [
      await csv(X2),
      await file('x2.json', JSON.stringify(X2)),
      await file('x2.npy', npz['x.npy'] ?? new Uint8Array()),
    ];
    for (const x2 of files) {
      const { code, stdout, stderr } = await nexort('ntk', await spec(), '--x1', await csv(X1), '--x2', x2, '--json');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const found = JSON.parse(stdout) as { nngp: number[][]; ntk: number[][] }; // checked below
      for (const [k, row] of X1.entries()) expect(found.nngp[k]?.[0]).toBeCloseTo(nngp(row, X2[0] ?? []), 13);
      expect(found.ntk.map((row) => row.length)).toEqual([1, 1, 1]);
    }
  });

  it('takes a description that holds its inputs, and ignores its other keys', async () => {
    const path = await file('case.json', JSON.stringify({ name: 'a case', spec: SPEC, x1: X1, tolerance: 1 }));
    const { stdout } = await nexort('ntk', path, '--json');
    const found = JSON.parse(stdout) as { nngp: number[][] }; // checked below
    expect(found.nngp[0]?.[1]).toBe(found.nngp[1]?.[0]);
    expect(found.nngp[0]?.[1]).toBeCloseTo(nngp(X1[0] ?? [], X1[1] ?? []), 13);
  });

  it('writes kernels to a file and prints a table', async () => {
    const out = join(await temporaryFolder({}), 'kernels.json');
    const { code, stdout } = await nexort('ntk', await spec(), '--x1', await csv(X1), '--out', out);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Kernels of 3 × 3 inputs at infinite width, [\d.]+ s\.\n\n +least +most +mean\nnngp +0\.09 /,
    );
    expect(Object.keys(JSON.parse(await readFile(out, 'utf8')) as object)).toEqual(['nngp', 'ntk']);
  });

  it('predicts along descent with momentum, at times of choice', async () => {
    const labels = await csv([[1], [-1], [0.5]].slice(0, X1.length));
    const args = ['--x1', await csv(X1), '--x2', await csv(X2), '--predict', labels, '--json'];
    const pathOf = async (...more: readonly string[]) => {
      const { stdout } = await nexort('ntk', await spec(), ...args, ...more);
      return (JSON.parse(stdout) as { predictions: { path: { time: number | null; mean: number[][] }[] } }).predictions
        .path;
    };
    const end = await pathOf();
    expect(end.map(({ time }) => time)).toEqual([null]);
    const path = await pathOf('--descent', '--momentum', '0.5', '--learning-rate', '0.1', '--time', '0,1,100000');
    expect(path.map(({ time }) => time)).toEqual([0, 1, 100000]);
    expect(path[0]?.mean.flat().every((value) => Math.abs(value) < 1e-12)).toBe(true);
    path[2]?.mean.flat().forEach((value, k) => {
      expect(value).toBeCloseTo(end[0]?.mean.flat()[k] ?? Number.NaN, 6);
    });
    expect(path[1]?.mean).not.toEqual(path[2]?.mean);
  });

  it('predicts: training inputs at the end have their labels, others what the kernel says', async () => {
    const labels = await csv([[1], [-1], [0.5]]);
    const args = ['--x1', await csv(X1), '--x2', await csv([...X1, ...X2]), '--predict', labels];
    const { stdout } = await nexort('ntk', await spec(), ...args, '--json');
    const { predictions } = JSON.parse(stdout) as {
      predictions: { mean: number[][]; deviation: number[]; divergentRate: number };
    }; // checked below
    [1, -1, 0.5].forEach((label, k) => {
      expect(predictions.mean[k]?.[0]).toBeCloseTo(label, 9);
      expect(predictions.deviation[k]).toBeLessThan(1e-6);
    });
    expect(predictions.deviation[3]).toBeGreaterThan(0.01);
    expect(predictions.divergentRate).toBeGreaterThan(0);
    const told = await nexort('ntk', await spec(), ...args);
    expect(told.stdout).toContain(
      'Predictions for x2 at the end of training, mean and deviation over an ensemble of networks:',
    );
  });

  it('computes on as many threads as it is told', async () => {
    // Rows of a cut that the machine's pace decides round in their own way; the bytes of one cut are compared in kernelRun.
    const rows = (count: number, shift: number): Promise<string> =>
      csv(
        Array.from({ length: count }, (_, row) =>
          Array.from({ length: 200 }, (__, k) => Math.sin(row + shift * k + k * k)),
        ),
      );
    const args = ['--x1', await rows(30, 1), '--x2', await rows(60, 2), '--json'];
    const of = async (threads: string): Promise<readonly number[]> => {
      const { stdout } = await nexort('ntk', await spec(), ...args, '--threads', threads);
      const { nngp: first = [], ntk: second = [] } = JSON.parse(stdout) as Record<string, number[][]>; // checked below
      return [...first, ...second].flat();
    };
    const alone = await of('1');
    expect(alone.length).toBe(2 * 30 * 60);
    (await of('4')).forEach((value, k) => {
      expect(value).toBeCloseTo(alone[k] ?? Number.NaN, 12);
    });
    expect((await nexort('ntk', await spec(), ...args, '--threads', '0')).stderr).toMatch(
      /whole number from 1 to 1024/,
    );
  });

  it('reads images from rows of numbers', async () => {
    const layers = [
      ['Conv', { out_chan: 4, filter_shape: [2, 2] }],
      ['Relu', {}],
      ['GlobalAvgPool', {}],
      ['Dense', { out_dim: 1 }],
    ];
    const path = await file('cnn.json', JSON.stringify(['serial', { layers }]));
    const rows = await csv([Array.from({ length: 12 }, (_, k) => Math.sin(k))]);
    const { code, stdout } = await nexort('ntk', path, '--x1', rows, '--shape', '3,2,2', '--json');
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { nngp: number[][] }).nngp[0]?.[0]).toBeGreaterThan(0); // checked by this
  });

  it('classifies: cross-entropy at times of choice, as the library does', async () => {
    const labels = await csv([[5], [-1], [2]]);
    const args = ['--x1', await csv(X1), '--x2', await csv(X2), '--predict', labels];
    const asked = ['--loss', 'cross-entropy', '--time', '1,20'];
    const { code, stdout } = await nexort('ntk', await spec(), ...args, ...asked, '--json');
    expect(code).toBe(0);
    const { classes } = JSON.parse(stdout) as {
      classes: {
        labels: number[];
        stableRate: number;
        path: { time: number; label: number[]; logits: number[][]; probabilities: number[][] }[];
      };
    }; // checked below
    const { program } = layerNet(SPEC, [2]);
    const of = (x1: readonly number[][], x2?: readonly number[][]) =>
      limitingKernels(program, {
        x1: inputsOf(x1),
        ...(x2 === undefined ? {} : { x2: inputsOf(x2) }),
        sizes: { n: 1 },
      });
    // Labels in rising order are the classes.
    const own = crossEntropyPredictor({ train: of(X1), testTrain: of(X2, X1), targets: oneHot([2, 0, 1], 3) });
    expect(classes.labels).toEqual([-1, 2, 5]);
    expect(classes.stableRate).toBeCloseTo(own.stableRate, 10);
    own.outputs([1, 20]).forEach(({ test }, k) => {
      const at = classes.path[k];
      const logits = [...(test?.data ?? [])];
      expect(at?.time).toBe([1, 20][k]);
      at?.logits[0]?.forEach((value, c) => {
        expect(value).toBeCloseTo(logits[c] ?? Number.NaN, 8);
      });
      expect(at?.label).toEqual([classes.labels[logits.indexOf(Math.max(...logits))]]);
      expect(at?.probabilities[0]?.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    });
    const text = (await nexort('ntk', await spec(), ...args, ...asked)).stdout;
    expect(text).toMatch(/Classes of x2 at time 20 and their probabilities.*\n +class +-1 +2 +5\n/);
    expect(text).toMatch(/Gradient descent converges below the learning rate \d/);
  });

  it.each<[string, () => Promise<string[]>, RegExp]>([
    [
      'classes without times',
      async () => [await spec(), '--x1', await csv(X1), '--predict', await csv([[1]]), '--loss', 'cross-entropy'],
      /has no end, .*; give --time/,
    ],
    [
      'classes with a ridge',
      async () => [await spec(), '--predict', 'l.csv', '--loss', 'cross-entropy', '--ridge', '1'],
      /--ridge has no effect.*it is of --loss squared/,
    ],
    [
      'classes that are no whole numbers',
      async () => [...(await trainedOn([[0], [0.5], [1]])), '--loss', 'cross-entropy', '--time', '1'],
      /holds 0\.5 in row 2; with --loss cross-entropy a label is a whole number/,
    ],
    [
      'one class',
      async () => [...(await trainedOn([[3], [3], [3]])), '--loss', 'cross-entropy', '--time', '1'],
      /has 3 for every label; --loss cross-entropy tells at least two classes apart/,
    ],
    [
      'probabilities that are none',
      async () => [
        ...(await trainedOn([
          [0.5, 0.5],
          [1, 0],
          [1, 1],
        ])),
        '--loss',
        'cross-entropy',
        '--time',
        '1',
      ],
      /probabilities that sum to 1, but have row 3 of \[1, 1\]/,
    ],
    ['no inputs', async () => [await spec()], /There are no inputs: .* has no x1, and --x1 is not given\./],
    ['no network', async () => [await file('a.json', '{"x1": [[1]]}')], /describes no network; expected layers/],
    [
      'an unknown layer',
      async () => [await file('a.json', '["Relo", {}]'), '--x1', await csv(X1)],
      /there is no layer "Relo"; did you mean "Relu"\?/,
    ],
    ['no array', async () => [await spec(), '--x1', await file('a.csv', '1,2\n3,x')], /line 2 holds "x"/],
    [
      'uneven rows',
      async () => [await spec(), '--x1', await file('a.csv', '1,2\n3')],
      /line 2 has 1 cells, the first 2/,
    ],
    [
      'a NaN',
      async () => [await spec(), '--x1', await file('a.csv', '1,2\n3,nan')],
      /x1: "x" holds NaN in row 2, column 2/,
    ],
    [
      'other dimensions',
      async () => [await spec(), '--x1', await csv(X1), '--x2', await csv([[1, 2, 3]])],
      /has the size 2 along "input" in x1 and 3 in x2/,
    ],
    [
      'labels without inputs',
      async () => [await spec(), '--x1', await csv(X1), '--predict', await csv([[1]])],
      /there is no x2; give --x2/,
    ],
    [
      'a shape',
      async () => [await spec(), '--x1', await csv(X1), '--shape', '3,1'],
      /has 2 numbers for each input; --shape 3,1 asks for 3 × 1 = 3/,
    ],
    [
      'a file of another kind',
      async () => [await spec(), '--x1', await csv(X1), '--out', 'k.txt'],
      /expected a name that ends in \.npz, \.safetensors or \.json/,
    ],
  ])('refuses %s', async (_, args, message) => {
    const { code, stdout, stderr } = await nexort('ntk', ...(await args()));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
