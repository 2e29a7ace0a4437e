/** `nexort limit`: training at infinite width, beside the same training at finite widths. */

import type { Command } from 'commander';
import { limitOfTraining } from '../../experiments/index.ts';
import { nodeEngine } from '../../finite/node/index.ts';
import type { SizedRun } from '../../program/index.ts';
import { LOSSES } from '../../training/index.ts';
import { refuseIdle } from '../idleOptions.ts';
import { exitOnInterrupt } from '../interrupt.ts';
import { LIMIT_DATA } from '../limit/data.ts';
import { batchList, deviationList, type LimitCommandOptions, widthsBeside } from '../limit/options.ts';
import { LIMIT_RATE, PROPORTIONAL_LIMIT_RATE, prepareLimit } from '../limit/prepare.ts';
import { limitReportOf } from '../limit/result.ts';
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
import { progress } from '../progress.ts';
import { runCommand } from '../run.ts';
import { nodeStepper } from '../stepper.ts';
import { print } from '../terminal.ts';
import { TRAINED_NETS } from '../train/nets.ts';
import { classCount, columnList, globs } from '../train/options.ts';

const WIDTHS = [32, 64, 128, 256];

/** Adds the command. */
export function addLimitCommand(program: Command): void {
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
    .option('--optimizer <name>', 'adam, sgd, lion, adam:beta2=0.95,epsilon=1e-3, …, or a .json file', 'adam')
    .option(
      '--learning-rate <number>',
      `in front of n^(-c) (default: ${LIMIT_RATE}, or ${PROPORTIONAL_LIMIT_RATE} where updates are linear in gradients)`,
      positive,
    )
    .option('--freeze <names>', "parameters that stay what they are, such as 'w1,b*' (default: none)", globs)
    .option('--parametrization <name>', 'mup, ntp, mean-field, up:0.25, or a .json file', 'mup')
    .option('--base-width <number>', 'n of the powers of n is the width over this (default: 1)', count)
    .option('--steps <number>', 'updates', count, 8)
    .option('--widths <list>', 'of networks beside the limit, or none', widthsBeside, WIDTHS)
    .option('--seeds <number>', 'networks of each width', networks, 8)
    .option('--seed <number>', 'seed of the first network and of the samples', countFromZero, 0)
    .option('--samples <number>', 'samples of every width, a power of two (default: by the program)', powerOfTwo)
    .option('--subsample <number>', 'of them, those that averages within updates of matrices read', count)
    .option(
      '--scramblings <number>',
      'independent samplings, for standard errors',
      (text) => countUpTo(1000, text, 2),
      8,
    )
    .option('--threads <number>', 'of matrix products (default: one per core)', threads)
    .option('--memory <size>', 'most memory of the process, such as 4GB (default: half of what is free)', memory)
    .option('--json', 'print one JSON object instead of text', false)
    .addHelpText(
      'after',
      `
Examples:
  nexort limit
  nexort limit --parametrization ntp --optimizer sgd --data xor --widths none --json`,
    )
    .action((options: LimitCommandOptions, command: Command) =>
      runCommand(() => {
        refuseIdle(command, []);
        return limitGiven(options);
      }),
    );
}

async function limitGiven(options: LimitCommandOptions): Promise<void> {
  const { widths, seeds, seed, samples, subsample, scramblings, json } = options;
  exitOnInterrupt('Interrupted.');
  const engine = nodeEngine(options.threads === undefined ? {} : { threads: options.threads });
  const run: SizedRun = (program, feeds, sizes) => engine.run(program, feeds, sizes);
  const shown = progress('training');
  try {
    const prepared = await prepareLimit(options, run);
    const result = await limitOfTraining(prepared.problem, {
      widths,
      networks: seeds,
      seed,
      seeds: scramblings,
      ...(samples === undefined ? {} : { samples }),
      ...(subsample === undefined ? {} : { subsample }),
      memory: options.memory ?? defaultMemory(),
      stepper: nodeStepper(engine),
      run,
      onProgress: (share) => shown.update(share),
    });
    shown.stop();
    const report = limitReportOf(options, prepared, result);
    print(json ? `${JSON.stringify(report)}\n` : limitSummary(report));
  } finally {
    shown.stop();
    await engine.release();
  }
}
