/** Convolutional networks: beside plain loops, in all interpreters, and what they refuse. */

import { afterAll, describe, expect, it, test } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { estimateLimit } from '../../src/kets/index.ts';
import { type CnnOptions, cnn, type Net } from '../../src/nets/index.ts';
import { drawInitial, stream } from '../../src/numeric/index.ts';
import { optimizerNamed } from '../../src/optimizers/index.ts';
import { MUP, NTP } from '../../src/parametrizations/index.ts';
import {
  checkFragment,
  entries,
  exponent,
  indexTensor,
  nodeOf,
  nodesOf,
  type Program,
  type Tensors,
  tensor,
} from '../../src/program/index.ts';
import { evaluateAll, interpret } from '../../src/reference/index.ts';
import { type LossName, trainingStep } from '../../src/training/index.ts';
import { expectClose, feedsFor, messageOf, REORDERED, read } from '../program/support.ts';
import { expectEngine, expectGradients, expectKets, expectKinds, expectLayers, expectLearning } from './netSupport.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

const [BATCH, INPUT] = [2, 2];
const sizes = { batch: BATCH, input: INPUT };
const target = tensor(['batch'], [BATCH], [1, -1]);

function dataFor({ size }: CnnOptions): Tensors {
  const shape = [BATCH, ...size, INPUT];
  const axes = size.length === 1 ? ['time'] : ['row', 'column'];
  return { x: tensor(['batch', ...axes, 'input'], shape, stream(8).normals(entries(shape))), target };
}

const kinds: readonly (readonly [string, CnnOptions])[] = [
  ['series', { size: [5], activation: 'tanh' }],
  ['series, strided, pooled', { size: [9], stride: 2, activation: 'tanh', pooling: { by: 'max', size: 2, stride: 1 } }],
  ['series, a bias each, every place read', { size: [5], padding: 1, kernel: 2, biases: true, readout: 'places' }],
  ['images', { size: [3, 4], activation: 'tanh', pooling: { by: 'mean', size: 2, stride: 1 }, outputBias: true }],
];

const step = (net: Net, optimizer: string, learningRate: number, loss: LossName = 'squared'): Program =>
  trainingStep(net, { parametrization: MUP, optimizer: optimizerNamed(optimizer), settings: { learningRate }, loss });

describe.each(kinds)('a network of %s', (_, options) => {
  const net = cnn(options);
  const data = dataFor(options);

  // relu has kinks that differences step over; the other activations are smooth.
  it('has the gradients that differences give', () => {
    expectGradients(cnn({ ...options, activation: 'tanh' }), { ...sizes, n: 3 });
  });

  it.each(['sgd', 'adam', 'signsgd'])('lies in the language when µP trains it by %s', (optimizer) => {
    expect(checkFragment(step(net, optimizer, 0.1)).violations).toEqual([]);
  });

  it('leaves it at its output under NTP', () => {
    const program = trainingStep(net, { parametrization: NTP, optimizer: optimizerNamed('sgd') });
    expect(checkFragment(program).violations.map(({ rule }) => rule)).toContain('mean-only');
  });

  it.each([
    ['sgd', 0.1],
    ['adam', 0.02],
  ])('learns by %s', (optimizer, rate) => {
    expectLearning(step(net, optimizer, rate), { ...sizes, n: 16 }, data);
  });

  it('is the same step on ONNX Runtime', async () => {
    await expectEngine(engine, step(net, 'sgd', 0.3), { ...sizes, n: 8 }, data);
  });

  it.each([
    ['sgd', 0.3],
    ['adam', 0.02],
  ])('is the same training as kets with stored matrices, by %s', (optimizer, rate) => {
    expectKets(step(net, optimizer, rate), 5, sizes, data);
  });

  it('marks every parameter with a kind, and names its layers', () => {
    expectKinds(net);
    expectLayers(net);
  });
});

/** An image as rows of columns of channels; a series has one row. */
type Grid = number[][][];

interface Plain {
  readonly kernel: number;
  readonly stride: number;
  /** Zeros before and after. */
  readonly before: number;
  readonly after: number;
}

