/** `nexort ntk`: kernels of an infinitely wide network, and what it predicts. */

import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type ClassificationOptions,
  type PredictionOptions,
  runLimitingKernels,
} from '../../experiments/node/index.ts';
import type { TrainingOptions } from '../../kernels/index.ts';
import { at, type Matrix, matrix } from '../../numeric/index.ts';
import type { Axis, Sizes } from '../../program/index.ts';
import { matrixFormat } from '../../runs/index.ts';
import * as errors from '../arrayErrors.ts';
import { readArray } from '../arrayFile.ts';
import { checkWritable } from '../figureFile.ts';
import { forecastText } from '../forecastText.ts';
import { refuseIdle } from '../idleOptions.ts';
import { exitOnInterrupt } from '../interrupt.ts';
import { type Classes, classesTold, labelClasses } from '../ntk/classes.ts';
import { inputsOf, rowsIn } from '../ntk/inputs.ts';
import { openMachine } from '../ntk/machine.ts';
import { KERNEL_NETS, layersOf, type Network, networkByName, networkOfProgram } from '../ntk/network.ts';
import { ntkSummary } from '../ntk/summary.ts';
import { count, defaultMemory, depth, memory, nonNegative, positive, sizes, threads } from '../options.ts';
import { readParametrization } from '../parametrizationFile.ts';
import { located } from '../programFile.ts';
import { progress } from '../progress.ts';
import { runCommand } from '../run.ts';
import { print } from '../terminal.ts';
import { version } from '../version.ts';

interface Options {
  readonly net?: string;
  readonly depth: number;
  readonly activation?: string;
  readonly biases: boolean;
  readonly parametrization: string;
  readonly width?: number;
  readonly output?: string;
  readonly input?: string;
  readonly examples: Axis;
  readonly sizes?: Sizes;
  readonly data?: string;
  readonly x1?: string;
  readonly x2?: string;
  readonly shape?: readonly number[];
  readonly predict?: string;
  readonly loss: 'squared' | 'cross-entropy';
  readonly kernel: 'ntk' | 'nngp';
  readonly time?: readonly number[];
  readonly descent: boolean;
  readonly momentum: number;
  readonly learningRate: number;
  readonly ridge: number;
  readonly memory?: number;
  readonly threads?: number;
  readonly out?: string;
  readonly json: boolean;
}

/** Entries of a kernel that JSON is asked to hold. */
const MOST_IN_JSON = 1_000_000;
/** Work of fewer seconds needs no forecast. */
const MOMENT = 3;

