/** The linear model along all trajectories of torch, in f64 by the oracle and in f32. */

import { afterAll, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { engineTrainer } from '../../../src/lm/finetune/fineTune.ts';
import { describeWithShared } from '../../support/shared.ts';
import { oracleTrainer } from '../finetune/trajectories.ts';
import { farthestLinearized, IN_F32, IN_F64 } from './trajectories.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

describeWithShared('trajectories of torch', 'reference/lm-models/finetune', (folder) => {
  const runs = ['sgd', 'sgd_small', 'adamw', 'adamw_small'] as const;
  test.each(runs)('%s in f32', async (run) => {
    expect(await farthestLinearized(folder, run, 'f32', engineTrainer(engine))).toBeLessThan(IN_F32);
  });

  test.each(runs)('%s in f64', async (run) => {
    expect(await farthestLinearized(folder, run, 'f64', oracleTrainer)).toBeLessThan(IN_F64);
  });
});
