/** A run's kernels in two files, for Python and other readers. */

import { required } from '../../../errors/index.ts';
import type { Json, RunFolder } from '../../../runs/index.ts';
import { encodeNpz, encodeTensors } from '../../../runs/tensors/index.ts';
import type { Example } from '../../data/example.ts';
import type { EmpiricalKernels } from '../../kernel/kernelOptions.ts';
import type { OutputWeights } from '../../kernel/outputs.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import { asMetadata, exampleArrays } from './exampleArrays.ts';
import type { KernelRunOptions } from './kernelRunOptions.ts';

export const KERNEL_FILES = ['kernels.safetensors', 'kernels.npz'] as const;

/** Every kernel (`kernel` is SGD's, `kernel.signgd` and so on) with its examples and the positions of every draw's among them. */
export async function writeKernels(
  run: RunFolder<Json>,
  { task }: Pick<KernelRunOptions, 'task'>,
  inputs: KernelInputs,
  { kernels, logits, classes, outputs }: EmpiricalKernels,
  { weights }: OutputWeights,
): Promise<void> {
  const { data, positions, test, train, examples } = inputs;
  const { labels, texts } = exampleArrays(task, inputs);
  const places = (list: readonly Example[]): Int32Array =>
    Int32Array.from(list, (example) => required(positions.get(example), 'position of an example in the kernel'));
  const draws = data.draws.flatMap((draw) => [
    [`train.${draw.seed}`, places(draw.train)] as const,
    [`dev.${draw.seed}`, places(draw.dev)] as const,
  ]);
  const tensors = {
    ...Object.fromEntries(
      [...kernels].map(([kind, data]) => [
        kind === 'sgd' ? 'kernel' : `kernel.${kind}`,
        { shape: [examples.length * outputs, train * outputs], data },
      ]),
    ),
    logits: { shape: [examples.length, classes], data: logits },
    outputs: { shape: [classes, outputs], data: Float64Array.from(weights) },
    labels,
    test: { shape: [test.length], data: places(test) },
    ...Object.fromEntries(draws.map(([name, data]) => [name, { shape: [data.length], data }])),
  };
  const [safetensors, npz] = KERNEL_FILES;
  await run.writeFile(npz, encodeNpz({ ...tensors, ...texts }));
  await run.writeFile(safetensors, Buffer.concat(encodeTensors(tensors, asMetadata(texts))));
}
