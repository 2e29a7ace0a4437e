/** The options of `nexort regime`: optimizers with their rates, steps, and what is measured. */

import { type Command, InvalidArgumentError } from 'commander';
import { kernelOfOptimizer } from '../../lm/index.ts';
import type { RegimeOptimizer, RegimeRunOptions } from '../../lm/node/index.ts';
import * as errors from '../errors.ts';
import { refuseIdle } from '../idleOptions.ts';
import { toldOptimizer } from '../optimizerOption.ts';
import { count, positive } from '../options.ts';

export interface RegimeSettings {
  readonly optimizer: readonly string[];
  readonly learningRate?: readonly GivenRate[];
  readonly steps: number;
  readonly batch: number;
  readonly clipNorm?: number;
  readonly compare: number;
  readonly watchKernel?: number;
  readonly linearTraining: boolean;
  readonly kernel: boolean;
}

/** A rate for the optimizer of this name, or for all. */
interface GivenRate {
  readonly optimizer?: string;
  readonly rate: number;
}

/** In the middle of the paper's grids (lm.md): 1e-4 to 1e-2 of SGD, 1e-5 to 5e-5 of Adam. */
const USUAL_RATE = { sgd: 1e-3, 'a-signgd': 2e-5 } as const;

/** Adds the options. */
export function addRegimeSettings(command: Command): Command {
  return command
    .option(
      '--optimizer <list>',
      'whose fine-tuning is looked at: sgd, momentum, adam, adamw, adam:beta2=0.95,epsilon=1e-6, … or .json files',
      optimizers,
      ['sgd', 'adam'],
    )
    .option(
      '--learning-rate <list>',
      `of all, or by name, such as sgd=1e-2,adam=1e-4 (default: ${USUAL_RATE.sgd} of SGD and its relatives, ${USUAL_RATE['a-signgd']} of others)`,
      rates,
    )
    .option('--steps <number>', 'updates of each training', count, 300)
    .option('--batch <number>', 'examples of a step; all of them where there are no more', count, 8)
    .option('--clip-norm <number>', 'most that the norm of all gradients together may be', positive)
    .option('--compare <number>', 'evaluated examples that kernels are compared on, at most', count, 64)
    .option('--watch-kernel <steps>', 'record drift and linearization error after every so many steps', count)
    .option(
      '--no-linear-training',
      'leave out the training of the linear model, which takes more than half of the time',
    )
    .option('--no-kernel', "leave out the kernel's own accuracy");
}

/** Parts of one optimizer's settings have no name of their own: `sgd,adam:beta2=0.95,epsilon=1e-6` are two. */
function optimizers(text: string): string[] {
  const named: string[] = [];
  for (const part of text.split(',')) {
    const last = named.at(-1);
    if (/^\s*\w+\s*=/.test(part) && last !== undefined) named[named.length - 1] = `${last},${part}`;
    else named.push(part.trim());
  }
  if (named.includes('') || new Set(named).size < named.length) {
    throw new InvalidArgumentError('Give different optimizers, such as sgd,adam or sgd,adam:beta2=0.95,epsilon=1e-6.');
  }
  return named;
}

function rates(text: string): GivenRate[] {
  const given = text.split(',').map((part): GivenRate => {
    const [, optimizer, number = ''] = /^(?:(.*)=)?([^=]*)$/.exec(part.trim()) ?? [];
    const rate = number.trim() === '' ? Number.NaN : Number(number);
    if (!(rate > 0 && Number.isFinite(rate))) {
      throw new InvalidArgumentError('Give a number above 0, or one for each optimizer, such as sgd=1e-2,adam=1e-4.');
    }
    return optimizer === undefined ? { rate } : { optimizer: optimizer.trim(), rate };
  });
  if (given.length > 1 && given.some(({ optimizer }) => optimizer === undefined)) {
    throw new InvalidArgumentError(
      'Give one rate for all, or one for each optimizer by name, such as sgd=1e-2,adam=1e-4.',
    );
  }
  return given;
}

/** What they say. Throws {@link UserError} `cli.rate-of-no-optimizer` and what {@link toldOptimizer} throws. */
export async function regimeSettings(
  options: RegimeSettings,
): Promise<
  Pick<
    RegimeRunOptions,
    'optimizers' | 'steps' | 'batch' | 'clipNorm' | 'compared' | 'watchEvery' | 'trainLinear' | 'solveKernel'
  >
> {
  const { learningRate: given = [], steps, batch, clipNorm, compare, watchKernel, linearTraining, kernel } = options;
  for (const { optimizer } of given) {
    if (optimizer !== undefined && !options.optimizer.some((name) => isOf(name, optimizer))) {
      throw errors.rateOfNoOptimizer(optimizer, options.optimizer);
    }
  }
  const found: RegimeOptimizer[] = [];
  for (const name of options.optimizer) {
    const { optimizer, settings, identity } = await toldOptimizer(name);
    const own = given.find((one) => one.optimizer === undefined || isOf(name, one.optimizer));
    const learningRate = own?.rate ?? USUAL_RATE[kernelOfOptimizer(optimizer.name)];
    found.push({ name, optimizer, settings, learningRate, identity });
  }
  return {
    optimizers: found,
    steps,
    batch,
    ...(clipNorm === undefined ? {} : { clipNorm }),
    compared: compare,
    ...(watchKernel === undefined ? {} : { watchEvery: watchKernel }),
    trainLinear: linearTraining,
    solveKernel: kernel,
  };
}

/** Whether an optimizer is meant by a name: its whole text, or without its settings. */
const isOf = (told: string, name: string): boolean => told === name || told.split(':')[0] === name;

/** Refuses looks that never come. Throws {@link UserError} `cli.idle-option`. */
export function refuseIdleWatch(command: Command, { steps, watchKernel = 1 }: RegimeSettings): void {
  const reason = watchKernel > steps ? `the training has ${steps} steps` : undefined;
  refuseIdle(command, [{ option: 'watchKernel', reason }]);
}
