/** A run's kernels in two files, for Python and other readers. */

import { required } from '../../../errors/index.ts';
import type { Json, RunFolder } from '../../../runs/index.ts';
import { encodeNpz, encodeTensors, type Tensor } from '../../../runs/tensors/index.ts';
import type { Example } from '../../data/example.ts';
import type { OutputWeights } from '../../kernel/outputs.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import { asMetadata, exampleArrays } from './exampleArrays.ts';
import type { DrawKernels } from './kernelParts.ts';
import type { KernelRunOptions } from './kernelRunOptions.ts';

export const KERNEL_FILES = ['kernels.safetensors', 'kernels.npz'] as const;

/**
 * Every draw's kernels (`kernel.13` is SGD's of seed 13, `kernel.signgd.13` and so on) and logits, with the run's examples:
 * `rows.13` has the positions of the draw's rows among them, the training ones first, which the columns are of. Where draws
 * have heads of their own, `head.weight.13` and `head.bias.13` are what their logits are read with.
 */
export async function writeKernels(
  run: RunFolder<Json>,
  { task }: Pick<KernelRunOptions, 'task'>,
  inputs: KernelInputs,
  found: readonly DrawKernels[],
  { weights, outputs }: OutputWeights,
): Promise<void> {
  const { data, positions, test } = inputs;
  const { labels, texts } = exampleArrays(task, inputs);
  const places = (list: readonly Example[]): Int32Array =>
    Int32Array.from(list, (example) => required(positions.get(example), 'position of an example in the kernel'));
  const draws = data.draws.flatMap((draw) => [
    [`train.${draw.seed}`, places(draw.train)] as const,
    [`dev.${draw.seed}`, places(draw.dev)] as const,
  ]);
  const classes = task.labels.length;
  const tensors = {
    ...Object.fromEntries(found.flatMap((draw) => kernelTensors(draw, places))),
    outputs: { shape: [classes, outputs], data: Float64Array.from(weights) },
    labels,
    test: { shape: [test.length], data: places(test) },
    ...Object.fromEntries(draws.map(([name, data]) => [name, { shape: [data.length], data }])),
  };
  const [safetensors, npz] = KERNEL_FILES;
  await run.writeFile(npz, encodeNpz({ ...tensors, ...texts }));
  await run.writeFile(safetensors, Buffer.concat(encodeTensors(tensors, asMetadata(texts))));
}

function kernelTensors(
  { inputs, kernels: found, head, seed }: DrawKernels,
  places: (list: readonly Example[]) => Int32Array,
): readonly (readonly [string, Tensor])[] {
  const { kernels, logits, classes, outputs } = found;
  const { examples, train } = inputs;
  const tensors: [string, Tensor][] = [...kernels].map(([kind, data]) => [
    kind === 'sgd' ? 'kernel' : `kernel.${kind}`,
    { shape: [examples.length * outputs, train * outputs], data },
  ]);
  tensors.push(['logits', { shape: [examples.length, classes], data: logits }]);
  tensors.push(['rows', { shape: [examples.length], data: places(examples) }]);
  if (head !== undefined) {
    tensors.push(['head.weight', { shape: [classes, head.weight.length / classes], data: head.weight }]);
    tensors.push(['head.bias', { shape: [classes], data: head.bias }]);
  }
  return tensors.map(([name, tensor]) => [`${name}.${seed}`, tensor] as const);
}
