/** `nexort tune`: a learning rate or another hyperparameter chosen on the infinite network, and checked at finite widths. */

import type { Command } from 'commander';
import { sweptNamed, type TuneResult, tune } from '../../experiments/index.ts';
import { nodeEngine } from '../../finite/node/index.ts';
import { namedNet } from '../../nets/index.ts';
import { ruleOf } from '../../parametrizations/index.ts';
import type { SizedRun } from '../../program/index.ts';
import { checkGradients } from '../../training/index.ts';
import { activationNamed } from '../activationOption.ts';
import * as errors from '../errors.ts';
import { svgWriter } from '../figureFile.ts';
import { exitOnInterrupt } from '../interrupt.ts';
import { oneOf } from '../netOption.ts';
import { toldOptimizer } from '../optimizerOption.ts';
import {
  count,
  countFromZero,
  defaultMemory,
  depth,
  memory,
  networks,
  positive,
  powerOfTwo,
  widths,
} from '../options.ts';
import { readParametrization } from '../parametrizationFile.ts';
import { progress } from '../progress.ts';
import { madeBy, reportWriter } from '../reportFile.ts';
import { runCommand } from '../run.ts';
import { nodeStepper } from '../stepper.ts';
import { print, printMessage } from '../terminal.ts';
import { DATA, examplesNamed, LEARNING_RATE, valuesGiven } from '../transfer/sweep.ts';
import { type ValueList, valueList } from '../transferValues.ts';
import { tuneSummary } from '../tuneSummary.ts';

interface Options {
  readonly net: string;
  readonly depth: number;
  readonly activation: string;
  readonly parametrization: string;
  readonly baseWidth?: number;
  readonly optimizer: string;
  readonly sweep: string;
  readonly values?: ValueList;
  readonly learningRate?: number;
  readonly steps: number;
  readonly batch: number;
  readonly seeds: number;
  readonly seed: number;
  readonly samples?: number;
  readonly widths: readonly number[];
  readonly check: readonly number[];
  readonly data: string;
  readonly memory?: number;
  readonly plot?: string;
  readonly report?: string;
  readonly json: boolean;
}

/** Networks that are tuned. */
export const TUNED_NETS = ['mlp', 'residual-mlp'] as const;

/** Adds the command. */
export function addTuneCommand(program: Command): void {
  program
    .command('tune')
    .description(
      'choose a learning rate on the infinite network, say what finite widths will do with it, and check that',
    )
    .option('--net <name>', `the network: ${TUNED_NETS.join(', ')}`, 'mlp')
    .option('--depth <number>', 'hidden layers, or blocks', depth, 2)
    .option('--activation <name>', 'relu, tanh, gelu, …', 'relu')
    .option('--parametrization <name>', 'mup, up:0, or a .json file: features have to move', 'mup')
    .option('--base-width <number>', 'the width at which it is the standard network (default: the smallest)', count)
    .option('--optimizer <name>', 'adam, sgd, lion, …, or a .json file, or with settings: adam:beta2=0.95', 'adam')
    .option('--sweep <name>', 'what is tuned: learningRate, beta1, …, initialScale, outputMultiplier', LEARNING_RATE)
    .option('--values <list>', 'values to try: a list, or a range in factors of two (default: 2^-12..2^-2)', valueList)
    .option('--learning-rate <number>', 'where another hyperparameter is tuned (default: the optimizer’s)', positive)
    .option('--steps <number>', 'updates', count, 100)
    .option('--batch <number>', 'examples of a step; all of them where there are no more', count, 64)
    .option('--seeds <number>', 'networks at each width and value', networks, 3)
    .option('--seed <number>', 'seed of the first of them', countFromZero, 0)
    .option('--samples <number>', 'samples of the infinite width (default: 1024)', powerOfTwo)
    .option('--widths <list>', 'widths that tell the correction of order 1/n', widths, [64, 128])
    .option('--check <list>', 'widths that the choice is checked at', widths, [256])
    .option('--data <name>', DATA.join(', '), 'teacher')
    .option('--memory <size>', 'most memory of the process, such as 4GB (default: half of what is free)', memory)
    .option('--plot <file>', 'write the losses by value as SVG, those of the infinite network among them')
    .option('--report <file>', 'write choice, figures and checks as one HTML file')
    .option('--json', 'print one JSON object instead of text', false)
    .addHelpText(
      'after',
      `
Trains the infinite network, its widths sampled, at every value, and takes the best. What a network of width n will make of it
is the limit with a correction of order 1/n, which two narrow networks tell; the widths of --check have no part in either and say
whether that holds: what the choice costs there of the least loss, 2 % at most.

Why it may not hold is told before: an optimum at the end of the values tried or a flat one, divergence at the next value,
narrow networks that are far from the limit. Losses are those of "nexort transfer": the mean over the last fifth of the steps.

The JSON object holds best {value, interval, edge}, tried, loss, flat, correction, warnings, checks [{width, predicted, found,
predictedLoss, loss, cost}], holds, and measured, what "nexort transfer --json" prints.
Exit code 0: tuned, and the checks hold. 1: they do not. 2: bad usage or input.

Examples:
  nexort tune --steps 200 --values 2^-10..2^-3 --report tune.html
  nexort tune --optimizer sgd --values 2^-4..2^4 --check 512,1024
  nexort tune --sweep beta1 --values 0.5,0.75,0.9,0.95 --learning-rate 0.01 --json`,
    )
    .action((options: Options) => runCommand(() => tuneGiven(options)));
}

