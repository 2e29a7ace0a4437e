/** All trajectories of torch, in f64 by the oracle and in f32. */

import { afterAll } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { draws } from '../../../src/numeric/index.ts';
import { stepperOf } from '../../../src/program/index.ts';
import { interpret, oracle } from '../../../src/reference/index.ts';
import { describeTrajectories, IN_F32, IN_F64 } from './trajectories.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

const NAMES = ['sgd', 'sgd_small', 'adamw', 'adamw_small'] as const;

describeTrajectories(
  'in f32',
  NAMES.map((name) => ({ name, run: 'f32' })),
  {
    run: (program, feeds, sizes) => engine.run(program, feeds, sizes),
    stepper: (program, sizes, state, outputs) => engine.stepper(program, sizes, { state }, outputs),
    tolerance: IN_F32,
  },
);

describeTrajectories(
  'in f64',
  NAMES.map((name) => ({ name, run: 'f64' })),
  {
    run: (program, feeds, sizes) => interpret(program, feeds, sizes),
    stepper: async (program, sizes, state) => stepperOf(oracle({ sizes, draw: draws(0) }), program, state),
    tolerance: IN_F64,
  },
);
