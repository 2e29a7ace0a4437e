/** The dense side of the kets bench, a process of its own: matrices drawn and stored whole, steps in f32 by the engine. */

import { nodeEngine } from '../../src/finite/node/index.ts';
import { drawInitial, draws } from '../../src/numeric/index.ts';
import { follow, stepperOf, type Tensors } from '../../src/program/index.ts';
import { serve } from '../harness/serve.ts';
import { scalarsOf, sizesAt, trainedNumbers } from './entries.ts';
import { type DenseSimulation, told } from './sides.ts';

const { program, width, steps, seed = 0, threads } = told<DenseSimulation>();
const sizes = sizesAt(program, width);
const engine = nodeEngine({ threads });
let next = seed;

await serve({ name: `dense on ${engine.backend.name}`, parameters: trainedNumbers(program, width) }, async () => {
  const [cpu, started] = [process.cpuUsage(), performance.now()];
  const interpreter = engine.interpreter({ sizes, draw: draws(next) });
  // The matrices as they were drawn are held by the first state alone.
  const stepper = stepperOf(interpreter, program, interpreter.start(drawInitial(program, sizes, next++)));
  const drawing = { wall: (performance.now() - started) / 1000, cpu: cpuSeconds(cpu) };
  let outputs: Tensors = {};
  for await (const stepped of follow(stepper, {}, { to: steps })) outputs = stepped;
  return {
    answer: scalarsOf(program, outputs),
    notes: { drawingWall: drawing.wall, drawingCpu: drawing.cpu },
  };
});
await engine.release();

function cpuSeconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}