/** Σ over the window and the channels of weight · entry, by the definition. */
function convolved(
  x: Grid,
  weight: (out: number, ...at: readonly [number, number, number]) => number,
  outs: number,
  plain: Plain,
): Grid {
  const { kernel, stride, before, after } = plain;
  const oneRow = x.length === 1;
  const places = (length: number): number[] => {
    const starts: number[] = [];
    for (let start = -before; start + kernel <= length + after; start += stride) starts.push(start);
    return starts;
  };
  const rows = oneRow ? [0] : places(x.length);
  return rows.map((top) =>
    places(x[0]?.length ?? 0).map((left) =>
      Array.from({ length: outs }, (_, out) => {
        let sum = 0;
        for (let i = 0; i < (oneRow ? 1 : kernel); i++) {
          for (let j = 0; j < kernel; j++) {
            (x[top + i]?.[left + j] ?? []).forEach((entry, channel) => {
              sum += weight(out, i, j, channel) * entry;
            });
          }
        }
        return sum;
      }),
    ),
  );
}

function pooledBy(x: Grid, by: 'mean' | 'max', size: number, stride: number): Grid {
  const oneRow = x.length === 1;
  const starts = (length: number): number[] => {
    const found: number[] = [];
    for (let start = 0; start + size <= length; start += stride) found.push(start);
    return found;
  };
  return (oneRow ? [0] : starts(x.length)).map((top) =>
    starts(x[0]?.length ?? 0).map((left) =>
      (x[0]?.[0] ?? []).map((_, channel) => {
        const window: number[] = [];
        for (let i = 0; i < (oneRow ? 1 : size); i++) {
          for (let j = 0; j < size; j++) window.push(x[top + i]?.[left + j]?.[channel] ?? Number.NaN);
        }
        return by === 'max' ? Math.max(...window) : window.reduce((sum, v) => sum + v, 0) / window.length;
      }),
    ),
  );
}

describe('is what its definition says, in plain loops', () => {
  const N = 3;
  const cases: readonly (readonly [string, CnnOptions, Plain])[] = [
    ['a series, same padding', { size: [6] }, { kernel: 3, stride: 1, before: 1, after: 1 }],
    ['a series, even windows', { size: [6], kernel: 4 }, { kernel: 4, stride: 1, before: 1, after: 2 }],
    [
      'a series, valid, strided',
      { size: [11], padding: 'valid', stride: 2 },
      { kernel: 3, stride: 2, before: 0, after: 0 },
    ],
    ['a series, same, strided', { size: [7], stride: 2 }, { kernel: 3, stride: 2, before: 1, after: 1 }],
    [
      'a series, maxima',
      { size: [9], padding: 2, pooling: { by: 'max', size: 3 } },
      { kernel: 3, stride: 1, before: 2, after: 2 },
    ],
    ['an image', { size: [4, 5] }, { kernel: 3, stride: 1, before: 1, after: 1 }],
    [
      'an image, strided, means',
      { size: [7, 9], stride: 2, pooling: { by: 'mean', size: 2, stride: 1 } },
      { kernel: 3, stride: 2, before: 1, after: 1 },
    ],
    ['an image, valid', { size: [5, 6], padding: 'valid' }, { kernel: 3, stride: 1, before: 0, after: 0 }],
  ];

  test.each(
    cases.flatMap(
      ([name, options, plain]) =>
        [
          [name, options, plain, 'mean'],
          [name, options, plain, 'places'],
        ] as const,
    ),
  )('%s, %j, %j, reading %s', (_, options, plain, readout) => {
    const { program } = cnn({ ...options, readout, activation: 'tanh', biases: true, classes: 2 });
    const feeds = feedsFor(program, { ...sizes, n: N }, 2);
    const numbers = (name: string): Float64Array | readonly number[] => [...read(feeds, name).data];
    const image = options.size.length === 2;
    const [rows, columns] = image ? options.size : [1, options.size[0]];
    const x = numbers('x');
    const expected = Array.from({ length: BATCH }, (_x, b) => {
      let values: Grid = Array.from({ length: rows ?? 0 }, (_r, r) =>
        Array.from({ length: columns ?? 0 }, (_c, c) =>
          Array.from({ length: INPUT }, (_i, i) => x[((b * (rows ?? 0) + r) * (columns ?? 0) + c) * INPUT + i] ?? 0),
        ),
      );
      [INPUT, N].forEach((channels, layer) => {
        const [w, bias] = [numbers(`w${layer + 1}`), numbers(`b${layer + 1}`)];
        const { kernel } = plain;
        const weight = (out: number, i: number, j: number, channel: number): number =>
          w[((out * (image ? kernel : 1) + i) * kernel + j) * channels + channel] ?? Number.NaN;
        values = convolved(values, weight, N, plain).map((row) =>
          row.map((place) => place.map((h, out) => Math.tanh(h + (bias[out] ?? Number.NaN)))),
        );
        const { pooling } = options;
        if (pooling) values = pooledBy(values, pooling.by, pooling.size, pooling.stride ?? pooling.size);
      });
      const places = values.flat();
      const w3 = numbers('w3');
      return [0, 1].map((output) => {
        if (readout === 'places')
          return places.flat().reduce((sum, v, k) => sum + v * (w3[output * places.length * N + k] ?? Number.NaN), 0);
        return places.reduce(
          (sum, place) =>
            sum + place.reduce((s, v, i) => s + v * (w3[output * N + i] ?? Number.NaN), 0) / places.length,
          0,
        );
      });
    });
    expectClose(read(interpret(program, feeds), 'f', ['batch', 'class']).data, expected.flat(), REORDERED);
  });
});

