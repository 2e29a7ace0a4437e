/** Our side of the train bench, a process of its own. */

import { parseArgs } from 'node:util';
import { required } from '../../src/errors/index.ts';
import { at } from '../../src/numeric/index.ts';
import { serve } from '../harness/serve.ts';
import { readCase } from './case.ts';
import { makeStepper } from './stepper.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { case: text, threads: text, steps: text } });
const file = required(values.case, 'file of a case');
const steps = Number(values.steps);
const { workload, batches, parameters } = await start();
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

/** What stays; the weights do not, so that no copy of them counts in the peak. */
async function start() {
  const { workload, batches, weights } = await readCase(file);
  const parameters = Object.values(weights).reduce((sum, { data }) => sum + data.length, 0);
  // Copies: views would keep the whole file.
  const kept = batches.map((batch) =>
    Object.fromEntries(Object.entries(batch).map(([name, value]) => [name, { ...value, data: value.data.slice() }])),
  );
  return { workload, batches: kept, parameters };
}

async function load(): Promise<void> {
  const { weights } = await readCase(file);
  await stepper.load(weights);
}