async function tuneGiven(options: Options): Promise<void> {
  const { depth: layers, data, sweep, steps, batch, seeds, seed, json, samples, plot, report } = options;
  exitOnInterrupt('Interrupted.');
  const net = namedNet(oneOf(TUNED_NETS, options.net, 'train'));
  const activation = activationNamed(options.activation);
  if (!DATA.includes(data)) throw errors.unknownTransferData(data, DATA);
  const { optimizer, settings } = await toldOptimizer(options.optimizer);
  if (Object.hasOwn(settings, sweep)) throw errors.sweptAndSet(sweep);
  const swept = sweptNamed(sweep, optimizer);
  const given = valuesGiven(options, swept);
  const { parametrization } = await readParametrization(options.parametrization, ruleOf(optimizer, { settings }));
  const writeFigure = plot === undefined ? undefined : await svgWriter(plot);
  const writeReport = report === undefined ? undefined : await reportWriter(report);
  const engine = nodeEngine();
  const run: SizedRun = (program, feeds, sizes) => engine.run(program, feeds, sizes);
  const shown = progress('training');
  try {
    const examples = await examplesNamed(data, run);
    const trained = net.make({ depth: layers, activation, classes: examples.classes });
    checkGradients(trained);
    const result: TuneResult = await tune({
      net: trained,
      optimizer,
      parametrization,
      examples,
      steps,
      batch,
      seeds,
      seed,
      hyperparameter: swept.name,
      widths: options.widths,
      checks: options.check,
      stepper: nodeStepper(engine),
      memory: options.memory ?? defaultMemory(),
      settings: { ...settings, ...(options.learningRate === undefined ? {} : { learningRate: options.learningRate }) },
      ...(samples === undefined ? {} : { infinite: { samples } }),
      ...(options.baseWidth === undefined ? {} : { baseWidth: options.baseWidth }),
      ...(given === undefined ? {} : { values: given }),
      onProgress: (share) => shown.update(share),
    });
    shown.stop();
    print(json ? `${JSON.stringify(result)}\n` : tuneSummary(result));
    // Libraries of figures are loaded here, not at every start.
    if (writeFigure !== undefined) {
      const { transferFigure } = await import('../../report/index.ts');
      printMessage(await writeFigure(transferFigure(result.measured)));
    }
    if (writeReport !== undefined) {
      const { tuneReport } = await import('../../report/index.ts');
      printMessage(await writeReport(tuneReport({ result, made: madeBy() })));
    }
    if (!result.holds) process.exitCode = 1;
  } finally {
    shown.stop();
    await engine.release();
  }
}
