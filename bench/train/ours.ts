/** Our side of the train bench, a process of its own. */

import { parseArgs } from 'node:util';
import { required } from '../../src/errors/index.ts';
import { at } from '../../src/numeric/index.ts';
import { entries } from '../../src/program/index.ts';
import { serve } from '../harness/serve.ts';
import { openCase } from './case.ts';
import { makeStepper } from './stepper.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { case: text, threads: text, steps: text } });
const file = required(values.case, 'file of a case');
const steps = Number(values.steps);
const { workload, batches, weights } = openCase(file);
const parameters = Object.values(weights).reduce((sum, { shape }) => sum + entries(shape), 0);
const stepper = await makeStepper(workload, Number(values.threads));
await load();

await serve(
  { name: `nexort on ${stepper.name}`, parameters },
  async () => {
    const losses: number[] = [];
    for (let k = 0; k < steps; k++) {
      const { loss } = await stepper.step(at(batches, k % batches.length));
      losses.push(required(loss?.data[0], 'loss of a step'));
    }
    return { answer: losses };
  },
  load,
);
await stepper.release();

async function load(): Promise<void> {
  await stepper.load(weights);
}
