/** `nexort ntk`: kernels of an infinitely wide network that is described by layers, and what it predicts. */

import { type Command, InvalidArgumentError } from 'commander';
import { required } from '../../errors/index.ts';
import { type LimitingKernels, limitingKernels, predictor } from '../../kernels/index.ts';
import { layerNet } from '../../nets/index.ts';
import { at, entry, type Matrix, matrix } from '../../numeric/index.ts';
import { type Tensors, tensor } from '../../program/index.ts';
import { nodeFiles, writeAtomically } from '../../runs/index.ts';
import { encodeNpz, type RealTensor } from '../../runs/tensors/index.ts';
import * as errors from '../arrayErrors.ts';
import { nestedArray, readArray } from '../arrayFile.ts';
import { checkWritable } from '../figureFile.ts';
import { parseJson } from '../jsonText.ts';
import { nonNegative, positive } from '../options.ts';
import { readText } from '../programFile.ts';
import { runCommand } from '../run.ts';
import { aligned } from '../table.ts';

interface Options {
  readonly x1?: string;
  readonly x2?: string;
  readonly shape?: readonly number[];
  readonly predict?: string;
  readonly kernel: 'ntk' | 'nngp';
  readonly time?: number;
  readonly learningRate: number;
  readonly ridge: number;
  readonly out?: string;
  readonly json: boolean;
}

/** Entries of a kernel that JSON is asked to hold. */
const MOST_IN_JSON = 1_000_000;

/** Adds the command. */
export function addNtkCommand(program: Command): void {
  program
    .command('ntk')
    .description('kernels of an infinitely wide network (NNGP and NTK) in closed form, and what it predicts')
    .argument('<spec>', 'the network, a JSON file of layers; it may hold the inputs x1 and x2 too')
    .option('--x1 <file>', 'inputs: .csv (a row each), .json (nested lists) or .npy')
    .option('--x2 <file>', 'inputs of the other side (default: those of x1)')
    .option('--shape <list>', 'the shape of one input, such as 8,8,3, where a row of numbers is an image', shape)
    .option('--predict <file>', 'labels of x1, a row each: train on them and predict for x2')
    .option('--kernel <name>', 'train all parameters (ntk) or the last layer alone (nngp)', kernelName, 'ntk')
    .option('--time <number>', 'time of gradient flow (default: its end)', nonNegative)
    .option('--learning-rate <number>', 'learning rate of the flow', positive, 1)
    .option('--ridge <number>', 'added to the diagonal of the training kernel, over its mean', nonNegative, 0)
    .option('--out <file>', 'write the kernels to a file, .json or .npz')
    .option('--json', 'print one JSON object instead of text', false)
    .addHelpText(
      'after',
      `
The network is described in the layer language of neural-tangents' stax, names and defaults as there:

  ["serial", {"layers": [["Dense", {"out_dim": 256, "W_std": 1.5, "b_std": 0.1}], ["Relu", {}], ["Dense", {"out_dim": 1}]]}]

A file may also be an object {"spec": […], "x1": [[…]], "x2": [[…]]}; other keys of it are ignored.

The JSON object holds nngp and ntk of (x1, x2), of (x1, x1) without x2, as lists of rows, seconds, and with --predict
predictions {mean, deviation (over an ensemble of networks), divergentRate (of gradient descent)}.

Examples:
  nexort ntk examples/networks/mlp.json --x1 examples/networks/spirals.csv --out kernels.npz
  nexort ntk examples/networks/mlp.json --x1 examples/networks/spirals.csv --x2 examples/networks/spirals-test.csv --predict examples/networks/spirals-labels.csv`,
    )
    .action((spec: string, options: Options) => runCommand(() => kernelsOfSpec(spec, options)));
}