/** Adds the command. */
export function addNtkCommand(program: Command): void {
  program
    .command('ntk')
    .description('kernels of an infinitely wide network (NNGP and NTK) in closed form, and what it predicts')
    .argument('[spec]', 'the network: layers (.json), which may hold the inputs x1 and x2 too, or a program (.nex)')
    .option('--net <name>', `a network by name instead: ${KERNEL_NETS.join(', ')}`)
    .option('--depth <number>', 'of --net: hidden layers, or blocks', depth, 2)
    .option('--activation <name>', "of --net: relu, erf, tanh, gelu, … (default: the network's own)")
    .option('--biases', 'of --net: biases, that of the output included', false)
    .option('--parametrization <name>', 'of --net: ntp, sp, mup, mean-field, up:0.25, or a .json file', 'ntp')
    .option('--width <number>', 'of --net: what is left of powers of the width, at this width (sp needs one)', count)
    .option('--output <name>', 'of a program: the output whose kernels are asked for')
    .option('--input <name>', 'of a program: the data that x1 and x2 are (default: the only one on --examples)')
    .option('--examples <axis>', 'of a program: the axis of inputs', 'batch')
    .option('--size, --sizes <list>', 'of a program: sizes that it leaves open, such as n=512', sizes)
    .option('--data <file>', 'of a program: further data as a JSON object, the same for all inputs')
    .option('--x1 <file>', 'inputs: .csv (a row each), .json (nested lists) or .npy')
    .option('--x2 <file>', 'inputs of the other side (default: those of x1)')
    .option('--shape <list>', 'the shape of one input, such as 8,8,3, where a row of numbers is an image', shape)
    .option('--predict <file>', 'labels of x1, a row each: train on them and predict for x2')
    .addOption(
      new Option('--loss <name>', 'of --predict: what is trained on; labels of cross-entropy are classes, 0, 1, 2, …')
        .choices(['squared', 'cross-entropy'])
        .default('squared'),
    )
    .addOption(
      new Option('--kernel <name>', 'of --predict: train all parameters (ntk) or the last layer alone (nngp)')
        .choices(['ntk', 'nngp'])
        .default('ntk'),
    )
    .option(
      '--time <list>',
      'of --predict: times of gradient flow, or steps of descent, such as 1,10,100 (default: the end, which cross-entropy lacks)',
      risingTimes,
    )
    .option('--descent', 'of --predict: gradient descent, step by step, instead of gradient flow', false)
    .option('--momentum <number>', 'of --descent', nonNegative, 0)
    .option('--learning-rate <number>', 'of --predict: learning rate of flow or descent', positive, 1)
    .option('--ridge <number>', 'of squared loss: added to the training kernel, over its mean diagonal', nonNegative, 0)
    .option('--memory <size>', 'most memory of the process, such as 4GB (default: half of what is free)', memory)
    .option('--threads <number>', 'threads (default: one per core)', threads)
    .option('--out <file>', 'write the kernels to a file: .npz, .safetensors or .json')
    .option('--json', 'print one JSON object instead of text', false)
    .addHelpText(
      'after',
      `
Layers are described in the language of neural-tangents' stax, names and defaults as there:

  ["serial", {"layers": [["Dense", {"out_dim": 256, "W_std": 1.5, "b_std": 0.1}], ["Relu", {}], ["Dense", {"out_dim": 1}]]}]

A file may also be an object {"spec": […], "x1": [[…]], "x2": [[…]]}; other keys of it are ignored. Of a program, x1 is
the data on the axis of inputs, [batch, …].

Kernels that take more than some seconds, or more than a block of memory, are computed in blocks. With --out the blocks are
kept in the folder FILE.run until the file is whole: starting the same command again goes on where it was stopped, and
ends in the same bytes. The kernels of x1 with itself are computed once for both halves.

The JSON object holds nngp and ntk of (x1, x2), of (x1, x1) without x2, as lists of rows (up to a million entries each),
seconds, peakBytes, forecastBytes, and with --predict predictions {mean, deviation (over an ensemble of networks) of the
last time, path [{time (null: the end), mean, deviation}], divergentRate (of gradient descent)}; with --loss
cross-entropy it holds classes instead, {labels, path [{time, label, logits, probabilities}], stableRate}, of the network
whose outputs start at 0.

Examples:
  nexort ntk examples/networks/mlp.json --x1 examples/networks/spirals.csv --out kernels.npz
  nexort ntk examples/networks/mlp.json --x1 examples/networks/spirals.csv --x2 examples/networks/spirals-test.csv --predict examples/networks/spirals-labels.csv
  nexort ntk examples/networks/mlp.json --x1 examples/networks/spirals.csv --x2 examples/networks/spirals-test.csv --predict examples/networks/spirals-labels.csv --loss cross-entropy --time 10,100
  nexort ntk --net mlp --depth 3 --activation erf --x1 examples/networks/spirals.csv --memory 4GB
  nexort ntk examples/networks/two-layers.nex --x1 examples/networks/spirals.csv`,
    )
    .action((spec: string | undefined, options: Options, command: Command) =>
      runCommand(async () => {
        refuseIdle(command, idleOptions(spec, options));
        await kernels(spec, options);
      }),
    );
}

function idleOptions(spec: string | undefined, { net, predict, descent, loss }: Options) {
  const ofNet = net !== undefined ? undefined : 'it is of --net, which is not given';
  const ofProgram = isProgram(spec) ? undefined : 'it is of a program (.nex), and none is given';
  const ofPrediction = predict === undefined ? 'it is of --predict, which is not given' : undefined;
  return [
    ...['depth', 'activation', 'biases', 'parametrization', 'width'].map((option) => ({ option, reason: ofNet })),
    ...['output', 'input', 'examples', 'sizes', 'data'].map((option) => ({ option, reason: ofProgram })),
    ...['loss', 'kernel', 'time', 'descent', 'learningRate', 'ridge'].map((option) => ({
      option,
      reason: ofPrediction,
    })),
    { option: 'ridge', reason: loss === 'squared' ? undefined : 'it is of --loss squared' },
    { option: 'momentum', reason: descent ? undefined : 'it is of --descent, which is not given' },
  ];
}

const isProgram = (spec: string | undefined): boolean => spec !== undefined && /\.nex$/i.test(spec);

