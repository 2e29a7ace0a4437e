/** `nexort coord`: the coordinate check as a verdict. */

import type { Command } from 'commander';
import { type CoordResult, coordinateCheck } from '../../experiments/index.ts';
import { NET_NAMES, namedNet } from '../../nets/index.ts';
import { ruleOf } from '../../parametrizations/index.ts';
import { activationNamed } from '../activationOption.ts';
import { headsOf, trainedNet } from '../coordNets.ts';
import { coordSummary } from '../coordSummary.ts';
import { chosenDevice, type DeviceOption, deviceOption, engineOn } from '../deviceOption.ts';
import { svgWriter } from '../figureFile.ts';
import { checkHeads, refuseIdle, withoutDepth } from '../idleOptions.ts';
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
  randomCount,
  widths,
} from '../options.ts';
import { readParametrization } from '../parametrizationFile.ts';
import { progress } from '../progress.ts';
import { madeBy, reportWriter } from '../reportFile.ts';
import { FAILED, runCommand } from '../run.ts';
import { nodeStepper } from '../stepper.ts';
import { print, printMessage } from '../terminal.ts';

interface Options extends DeviceOption {
  readonly net: string;
  readonly depth: number;
  readonly activation?: string;
  readonly parametrization: string;
  readonly trainedIn?: string;
  readonly optimizer: string;
  readonly learningRate?: number;
  readonly widths: readonly number[];
  readonly seeds: number;
  readonly seed: number;
  readonly steps: number;
  readonly batch: number;
  readonly input: number;
  readonly memory?: number;
  readonly alignment: boolean;
  readonly plot?: string;
  readonly report?: string;
  readonly json: boolean;
}

/** A rate at which the first steps are seen beside what initialization leaves, by whether updates are of order 1. */
const [RATE, PROPORTIONAL_RATE] = [0.01, 0.1];

/** Adds the command. */
export function addCoordCommand(program: Command): void {
  program
    .command('coord')
    .description(
      'train a network at several widths and say whether its coordinates scale as its parametrization predicts',
    )
    .option('--net <name>', `the network: ${NET_NAMES.join(', ')}`, 'mlp')
    .option('--depth <number>', 'hidden layers, or blocks', depth, 2)
    .option('--activation <name>', "relu, tanh, gelu, … (default: the network's own)")
    .option('--parametrization <name>', 'what predicts: sp, ntp, mup, mean-field, up:0.25, or a .json file', 'mup')
    .option('--trained-in <name>', 'what it is trained in, where that may differ: a name or a .json file')
    .option(
      '--optimizer <name>',
      'adam, sgd, signsgd, lion, …, or a .json file, or with settings: adam:epsilon=1e-3',
      'adam',
    )
    .option(
      '--learning-rate <number>',
      `in front of n^(-c) (default: ${RATE}, or ${PROPORTIONAL_RATE} where updates are linear in gradients)`,
      positive,
    )
    .option('--widths <list>', 'at least three', widths, [64, 128, 256, 512, 1024])
    .option('--seeds <number>', 'networks at each width', networks, 8)
    .option('--seed <number>', 'seed of the first of them', countFromZero, 0)
    .option('--steps <number>', 'updates', count, 3)
    .option('--batch <number>', 'examples, random ones with random targets', randomCount, 16)
    .option('--input <number>', 'size of an input', randomCount, 8)
    .addOption(deviceOption())
    .option('--memory <size>', 'most memory of the process, such as 4GB (default: half of what is free)', memory)
    .option('--alignment', 'measure how weights align with what they multiply, too', false)
    .option('--plot <file>', 'write the sizes by width as SVG')
    .option('--report <file>', 'write verdict, figures and tables as one HTML file')
    .option('--json', 'print one JSON object instead of text', false)
    .addHelpText(
      'after',
      `
Measures the root-mean-square entry of each layer's preactivations, of their change since initialization, and of what
the update rule sees of each weight's gradient, before the first update and after each. Fits their exponents in the
width, and compares them with what the classification of the parametrization predicts ("nexort classify"). Other networks
than the multilayer perceptron have no classification: what starts at which size is known, nothing may grow, and in µP
every layer changes by order 1. The product of each weight with its input is measured by itself as well, and what the next
update of this weight alone adds to it, which sums and changes hide, and the scores of attention.
An ε larger than the usual one (adam:epsilon=0.1) minds the size of gradients, as in "nexort classify --epsilon"; the usual one counts
as 0.

An optimizer of your own is a .json file of formulas (docs/optimizers.md); how its updates follow the size of gradients is
read from them.

PASS      all agree, each exponent known well enough to tell it from one that is off by 1/2, and nothing grows
FAIL      an exponent is not as predicted, beyond 0.2 and three standard errors, or something grows
UNCLEAR   neither: too little has been seen; give more --seeds, or more --widths, further apart

In the table ! is what differs, ? what is unclear, and (≤ 0) a bound, which sizes may stay below. Of a FAIL it names what goes wrong first, where it begins and what lies downstream,
with measured and predicted powers of n, and every single mistake in an exponent or a multiplier that would explain the
measurements: by the classification, or by training the network with each.

--alignment measures beside it how large products are against their factors, ln (|W x| / (|W| |x|)) / ln n with n the terms
summed: 1/2 where they are independent, 1 where they are aligned; of W x, of ΔW x₀, W₀ Δx and ΔW Δx, what training adds to it.
The table has exponents over the widths, without constants, and that ratio at the largest width in brackets.

Exit code 0: pass. 1: fail, or unclear. 2: bad usage or input.

Examples:
  nexort coord --parametrization mup --optimizer adam
  nexort coord --parametrization sp --optimizer adam --plot sizes.svg --report sp.html
  nexort coord --net transformer --widths 32,64,128,256
  nexort coord --alignment --steps 10 --report alignment.html
  nexort coord --optimizer examples/optimizers/soft-sign.json:sharpness=5
  nexort coord --parametrization mup --trained-in examples/parametrizations/mine.json --json`,
    )
    .action((options: Options, command: Command) => runCommand(() => coord(options, command)));
}

