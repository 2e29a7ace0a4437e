/** The infinite width of the limits bench, a process of its own: the library's estimate, as its users run it. */

import { required } from '../../src/errors/index.ts';
import { estimateLimit } from '../../src/kets/index.ts';
import { serve } from '../harness/serve.ts';
import { problemNamed } from './problems.ts';
import { type LimitTold, sizeName, told } from './sides.ts';

const asked = told<LimitTold>();
const { problem, width, subsample, scramblings, tolerance, seed: first = 0 } = asked;
const { program, data, steps, output } = problemNamed(problem);
let seed = first;

// The answer: values of the last output, then their standard errors.
await serve({ name: `limit at ${sizeName(asked)}`, parameters: 0 }, async () => {
  const path = await estimateLimit(program, {
    steps: steps + 1,
    data,
    seed,
    ...(width === undefined ? {} : { width }),
    ...(subsample === undefined ? {} : { subsample }),
    ...(tolerance === undefined ? {} : { tolerance }),
    ...(scramblings === undefined ? {} : { seeds: scramblings }),
  });
  seed += 1000;
  const last = required(path.at(-1), 'last step').find(({ name }) => name === output);
  const { entries } = required(last, `output "${output}"`);
  return { answer: [...entries.map(({ value }) => value), ...entries.map(({ standardError }) => standardError)] };
});
