/** The lazy side of the kets bench, a process of its own. */

import { type Columns, KetRun } from '../../src/kets/index.ts';
import type { Tensor } from '../../src/program/index.ts';
import { serve } from '../harness/serve.ts';
import { scalarsOf, trainedNumbers } from './entries.ts';
import { type LazySimulation, told } from './sides.ts';

const { program, width, steps, seed = 0, sampling = 'pseudo', limit = false } = told<LazySimulation>();
let next = seed;

await serve({ name: `kets, ${sampling}-random`, parameters: trainedNumbers(program, width) }, async () => {
  const run = new KetRun(program, { width, seed: next++, sampling, limit });
  let outputs: Readonly<Record<string, Tensor | Columns>> = {};
  for (let k = 0; k < steps; k++) outputs = run.step();
  return { answer: scalarsOf(program, outputs), notes: { heldBytes: run.peakBytes } };
});
