/** The options of fine-tuning: optimizer, grid, steps. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Grid, USUAL_BATCHES, usualRates } from '../../lm/index.ts';
import type { FineTuneRunOptions } from '../../lm/node/index.ts';
import { refuseIdle } from '../idleOptions.ts';
import { toldOptimizer } from '../optimizerOption.ts';
import { count, positive, widths } from '../options.ts';
import { scheduled } from '../train/options.ts';

export interface FineTuneSettings {
  readonly optimizer: string;
  readonly learningRate?: readonly number[];
  readonly batch?: readonly number[];
  readonly grid?: 'extend' | 'fixed';
  readonly steps: number;
  readonly evaluateEvery?: number;
  readonly schedule?: string;
  readonly clipNorm?: number;
}

/** Evaluations of a training, unless told otherwise. */
const EVALUATIONS = 10;

/** Adds the options. */
export function addFineTuneSettings(command: Command): Command {
  return command
    .option('--optimizer <name>', 'adam, sgd, adamw, lion, adam:beta2=0.95,epsilon=1e-6, …, or a .json file', 'adam')
    .option(
      '--learning-rate <list>',
      "rates to choose from on the dev examples (default: the paper's for the optimizer, and larger ones)",
      positives,
    )
    .option('--batch <list>', `examples of a step, to choose from (default: ${USUAL_BATCHES.join(',')})`, widths)
    .addOption(
      new Option(
        '--grid <how>',
        'extend: try larger rates while the largest is the best; fixed: those given (default: fixed where rates are given)',
      ).choices(['extend', 'fixed']),
    )
    .option('--steps <number>', 'updates of each training', count, 1000)
    .option('--evaluate-every <steps>', `steps between evaluations on dev (default: 1/${EVALUATIONS} of all)`, count)
    .option('--schedule <name>', 'of the learning rate: cosine, linear:warmUp=100, step:every=100,gamma=0.5, …')
    .option('--clip-norm <number>', 'most that the norm of all gradients together may be', positive);
}

/** What they say. Throws what {@link toldOptimizer} and {@link scheduled} do. */
export async function fineTuneSettings(
  options: FineTuneSettings,
): Promise<
  Pick<
    FineTuneRunOptions,
    'optimizer' | 'settings' | 'optimizerIdentity' | 'scheduled' | 'clipNorm' | 'grid' | 'steps' | 'evaluateEvery'
  >
> {
  const { steps, clipNorm, schedule } = options;
  const { optimizer, settings, identity } = await toldOptimizer(options.optimizer);
  const rates = options.learningRate ?? usualRates(optimizer.name);
  const how = options.grid ?? (options.learningRate === undefined ? 'extend' : 'fixed');
  const grid: Grid = { batches: options.batch ?? USUAL_BATCHES, rates, extend: how === 'extend' };
  const onSchedule = schedule === undefined ? undefined : scheduled(schedule, 1, steps);
  return {
    optimizer,
    settings,
    optimizerIdentity: identity,
    ...(schedule === undefined || onSchedule === undefined
      ? {}
      : { scheduled: { text: onSchedule.text, rate: (rate: number) => scheduled(schedule, rate, steps).rate } }),
    ...(clipNorm === undefined ? {} : { clipNorm }),
    grid,
    steps,
    evaluateEvery: options.evaluateEvery ?? Math.max(1, Math.round(steps / EVALUATIONS)),
  };
}

/** Refuses more steps between evaluations than there are. Throws {@link UserError} `cli.idle-option`. */
export function refuseIdleEvaluations(command: Command, { steps, evaluateEvery = 1 }: FineTuneSettings): void {
  const reason = evaluateEvery > steps ? `the training has ${steps} steps` : undefined;
  refuseIdle(command, [{ option: 'evaluateEvery', reason }]);
}

/** Different numbers above 0, rising. */
function positives(text: string): number[] {
  const values = text.split(',').map(Number);
  if (
    text.trim() === '' ||
    !values.every((value) => value > 0 && Number.isFinite(value)) ||
    new Set(values).size < values.length
  ) {
    throw new InvalidArgumentError('Give different numbers above 0, such as 1e-5,2e-5,5e-5.');
  }
  return values.sort((a, b) => a - b);
}
