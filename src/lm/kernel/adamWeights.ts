/**
 * What Adam divides gradients by, as weights of the entries of parameters: 1 / (√v + ε). v is that of Kingma & Ba 2015;
 * a kernel with such weights is ours.
 */

import { required } from '../../errors/index.ts';
import type { StagePrograms } from '../../finite/index.ts';
import { type Axis, globalName, reorder, type Tensor, type Tensors, without } from '../../program/index.ts';
import { BATCH, OUTPUT } from './kernelPrograms.ts';
import type { StageWeights } from './stageProducts.ts';

/** Second moments of gradients, by the net's parameters. */
export interface SecondMoments {
  /** Added to √v. */
  readonly epsilon: number;
  /** Names these moments in blocks, so that no others are taken for them. */
  readonly fingerprint?: string;
  /** Those of these parameters, on the axes of the net's. */
  load(names: readonly string[]): Promise<Tensors>;
}

/** Adam's ε as most frameworks have it. */
export const ADAM_EPSILON = 1e-8;

/** Weights of the gradients that a stage hands out. */
export async function stageWeights(
  { load, epsilon }: SecondMoments,
  { stage, matrices, dense, orders }: StagePrograms,
): Promise<StageWeights> {
  const named = [...matrices.map(({ local }) => local), ...dense].map((local) => globalName(stage, local));
  const moments = await load(named);
  const weights = (local: string, axes?: readonly Axis[]): Float32Array =>
    weightsOf(required(moments[globalName(stage, local)], `second moments of "${local}"`), epsilon, axes);
  const orderOf = (output: string): readonly Axis[] => required(orders[output], `order of "${output}"`);
  const parts = dense.map((local) => weights(local));
  const joined = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    joined.set(part, start);
    start += part.length;
  }
  return {
    matrices: matrices.map(({ local, input, cotangent, places }) => {
      // [batch, output, …places, …rows] and [batch, …places, …columns].
      const rows = orderOf(cotangent).slice(2 + places.length);
      return weights(local, [...rows, ...orderOf(input).slice(1 + places.length)]);
    }),
    dense: joined,
  };
}

/** Weights of a table's entries, row by row, as the cotangents of its rows have their axes. */
export async function tableWeights(
  { load, epsilon }: SecondMoments,
  { stage }: Pick<StagePrograms, 'stage'>,
  { local, axis, indexAxes, cotangentAxes }: StagePrograms['rows'][number],
): Promise<Float32Array> {
  const name = globalName(stage, local);
  const moments = await load([name]);
  const own = without(cotangentAxes, [BATCH, OUTPUT, ...indexAxes]);
  return weightsOf(required(moments[name], `second moments of "${name}"`), epsilon, [axis, ...own]);
}

function weightsOf(moments: Tensor, epsilon: number, axes = moments.axes): Float32Array {
  return Float32Array.from(reorder(moments, axes).data, (v) => 1 / (Math.sqrt(v) + epsilon));
}
