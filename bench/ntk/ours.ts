/** Our side of the bench of closed-form kernels, a process of its own. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { required } from '../../src/errors/index.ts';
import { nodeProduct, nodeRuntime } from '../../src/finite/node/index.ts';
import { limitingKernelsOn } from '../../src/kernels/index.ts';
import { threadTeam } from '../../src/kernels/node/index.ts';
import { layerNet } from '../../src/nets/index.ts';
import { type Tensors, tensor } from '../../src/program/index.ts';
import { serve } from '../harness/serve.ts';
import { ANSWER_STRIDE, FILES, type KernelCase } from './cases.ts';

const { values } = parseArgs({ options: { case: { type: 'string' }, threads: { type: 'string' } } });
const folder = required(values.case, 'folder of a case');
const threads = Number(values.threads);
const { layers, examples, shape } = JSON.parse(await readFile(join(folder, FILES.spec), 'utf8')) as KernelCase; // by bench.ts
const axes = ['batch', ...(shape.length === 3 ? ['row', 'column'] : []), 'input'];

async function inputs(file: string): Promise<Tensors> {
  const bytes = await readFile(join(folder, file));
  const numbers = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return { x: tensor(axes, [examples, ...shape], numbers) };
}

const { program } = layerNet(['serial', { layers }], shape);
const [x1, x2] = [await inputs(FILES.x1), await inputs(FILES.x2)];
const team = threadTeam({ threads });
const machine = { team, product: nodeProduct({ threads }) };

await serve({ name: `nexort, ${nodeRuntime()}, ${threads} threads`, parameters: 0 }, async () => {
  const { ntk } = await limitingKernelsOn(machine, program, { x1, x2, sizes: { n: 1 }, only: 'ntk' });
  const count = Math.ceil(ntk.data.length / ANSWER_STRIDE);
  return { answer: Array.from({ length: count }, (_, k) => Number(ntk.data[k * ANSWER_STRIDE])) };
});
await team.close();
