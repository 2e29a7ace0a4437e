/** A run's kernels in two files, for Python and other readers. */

import { required } from '../../../errors/index.ts';
import type { Json, RunFolder } from '../../../runs/index.ts';
import { encodeNpz, encodeTensors, type Tensor } from '../../../runs/tensors/index.ts';
import type { Example } from '../../data/example.ts';
import type { OutputWeights } from '../../kernel/outputs.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import { asMetadata, exampleArrays } from './exampleArrays.ts';
import type { ComputedPart } from './kernelParts.ts';
import type { KernelRunOptions } from './kernelRunOptions.ts';

export const KERNEL_FILES = ['kernels.safetensors', 'kernels.npz'] as const;

/**
 * Every kernel (`kernel` is SGD's, `kernel.signgd` and so on) with its examples and the positions of every draw's among them.
 * Where draws have kernels of their own, names of these end in the seed, `rows.13` has the examples of their rows, the
 * training ones first, which the columns are of, and `head.weight.13` and `head.bias.13` what their logits are read with.
 */
export async function writeKernels(
  run: RunFolder<Json>,
  { task }: Pick<KernelRunOptions, 'task'>,
  inputs: KernelInputs,
  parts: readonly ComputedPart[],
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
    ...Object.fromEntries(parts.flatMap((part) => kernelTensors(part, places))),
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
  { inputs, kernels: found, head, seed }: ComputedPart,
  places: (list: readonly Example[]) => Int32Array,
): readonly (readonly [string, Tensor])[] {
  const { kernels, logits, classes, outputs } = found;
  const { examples, train } = inputs;
  const end = seed === undefined ? '' : `.${seed}`;
  return [
    ...[...kernels].map(([kind, data]): [string, Tensor] => [
      `${kind === 'sgd' ? 'kernel' : `kernel.${kind}`}${end}`,
      { shape: [examples.length * outputs, train * outputs], data },
    ]),
    [`logits${end}`, { shape: [examples.length, classes], data: logits }],
    ...(seed === undefined
      ? []
      : [[`rows${end}`, { shape: [examples.length], data: places(examples) }] as [string, Tensor]]),
    ...(head === undefined
      ? []
      : ([
          [`head.weight${end}`, { shape: [classes, head.weight.length / classes], data: head.weight }],
          [`head.bias${end}`, { shape: [classes], data: head.bias }],
        ] as [string, Tensor][])),
  ];
}
