/** Weights as stores of tensors keep them, with their axes. */

import { required } from '../../errors/index.ts';
import type { Axis, Tensor, Tensors } from '../../program/index.ts';
import type { StoredCheckpoint } from '../../training/index.ts';

const AXES = 'axes';

/** Weights with texts beside them. */
export function storedWeights(weights: Tensors, texts: Readonly<Record<string, string>>): StoredCheckpoint {
  const own = Object.entries(weights);
  return {
    tensors: Object.fromEntries(own.map(([name, { shape, data }]) => [name, { shape, data }])),
    metadata: { ...texts, [AXES]: JSON.stringify(Object.fromEntries(own.map(([name, { axes }]) => [name, axes]))) },
  };
}

/** The weights of what {@link storedWeights} made. */
export function weightsIn({ tensors, metadata }: StoredCheckpoint): Tensors {
  const axes = JSON.parse(required(metadata[AXES], 'axes of weights')) as Record<string, Axis[]>; // see above
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]): [string, Tensor] => [
      name,
      { axes: required(axes[name], `axes of "${name}"`), shape, data },
    ]),
  );
}
