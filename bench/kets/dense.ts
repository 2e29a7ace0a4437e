/** The dense side of the kets bench, a process of its own: matrices drawn and stored whole, steps in f32 by the engine. */

import { nodeEngine } from '../../src/finite/index.ts';
import { drawInitial } from '../../src/numeric/index.ts';
import { type Program, step, type Tensor, type Tensors } from '../../src/program/index.ts';
import { serve } from '../harness/serve.ts';
import { scalarsOf, sizesAt, trainedNumbers } from './entries.ts';
import { type DenseSimulation, told } from './sides.ts';

const { program, width, steps, seed = 0, threads } = told<DenseSimulation>();
const sizes = sizesAt(program, width);
const engine = nodeEngine({ threads });
const run = (stepped: Program, feeds: Tensors): Promise<Tensors> => engine.run(stepped, feeds, sizes);
const isState = new Set(program.outputs.filter(({ role }) => role === 'state').map(({ name }) => name));
let next = seed;

await serve({ name: `dense on ${engine.backend.name}`, parameters: trainedNumbers(program, width) }, async () => {
  const [cpu, started] = [process.cpuUsage(), performance.now()];
  const drawn = Object.entries(drawInitial(program, sizes, next++));
  const drawing = { wall: (performance.now() - started) / 1000, cpu: cpuSeconds(cpu) };
  const part = (state: boolean): Record<string, Tensor> =>
    Object.fromEntries(drawn.filter(([name]) => isState.has(name) === state));
  const data = part(false);
  let [state, outputs]: [Tensors, Tensors] = [part(true), {}];
  drawn.length = 0; // the matrices as they were drawn are not needed after the first step
  for (let k = 0; k < steps; k++) ({ state, outputs } = await step(run, program, state, data));
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
