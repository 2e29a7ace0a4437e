/** Puts together what a run of fine-tunings finds. */

import { required } from '../../../errors/index.ts';
import { bestPoint, type PointScore } from '../../finetune/grid.ts';
import { classesOf, confusionOf, scoresOf } from '../../run/kernelScores.ts';
import { PROMPT } from '../../run/setting.ts';
import { predictedClasses } from '../../solve/solvers.ts';
import { summary } from '../run/kernelResult.ts';
import { type TaskTraining, taskTrainingResult } from '../run/trainingResult.ts';
import type { FineTuneRunResult, PointRecord } from './fineTuneRecord.ts';
import type { FineTuneRunOptions } from './fineTuneRunOptions.ts';
import { type ChosenPoint, endedText } from './pointRecords.ts';

export interface FineTuneResultOptions extends TaskTraining {
  readonly options: FineTuneRunOptions;
  /** Every training that was made. */
  readonly points: readonly PointRecord[];
  /** Points of the grid over all draws. */
  readonly scored: readonly PointScore[];
  readonly chosen: readonly ChosenPoint[];
  /** Logits of the test examples by the models as they were. */
  readonly before: readonly Float64Array[];
  readonly saved: FineTuneRunResult['saved'];
}

/** Puts the result together. */
export function fineTuneResult(given: FineTuneResultOptions): FineTuneRunResult {
  const { options, inputs, points, scored, chosen, before, saved } = given;
  const { task, setting = PROMPT, grid, evaluateEvery } = options;
  const evaluated = inputs.test.length;
  const actual = classesOf(task, inputs.test);
  const predicted = (logits: Float64Array): number[] => predictedClasses(logits, task.labels.length);
  const summaryOf = (all: readonly Float64Array[]) =>
    summary(
      task.metric,
      all.map((logits) => scoresOf(task, predicted(logits), actual)),
      evaluated,
    );
  const best = bestPoint(scored) ?? required(scored[0], 'point of a grid');
  const rates = [...new Set(scored.map(({ rate }) => rate))];
  return {
    ...taskTrainingResult(given),
    optimizer: options.optimizer.name,
    schedule: options.scheduled?.text ?? null,
    ...(setting.kind === 'prompt' ? { zeroShot: summaryOf(before) } : {}),
    ...(setting.kind === 'cls-probe' ? { probe: summaryOf(before) } : {}),
    evaluateEvery,
    accuracy: summaryOf(chosen.map(({ logits }) => logits)),
    learningRate: best.rate,
    batch: best.batch,
    optimum: optimumIn(rates, best.rate),
    furtherRates: rates.filter((rate) => !grid.rates.includes(rate)),
    grid: scored,
    draws: chosen.map(({ record, logits }) => ({
      seed: record.seed,
      batch: record.batch,
      rate: record.rate,
      best: record.best,
      test: scoresOf(task, predicted(logits), actual),
      confusion: confusionOf(predicted(logits), actual, task.labels.length),
    })),
    ended: points.flatMap((record) => {
      const text = endedText(record, task.metric);
      const { seed, batch, rate, status } = record;
      return text === undefined ? [] : [{ seed, batch, rate, status, text }];
    }),
    saved,
  };
}

function optimumIn(rates: readonly number[], best: number): FineTuneRunResult['optimum'] {
  if (rates.length === 1) return 'only';
  if (best === Math.min(...rates)) return 'least';
  return best === Math.max(...rates) ? 'largest' : 'inside';
}