async function coord(options: Options, command: Command): Promise<void> {
  exitOnInterrupt('Interrupted.');
  const { depth, batch, input, widths: all, json, seed } = options;
  const name = oneOf(NET_NAMES, options.net, 'check');
  const reads = namedNet(name).reads;
  refuseIdle(command, [
    { option: 'depth', reason: withoutDepth(name) },
    { option: 'input', reason: reads[0] === 'text' ? `--net ${name} reads texts, which have a vocabulary` : undefined },
  ]);
  if (reads[0] === 'text') checkHeads('--widths', all, headsOf(name));
  const activation = options.activation === undefined ? undefined : activationNamed(options.activation);
  const trained = trainedNet(name, { depth, batch, input, seed, ...(activation === undefined ? {} : { activation }) });
  const { optimizer, settings } = await toldOptimizer(options.optimizer);
  const rule = ruleOf(optimizer, { settings });
  const { parametrization } = await readParametrization(options.parametrization, rule);
  const actual =
    options.trainedIn === undefined ? undefined : (await readParametrization(options.trainedIn, rule)).parametrization;
  const learningRate = options.learningRate ?? (rule.linear ? PROPORTIONAL_RATE : RATE);
  const write = options.plot === undefined ? undefined : await svgWriter(options.plot);
  const writeReport = options.report === undefined ? undefined : await reportWriter(options.report);
  const engine = engineOn(await chosenDevice(options), undefined);
  let shown = progress('training');
  let searching = false;
  try {
    const result = await coordinateCheck({
      ...trained,
      parametrization,
      ...(actual === undefined ? {} : { actual }),
      optimizer,
      settings: { ...settings, learningRate },
      widths: all,
      seeds: options.seeds,
      seed,
      steps: options.steps,
      alignment: options.alignment,
      memory: options.memory ?? defaultMemory(),
      stepper: nodeStepper(engine),
      onProgress: (share) => shown.update(share),
      onTrial: (share) => {
        if (!searching) {
          shown.stop();
          shown = progress('looking for causes');
          searching = true;
        }
        shown.update(share);
      },
    });
    shown.stop();
    print(json ? `${JSON.stringify(result)}\n` : coordSummary(result));
    if (write !== undefined) {
      // Its libraries are loaded here, not at every start.
      const { coordFigure } = await import('../../report/index.ts');
      printMessage(await write(coordFigure(result)));
    }
    if (writeReport !== undefined) {
      const { coordReport } = await import('../../report/index.ts');
      const settings = [
        { name: 'learning rate', value: String(learningRate) },
        { name: 'trained in', value: actual?.name ?? parametrization.name },
        { name: 'data', value: `${batch} random examples` },
        { name: 'first seed', value: String(seed) },
      ];
      const page = coordReport({ result, net: trained.net.program.name, settings, made: madeBy() });
      printMessage(await writeReport(page));
    }
    if (failed(result)) process.exitCode = FAILED;
  } finally {
    shown.stop();
    await engine.release();
  }
}

const failed = ({ verdict }: CoordResult): boolean => verdict !== 'pass';
