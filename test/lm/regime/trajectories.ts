/** The linear model along the trajectories of fine-tuning by torch (finetune/trajectories.ts). */

import { type FineTuneOptions, fineTune, type Trainer } from '../../../src/lm/finetune/fineTune.ts';
import { linearizedLogits } from '../../../src/lm/regime/linearize.ts';
import { movesBetween } from '../../../src/lm/regime/movement.ts';
import { at } from '../../../src/numeric/index.ts';
import { type RUNS, trajectoryOf } from '../finetune/trajectories.ts';

/** Asked of f32 and of f64 by the issue of fine-tuning. */
export const [IN_F32, IN_F64] = [1e-3, 1e-5];

/** How far linearized logits after 10 and 50 steps are from those expected, at the worst, in units of 1 + their size. */
export async function farthestLinearized(
  folder: string,
  run: keyof typeof RUNS,
  precision: 'f64' | 'f32',
  trainer: Trainer,
): Promise<number> {
  const { options, expected } = await trajectoryOf(folder, run, precision);
  const { model, examples, head } = options;
  const start = model.weights;
  const deviations: number[] = [];
  const onEvaluation: FineTuneOptions['onEvaluation'] = async ({ step }, weights) => {
    if (step !== 10 && step !== 50) return;
    const moved = movesBetween(start, weights);
    const { linearized } = await linearizedLogits({ run: trainer.run, model, moved, examples, head });
    const known = expected.linearized[`${step}`].flat();
    if (known.length !== linearized.length) deviations.push(Number.NaN);
    for (const [k, value] of known.entries())
      deviations.push(Math.abs(at(linearized, k) - value) / (1 + Math.abs(value)));
  };
  await fineTune({ ...options, trainer, onEvaluation });
  return deviations.length === 0 ? Number.NaN : Math.max(...deviations);
}
