/** Fine-tuning in f64 by the reference interpreter against transformers with torch's optimizers. */

import { expect, test } from 'vitest';
import { describeWithShared } from '../../support/shared.ts';
import { farthest, oracleTrainer, type RUNS } from './trajectories.ts';

describeWithShared('trajectories of transformers', 'reference/lm-models/finetune', (folder) => {
  test.each<keyof typeof RUNS>(['sgd', 'adamw'])('%s in f64', async (run) => {
    const { losses, logits } = await farthest(folder, run, 'f64', oracleTrainer);
    expect(losses).toBeLessThan(1e-5);
    expect(logits).toBeLessThan(1e-5);
  });
});
