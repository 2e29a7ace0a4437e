/** The lazy side of the kets bench, a process of its own. */

import { type KetOutputs, ketInterpreter } from '../../src/kets/index.ts';
import { followPhases } from '../../src/program/index.ts';
import { serve } from '../harness/serve.ts';
import { scalarsOf, trainedNumbers } from './entries.ts';
import { type LazySimulation, told } from './sides.ts';

const { program, width, steps, seed = 0, sampling = 'pseudo', limit = false } = told<LazySimulation>();
let next = seed;

await serve({ name: `kets, ${sampling}-random`, parameters: trainedNumbers(program, width) }, async () => {
  const interpreter = ketInterpreter({ width, seed: next++, sampling, limit });
  let last: KetOutputs = {};
  for await (const outputs of followPhases(interpreter, [{ program, steps }])) last = outputs;
  return { answer: scalarsOf(program, last), notes: { heldBytes: interpreter.peakBytes } };
});
