/** Our side of the kernel bench, a process of its own; the one file that knows how the library computes a kernel. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { required } from '../../src/errors/index.ts';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { threadTeam } from '../../src/kernels/node/index.ts';
import { empiricalKernels, everyClass, KERNEL_KINDS, loadLanguageModel, selectParameters } from '../../src/lm/index.ts';
import { checkpointFolder } from '../../src/lm/node/index.ts';
import { serve } from '../harness/serve.ts';
import { INPUTS } from './checkpoint.ts';

/** Weights, biases and layer norms of the blocks; the embeddings, their layer norm included, are left out. */
const BLOCKS = 'match:*.encoder.layer.*';

const { values } = parseArgs({
  options: { model: { type: 'string' }, threads: { type: 'string' }, kernels: { type: 'string', default: 'sgd' } },
});
const folder = required(values.model, 'folder of a model');
const engine = nodeEngine({ threads: Number(values.threads) });
const team = threadTeam({ threads: Number(values.threads) });
const asked = values.kernels.split(',');
const kinds = KERNEL_KINDS.filter((kind) => asked.includes(kind));
const model = await loadLanguageModel(checkpointFolder(folder), () => ({ kind: 'functional', classes: 1 }));
const { tokens, functional } = JSON.parse(await readFile(join(folder, INPUTS), 'utf8')) as {
  readonly tokens: readonly (readonly number[])[];
  readonly functional: readonly number[];
}; // written by checkpoint.ts
const selected = selectParameters(BLOCKS);
const parameters = model.net.parameters
  .flatMap(({ name, checkpoint }) => (checkpoint !== undefined && selected(name) ? [checkpoint.shape] : []))
  .reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);

await serve({ name: `nexort on ${engine.backend.name}`, parameters }, async () => {
  const { kernels } = await empiricalKernels({
    engine,
    team,
    kinds,
    model,
    examples: tokens.map((ids) => ({ ids, place: 0 })),
    train: tokens.map((_, k) => k),
    outputs: everyClass(1),
    head: {
      functional: { axes: ['class', 'n'], shape: [1, functional.length], data: Float32Array.from(functional) },
      offset: { axes: ['class'], shape: [1], data: new Float32Array(1) },
    },
    selected,
  });
  return { answer: [...kernels.values()].flatMap((kernel) => [...kernel]) };
});
await engine.release();
await team.close();
