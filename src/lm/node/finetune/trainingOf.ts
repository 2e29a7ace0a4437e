/** One training of a run: a draw at a point of the grid. */

import { required } from '../../../errors/index.ts';
import type { FineTuneOptions, Trainer } from '../../finetune/fineTune.ts';
import type { GridPoint } from '../../finetune/grid.ts';
import type { LanguageModel } from '../../model/checkpoint.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import { classesOf, positionsOf } from '../../run/kernelScores.ts';
import { headFeeds } from '../../run/setting.ts';
import type { RunSubject } from '../run/kernelSubject.ts';
import type { FineTuneRunOptions } from './fineTuneRunOptions.ts';

export interface TrainingSubject {
  readonly options: FineTuneRunOptions;
  readonly inputs: KernelInputs;
  readonly subject: Pick<RunSubject, 'selected'>;
}

/** What the draw of a seed is trained with; mini-batches are shuffled by the same seed. */
export function trainingOf(
  { options, inputs, subject }: TrainingSubject,
  { model, trainer }: { readonly model: LanguageModel; readonly trainer: Trainer },
  seed: number,
  { batch, rate }: GridPoint,
): FineTuneOptions {
  const { task, optimizer, settings, scheduled, clipNorm, steps, evaluateEvery } = options;
  const draw = inputs.data.draws.find((one) => one.seed === seed);
  const { train, dev } = required(draw, `draw ${seed}`);
  return {
    trainer,
    model,
    examples: inputs.encoded,
    classes: classesOf(task, inputs.examples),
    train: positionsOf(inputs, train),
    dev: positionsOf(inputs, dev),
    head: headFeeds(inputs.labelIds),
    selected: subject.selected,
    selection: options.parameters,
    optimizer,
    settings: { ...settings, learningRate: scheduled === undefined ? rate : scheduled.rate(rate) },
    ...(clipNorm === undefined ? {} : { clipNorm }),
    batch,
    steps,
    evaluateEvery,
    seed,
    metric: task.metric,
    stopTooLarge: true,
  };
}