async function kernels(spec: string | undefined, options: Options): Promise<void> {
  const { x1: first, x2: second, out, json, predict, loss, time } = options;
  let folder: string | undefined;
  exitOnInterrupt(() =>
    folder === undefined
      ? 'Interrupted. Nothing was written.'
      : 'Interrupted. Everything computed so far is kept: start the same command again to go on.',
  );
  if (out !== undefined) await checkOut(out);
  const network = await networkOf(spec, options);
  const x1 = await inputsOf(first, network.inside.x1, network.name, options.shape);
  const x2 = await inputsOf(second, network.inside.x2, network.name, options.shape);
  if (x1 === undefined) throw errors.noInputs(network.name);
  if (loss === 'cross-entropy' && time === undefined) throw errors.noTimes();
  const labels = predict === undefined ? undefined : await labelsOf(predict, rowsIn(x1), x2 !== undefined);
  const classes = labels === undefined || loss === 'squared' ? undefined : labelClasses(labels, predict ?? '');
  const entries = rowsIn(x1) * rowsIn(x2 ?? x1);
  const inJson = json || (out !== undefined && matrixFormat(out) === 'json');
  if (inJson && entries > MOST_IN_JSON) throw errors.tooManyForJson(entries, MOST_IN_JSON);
  const { fed, ...asked } = network.at(x1.shape.slice(1));
  const shown = progress('kernels');
  const { machine, notice, close } = await openMachine(options.threads ?? availableParallelism());
  try {
    if (notice !== undefined) shown.say(notice);
    const run = await runLimitingKernels({
      ...asked,
      machine,
      x1: fed(x1),
      ...(x2 === undefined ? {} : { x2: fed(x2) }),
      memory: options.memory ?? defaultMemory(),
      strictMemory: options.memory !== undefined,
      keep: json,
      ...(out === undefined ? {} : { out }),
      ...(labels === undefined || classes !== undefined ? {} : { predict: predictionOf(labels, options) }),
      ...(classes === undefined ? {} : { classify: classificationOf(classes, options) }),
      version: version(),
      onForecast: (forecast) => {
        folder = forecast.folder;
        if (folder !== undefined || forecast.seconds > MOMENT) shown.say(forecastText(forecast, folder));
      },
      onProgress: (share) => shown.update(share),
      onNotice: (text) => shown.say(text),
    });
    folder = undefined;
    shown.stop();
    const told = run.classes && classes && classesTold(run.classes, classes.labels);
    if (!json) return print(ntkSummary(run, out, told));
    const { kernels: found, predictions, seconds, peakBytes, forecastBytes } = run;
    const lists = { nngp: found && asLists(found.nngp), ntk: found && asLists(found.ntk) };
    print(`${JSON.stringify({ ...lists, predictions, classes: told, seconds, peakBytes, forecastBytes })}\n`);
  } catch (error) {
    throw network.file === undefined ? error : located(error, network.file);
  } finally {
    shown.stop();
    await close();
  }
}

/** The network that is asked for. */
async function networkOf(spec: string | undefined, options: Options): Promise<Network> {
  const { net } = options;
  if (spec !== undefined && net === undefined)
    return isProgram(spec) ? networkOfProgram(spec, options) : layersOf(spec);
  if (spec !== undefined || net === undefined) throw errors.oneNetwork(spec, net);
  const parametrization = await readParametrization(options.parametrization);
  return networkByName({ ...options, net, parametrization });
}

/** Labels, a row for each of x1. */
async function labelsOf(path: string, expected: number, hasTests: boolean): Promise<Matrix> {
  const labels = await readArray(path);
  if (!hasTests) throw errors.nothingToPredict();
  const [rows] = labels.shape;
  if (rows !== expected) throw errors.badLabels(path, rows ?? 1, expected);
  const columns = labels.data.length / rows;
  const bad = labels.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw errors.badLabel(path, Math.floor(bad / columns) + 1, (bad % columns) + 1, at(labels.data, bad));
  return matrix(rows, columns, labels.data);
}

function predictionOf(targets: Matrix, options: Options): PredictionOptions {
  const { kernel, ridge, time } = options;
  return {
    targets,
    kernel,
    ridge,
    training: trainingOf(options),
    ...(time === undefined ? {} : { times: time }),
  };
}

function classificationOf({ targets }: Classes, options: Options): ClassificationOptions {
  return { targets, kernel: options.kernel, training: trainingOf(options), times: options.time ?? [] };
}

function trainingOf({ learningRate, descent, momentum }: Options): TrainingOptions {
  return descent ? { algorithm: 'descent', learningRate, momentum } : { algorithm: 'flow', learningRate };
}

function asLists({ rows, columns, data }: Matrix): number[][] {
  return Array.from({ length: rows }, (_, k) => [...data.subarray(k * columns, (k + 1) * columns)]);
}

async function checkOut(path: string): Promise<void> {
  if (matrixFormat(path) === undefined) throw errors.badKernelFile(path);
  await checkWritable(path).catch((cause: unknown) => {
    throw errors.unwritableKernels(path, cause);
  });
}

/** Whole numbers of at least 1. */
function shape(text: string): number[] {
  const found = text.split(',').map(Number);
  if (found.every((size) => Number.isSafeInteger(size) && size >= 1)) return found;
  throw new InvalidArgumentError('Give whole numbers separated by commas, such as 8,8,3.');
}

/** Times in rising order. */
function risingTimes(text: string): number[] {
  const found = text.split(',').map(Number);
  const rising = found.every((time, k) => time >= 0 && (k === 0 || time > at(found, k - 1)));
  if (text.trim() !== '' && rising) return found;
  throw new InvalidArgumentError('Give rising numbers from 0 on, separated by commas, such as 1,10,100.');
}
