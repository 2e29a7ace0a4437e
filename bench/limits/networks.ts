/**
 * Dense networks of the limits bench, a process of its own: the engine in f32, whose stepper is compiled once and loaded
 * with new weights for each network. Drawing counts.
 */

import { required } from '../../src/errors/index.ts';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { type Stepper, symbolsOf, type Tensors } from '../../src/program/index.ts';
import { drawState } from '../../src/training/index.ts';
import { serve } from '../harness/serve.ts';
import { problemNamed } from './problems.ts';
import { type NetworksTold, told } from './sides.ts';

const { problem, width, seconds } = told<NetworksTold>();
const { program, data, steps, output } = problemNamed(problem);
const sizes = { ...symbolsOf(program, { n: width }, data), n: width };
const engine = nodeEngine({ threads: 1 });
let stepper: Stepper | undefined;
let seed = 0;

// The answer: the last outputs of one network after the other.
await serve({ name: `networks of width ${width}`, parameters: 0 }, async () => {
  const cpu = process.cpuUsage();
  const rows: number[][] = [];
  for (;;) {
    const { user, system } = process.cpuUsage(cpu);
    if (rows.length >= 2 && (user + system) / 1e6 >= seconds) break;
    rows.push(await trained());
  }
  return { answer: rows.flat(), notes: { networks: rows.length } };
});
await stepper?.release();
await engine.release();

async function trained(): Promise<number[]> {
  const state = drawState(program, sizes, seed++);
  if (stepper === undefined) stepper = await engine.stepper(program, sizes, { state }, [output]);
  else stepper.load(state);
  let outputs: Tensors = {};
  for (let step = 0; step <= steps; step++) outputs = await stepper.step(data);
  return Array.from(required(outputs[output], `output "${output}"`).data);
}
