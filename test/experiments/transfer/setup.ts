/** What transfers are tested with: a small problem and the engine. */

import { type TransferOptions, teacherExamples } from '../../../src/experiments/index.ts';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { mlp } from '../../../src/nets/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';

export const engine = nodeEngine({ threads: 1 });
export const stepper: TransferOptions['stepper'] = (program, sizes, state) => engine.stepper(program, sizes, { state });
export const examples = await teacherExamples({
  ...{ examples: 512, input: 16, classes: 4 },
  run: (program, feeds, sizes) => engine.run(program, feeds, sizes),
});
export const common = { net: mlp({ depth: 2, classes: 4 }), optimizer: optimizerNamed('adam'), examples, stepper };

export const rates = (least: number, greatest: number): number[] =>
  Array.from({ length: greatest - least + 1 }, (_, k) => 2 ** (least + k));
