/** Trainings of a run as records: which is a draw's best, and why some were ended. */

import type { Metric } from '../../data/tasks.ts';
import { bestScore } from '../../finetune/devScores.ts';
import type { PointRecord } from './fineTuneRecord.ts';

/** A draw's chosen training, and its logits of the test examples. */
export interface ChosenPoint {
  readonly record: PointRecord;
  readonly logits: Float64Array;
}

/** A draw's best training, of those that went to their end where there are some. */
export function bestRecord(records: readonly PointRecord[]): PointRecord | undefined {
  const finished = records.filter(({ status }) => status === 'finished');
  const of = finished.length > 0 ? finished : records;
  const best = bestScore(of.map(({ best }) => best));
  return best === undefined ? of[0] : of.find((one) => one.best === best);
}

/** Why a training was ended, in words; undefined for one that went to its end. */
export function endedText({ seed, tooLarge, divergence, ...point }: PointRecord, metric: Metric): string | undefined {
  const where = `draw ${seed}, batch ${point.batch}, rate ${point.rate}`;
  if (divergence !== null) {
    const near = divergence.parameter === null ? '' : ` (nearest parameter: ${divergence.parameter})`;
    return `${where}: ${divergence.text}${near}`;
  }
  if (tooLarge === null) return undefined;
  const { step, before, after, trainingLoss } = tooLarge;
  const percent = (score: number | null): string => (score === null ? '–' : `${(100 * score).toFixed(1)} %`);
  return (
    `${where}: ended at step ${step}, for the rate is too large: dev ${metric} is ${percent(after.score)} after ${percent(before.score)} at the start, ` +
    `and the loss has grown from ${before.loss?.toPrecision(3)} to ${trainingLoss.toPrecision(3)} in training`
  );
}