describe('a convolutional network', () => {
  it('trains at infinite width as wide ones do', async () => {
    const [WIDTH, SEEDS, STEPS] = [512, 6, 3];
    const options: CnnOptions = { size: [6], activation: 'tanh', pooling: { by: 'mean', size: 2, stride: 1 } };
    const [program, data] = [step(cnn(options), 'sgd', 0.3), dataFor(options)];
    const limit = await estimateLimit(program, { steps: STEPS, seeds: SEEDS, width: WIDTH, data, sizes });
    const [first, value] = [limit[0], limit.at(-1)].map(
      (outputs) => outputs?.find(({ name }) => name === 'loss')?.entries[0],
    );
    const losses: number[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      let state: Tensors = drawInitial(program, { ...sizes, n: WIDTH }, seed);
      let loss = Number.NaN;
      for (let k = 0; k < STEPS; k++) {
        const outputs = await engine.run(program, { ...state, ...data }, { ...sizes, n: WIDTH });
        loss = read(outputs, 'loss').data[0] ?? Number.NaN;
        const names = program.outputs.filter(({ role }) => role === 'state').map(({ name }) => name);
        state = Object.fromEntries(names.map((name) => [name, read(outputs, name)]));
      }
      losses.push(loss);
    }
    const mean = losses.reduce((sum, v) => sum + v, 0) / SEEDS;
    const variance = losses.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (SEEDS - 1) / SEEDS;
    const error = Math.sqrt(variance + (value?.standardError ?? Number.NaN) ** 2);
    // What is compared is what the network has learned. Two means of six, each t-distributed.
    expect(mean).toBeLessThan(0.9 * (first?.value ?? Number.NaN));
    expect(Math.abs(mean - (value?.value ?? Number.NaN))).toBeLessThan(6 * error);
  });

  it('learns classes', () => {
    const net = cnn({ size: [5, 5], classes: 3, pooling: { by: 'max', size: 2 } });
    const labels = indexTensor(['batch'], [BATCH], [2, 0]);
    const data = { ...dataFor({ size: [5, 5] }), target: labels };
    expectLearning(step(net, 'adam', 0.05, 'cross-entropy'), { ...sizes, n: 8 }, data);
  });

  it('has filters on the width, the places in a window, and the width or the channels of the data', () => {
    const { program } = cnn({
      size: [8, 8],
      depth: 3,
      classes: 10,
      readout: 'places',
      pooling: { by: 'max', size: 2 },
    });
    const axes = nodesOf(program, 'parameter').map(({ name, type }) => `${name}[${type.axes.join(', ')}]`);
    expect(axes).toEqual([
      'w1[n, row.offset, column.offset, input]',
      "w2[n, row.offset, column.offset, n']",
      "w3[n, row.offset, column.offset, n']",
      'w4[class, row.3.pooled, column.3.pooled, n]',
    ]);
    expect(nodeOf(program, 'w2').instruction).toMatchObject({
      law: { powers: ['row.offset', 'column.offset'].map((space) => ({ space, exponent: exponent('-1/2') })) },
    });
  });

  it('keeps its axes where no places are lost', () => {
    const axes = (options: CnnOptions): readonly string[] => nodeOf(cnn(options).program, 'h2').type.axes;
    expect(axes({ size: [6] })).toEqual(['batch', 'time', 'n']);
    expect(axes({ size: [6], stride: 2 })).toEqual(['batch', 'time.2', 'n']);
    expect(axes({ size: [6], kernel: 1, padding: 'valid' })).toEqual(['batch', 'time', 'n']);
  });

  it.each([2, 4])('begins with preactivations of deviation 1, windows of %i', (kernel) => {
    const [width, input] = [2000, 3];
    const { program } = cnn({ size: [4, 4], kernel, padding: 'valid', depth: 1 });
    const x = tensor(['batch', 'row', 'column', 'input'], [1, 4, 4, input], new Array<number>(16 * input).fill(1));
    const values = evaluateAll(program, { ...drawInitial(program, { batch: 1, n: width, input }, 1), x });
    const h = read(Object.fromEntries(values), 'h1', ['n', 'batch', 'row.1', 'column.1']);
    const first = Array.from({ length: width }, (_, i) => h.data[(i * h.data.length) / width] ?? Number.NaN);
    const square = first.reduce((sum, v) => sum + v * v, 0) / width;
    // Five deviations of the mean of as many squares of independent standard Gaussian numbers.
    expect(Math.abs(square - 1)).toBeLessThan(5 * Math.sqrt(2 / width));
  });

  it.each<[CnnOptions, string]>([
    [{ size: [4], depth: 0 }, 'cnn: the depth is the number of hidden layers, 1 or more, but 0 was given.'],
    [
      { size: [4, 0] },
      'cnn: size[1] is the number of places along an axis, a whole number from 1 on, but 0 was given.',
    ],
    [
      { size: [4], kernel: 1.5 },
      'cnn: kernel is the number of places in a window, a whole number from 1 on, but 1.5 was given.',
    ],
    [
      { size: [4], stride: 0 },
      'cnn: stride is the number of places from window to window, a whole number from 1 on, but 0 was given.',
    ],
    [
      { size: [4], pooling: { by: 'max', size: 0 } },
      'cnn: pooling.size is the number of places in a window, a whole number from 1 on, but 0 was given.',
    ],
    [
      { size: [4], padding: 3 },
      'cnn: padding is "same", "valid" or a number of zeros from 0 to 2, fewer than the 3 places of a window, but 3 was given.',
    ],
    [
      { size: [6, 3], padding: 'valid' },
      'cnn: at layer 2 the axis "column" has 1 place left, fewer than a window; take fewer layers, smaller strides or windows, or padding "same".',
    ],
    [
      { size: [4], pooling: { by: 'max', size: 3 } },
      'cnn: at layer 2 the axis "time" has 1 place left, fewer than a window; take fewer layers, smaller strides or windows, or padding "same".',
    ],
  ])('refuses %j', (options, message) => {
    expect(messageOf(() => cnn(options))).toBe(message);
  });

  it('refuses unknown choices and axes', () => {
    const given = (options: unknown): string => messageOf(() => cnn(options as CnnOptions)); // as from JavaScript
    expect(given({ size: [] })).toBe('cnn: size is [length] of series or [rows, columns] of images, but [] was given.');
    expect(given({ size: [4], readout: 'flat' })).toBe('cnn: readout is "mean" or "places", but "flat" was given.');
    expect(given({ size: [4], padding: 'full' })).toBe('cnn: padding is "same" or "valid", but "full" was given.');
    expect(given({ size: [4], pooling: { by: 'sum', size: 2 } })).toBe(
      'cnn: pooling.by is "mean" or "max", but "sum" was given.',
    );
  });
});