async function kernelsOfSpec(path: string, options: Options): Promise<void> {
  const { x1: first, x2: second, predict, out } = options;
  if (out !== undefined) await checkOut(out);
  const description = parseJson(await readText(path, 'a network described by layers (.json)'), path);
  const { spec, ...inside } = parts(description, path);
  const x1 = await inputsOf(first, inside.x1, path, options.shape);
  const x2 = await inputsOf(second, inside.x2, path, options.shape);
  if (x1 === undefined) throw errors.noInputs(path);
  const labels = predict === undefined ? undefined : await readArray(predict);
  if (labels !== undefined && x2 === undefined) throw errors.nothingToPredict();
  if (labels !== undefined && labels.shape[0] !== rowsIn(x1)) {
    throw errors.badLabels(required(predict, 'file of labels'), labels.data.length, rowsIn(x1));
  }
  const { program } = layerNet(spec, x1.shape.slice(1));
  // At n = 1 widths are those of the description.
  const between = (a: RealTensor, b?: RealTensor): LimitingKernels =>
    limitingKernels(program, { x1: fed(a), ...(b === undefined ? {} : { x2: fed(b) }), sizes: { n: 1 } });
  const entries = rowsIn(x1) * rowsIn(x2 ?? x1);
  if ((options.json || /\.json$/i.test(out ?? '')) && entries > MOST_IN_JSON)
    throw errors.tooManyForJson(entries, MOST_IN_JSON);
  const start = performance.now();
  const kernels = between(x1, x2);
  const predictions =
    labels === undefined || x2 === undefined
      ? undefined
      : predicted(between(x1), between(x2, x1), between(x2), labels, options);
  const seconds = (performance.now() - start) / 1000;
  const result = {
    nngp: listedRows(kernels.nngp),
    ntk: listedRows(kernels.ntk),
    ...(predictions === undefined ? {} : { predictions }),
    seconds,
  };
  if (out !== undefined) await write(out, kernels, predictions === undefined ? {} : { predictions });
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : summary(kernels, predictions, seconds, out));
}

interface Predictions {
  readonly mean: readonly (readonly number[])[];
  readonly deviation: readonly number[];
  readonly divergentRate: number;
}

function predicted(
  train: LimitingKernels,
  testTrain: LimitingKernels,
  test: LimitingKernels,
  labels: RealTensor,
  { kernel, learningRate, ridge, time = Number.POSITIVE_INFINITY }: Options,
): Predictions {
  const rows = rowsIn(labels);
  const targets = matrix(rows, labels.data.length / rows, labels.data);
  const training = { algorithm: 'flow', learningRate } as const;
  const own = predictor({ train, testTrain, test, targets, kernel, ridge, training });
  const mean = required(own.mean(time).test, 'mean of the test inputs');
  const { rows: count, data } = required(own.covariance(time).test, 'covariance of the test inputs');
  const deviation = Array.from({ length: count }, (_, k) => Math.sqrt(Math.max(0, entry(data, k * count + k))));
  return { mean: listedRows(mean), deviation, divergentRate: own.divergentRate };
}

/** The network of a description, and the inputs that it holds. */
function parts(
  description: unknown,
  path: string,
): { readonly spec: unknown; readonly x1?: unknown; readonly x2?: unknown } {
  if (Array.isArray(description)) return { spec: description };
  if (typeof description !== 'object' || description === null || !('spec' in description)) throw errors.noSpec(path);
  const { spec } = description;
  return {
    spec,
    ...('x1' in description ? { x1: description.x1 } : {}),
    ...('x2' in description ? { x2: description.x2 } : {}),
  };
}

/** Inputs from an option's file, or else from the description. */
async function inputsOf(
  given: string | undefined,
  inside: unknown,
  path: string,
  one: readonly number[] | undefined,
): Promise<RealTensor | undefined> {
  if (given === undefined && inside === undefined) return undefined;
  const where = given ?? path;
  const { shape, data } = given === undefined ? nestedArray(inside, path) : await readArray(given);
  const [count, ...rest] = shape;
  if (count === undefined) throw errors.badInputs(where, shape);
  const numbers = rest.reduce((total, size) => total * size, 1);
  if (one !== undefined && one.reduce((total, size) => total * size, 1) !== numbers)
    throw errors.badRows(where, numbers, one);
  const whole = [count, ...(one ?? rest)];
  if (whole.length < 2 || whole.length > 4) throw errors.badInputs(where, whole);
  return { shape: whole, data };
}

