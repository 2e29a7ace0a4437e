/** The process that is measured: one kernel of a checkpoint, planned for a memory; the one file that knows how the library does it. */

import { parseArgs } from 'node:util';
import { required } from '../../src/errors/index.ts';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { empiricalKernels, findTask, logitDifference, selectParameters, taskFor } from '../../src/lm/index.ts';
import { fitPlan, forecastBytes } from '../../src/lm/kernel/forecast.ts';
import { KernelCosts } from '../../src/lm/kernel/kernelCosts.ts';
import { openLanguageModel } from '../../src/lm/model/checkpoint.ts';
import { checkpointFolder, kernelInputs } from '../../src/lm/node/index.ts';
import { headFeeds } from '../../src/lm/run/setting.ts';
import { openRun } from '../../src/runs/index.ts';
import { peakBytes } from '../harness/peak.ts';
import { say } from '../output.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    data: { type: 'string' },
    memory: { type: 'string' },
    threads: { type: 'string' },
    selected: { type: 'string' },
    run: { type: 'string' },
  },
});
const given = (name: keyof typeof values): string => required(values[name], `--${name}`);
/** For each of the two classes: eight examples. */
const SHOTS = 4;

const engine = nodeEngine({ threads: Number(given('threads')) });
const files = checkpointFolder(given('model'));
const inputs = await kernelInputs({
  task: taskFor(findTask('sst-2'), { family: 'llama' }),
  model: given('model'),
  source: { path: given('data') },
  shots: SHOTS,
  seeds: [13],
  limit: 1,
});
const examples = inputs.encoded.slice(0, inputs.train);
const train = [...examples.keys()];
const model = await openLanguageModel(files, () => ({ kind: 'words', classes: 2, untie: false }));
const selected = selectParameters(given('selected'));
const costs = new KernelCosts({ chain: model.net.chain, outputs: logitDifference.outputs, selected });
const planning = { costs, examples, draws: [{ train, rows: train }], base: process.memoryUsage.rss() };
const run = await openRun({
  folder: given('run'),
  identity: { job: 'streaming', model: given('model') },
  plan: () => JSON.parse(JSON.stringify(fitPlan({ ...planning, memory: Number(given('memory')) }))),
});
const fitted = run.plan as unknown as ReturnType<typeof fitPlan>; // as it was made above
const started = performance.now();
const { kernels, logits, parameterCount } = await empiricalKernels({
  engine,
  model,
  examples,
  train,
  kinds: ['sgd'],
  outputs: logitDifference,
  head: headFeeds(inputs.labelIds),
  selected,
  plan: fitted.plan,
  store: run,
  onProgress: (share) => say(`${(100 * share).toFixed(1)} %, ${((performance.now() - started) / 1000).toFixed(0)} s`),
});
console.log(
  JSON.stringify({
    tokens: examples.map(({ ids }) => ids.length),
    parameters: model.parameterCount,
    selected: parameterCount,
    forecastBytes: forecastBytes(planning, fitted),
    peakBytes: peakBytes(),
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
    kernel: [...required(kernels.get('sgd'), 'kernel of SGD')],
    logits: [...logits],
    resumed: run.resumed,
  }),
);
await run.close();
await model.close();
await engine.release();
