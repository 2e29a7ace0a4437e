/** Products of a block, and what layers add to them. */

import { entry } from '../../numeric/index.ts';
import type { Tensor } from '../../program/index.ts';
import { layerPairName } from './kernelBlocks.ts';
import type { ComputedKind } from './kernelKinds.ts';

/** Products by the names of their pairs of batches. */
export type ProductsByKind = Map<ComputedKind, Record<string, Tensor<Float64Array>>>;

/** Adds the part of a layer to its pair's products; of several, each stands for itself too. */
export function addPart(
  tensors: Record<string, Tensor<Float64Array>>,
  pair: string,
  part: Tensor<Float64Array>,
  layers: number,
  layer: number,
): void {
  const sum = tensors[pair];
  if (layers > 1) tensors[layerPairName(pair, layer)] = part;
  tensors[pair] = sum === undefined ? part : { ...part, data: sum.data.map((value, k) => value + entry(part.data, k)) };
}