/** The number of rows of an array. */
const rowsIn = ({ shape }: RealTensor): number => required(shape[0], 'number of rows');

const PLACES: Readonly<Record<number, readonly string[]>> = { 2: [], 3: ['time'], 4: ['row', 'column'] };

function fed({ shape, data }: RealTensor): Tensors {
  return { x: tensor(['batch', ...(PLACES[shape.length] ?? []), 'input'], shape, data) };
}

function listedRows({ rows, columns, data }: Matrix): number[][] {
  return Array.from({ length: rows }, (_, k) => [...data.subarray(k * columns, (k + 1) * columns)]);
}

async function checkOut(path: string): Promise<void> {
  if (!/\.(json|npz)$/i.test(path)) throw errors.badKernelFile(path);
  await checkWritable(path).catch((cause: unknown) => {
    throw errors.unwritableKernels(path, cause);
  });
}

async function write(path: string, { nngp, ntk }: LimitingKernels, rest: object): Promise<void> {
  const array = ({ rows, columns, data }: Matrix) => ({ shape: [rows, columns], data });
  const bytes = /\.npz$/i.test(path)
    ? encodeNpz({ nngp: array(nngp), ntk: array(ntk) })
    : new TextEncoder().encode(`${JSON.stringify({ nngp: listedRows(nngp), ntk: listedRows(ntk), ...rest })}\n`);
  await writeAtomically(nodeFiles, path, [bytes]).catch((cause: unknown) => {
    throw errors.unwritableKernels(path, cause);
  });
}

function summary(
  kernels: LimitingKernels,
  predictions: Predictions | undefined,
  seconds: number,
  out: string | undefined,
): string {
  const { rows, columns } = kernels.nngp;
  const line = (name: string, { data }: Matrix): string[] => {
    const [least, most] = data.reduce(
      ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
      [Infinity, -Infinity],
    );
    return [name, shown(least), shown(most), shown(data.reduce((total, value) => total + value, 0) / data.length)];
  };
  const lines = [
    `Kernels of ${rows} × ${columns} inputs at infinite width, ${seconds.toFixed(2)} s.`,
    '',
    aligned(
      [['', 'least', 'most', 'mean'], line('nngp', kernels.nngp), line('ntk', kernels.ntk)],
      ['left', 'right', 'right', 'right'],
    ),
  ];
  if (predictions !== undefined) {
    const { mean, deviation, divergentRate } = predictions;
    const outputs = mean.map((row, k) => [`${k + 1}`, ...row.map(shown), `± ${shown(at(deviation, k))}`]);
    lines.push(
      '',
      'Predictions for x2, mean and deviation over an ensemble of networks:',
      aligned(outputs, outputs[0]?.map(() => 'right') ?? []),
      '',
      `Gradient descent diverges from the learning rate ${shown(divergentRate)} on.`,
    );
  }
  if (out !== undefined) lines.push('', `kernels: ${out}`);
  return `${lines.join('\n')}\n`;
}

const shown = (value: number): string => String(Number(value.toPrecision(6)));

/** Whole numbers of at least 1. */
function shape(text: string): number[] {
  const sizes = text.split(',').map(Number);
  if (sizes.every((size) => Number.isSafeInteger(size) && size >= 1)) return sizes;
  throw new InvalidArgumentError('Give whole numbers separated by commas, such as 8,8,3.');
}

function kernelName(text: string): 'ntk' | 'nngp' {
  if (text === 'ntk' || text === 'nngp') return text;
  throw new InvalidArgumentError('Give ntk or nngp.');
}
