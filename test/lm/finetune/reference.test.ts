/** Fine-tuning in f32 by the engine against transformers with torch's optimizers. */

import { afterAll, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { engineTrainer } from '../../../src/lm/finetune/fineTune.ts';
import { describeWithShared } from '../../support/shared.ts';
import { farthest, type RUNS } from './trajectories.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

describeWithShared('trajectories of transformers', 'reference/lm-models/finetune', (folder) => {
  test.each<keyof typeof RUNS>(['sgd', 'adamw', 'sgd_small', 'adamw_small'])('%s in f32', async (run) => {
    const { losses, logits } = await farthest(folder, run, 'f32', engineTrainer(engine));
    expect(losses).toBeLessThan(1e-3);
    expect(logits).toBeLessThan(1e-3);
  });
});
