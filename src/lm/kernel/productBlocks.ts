/** Blocks of examples whose gradients are multiplied, and sums of their products. */

import { required } from '../../errors/index.ts';
import { entry } from '../../numeric/index.ts';
import { entries, type Tensor } from '../../program/index.ts';

/** How many examples a block has, and at how many places of each the matrix is used. */
export interface BlockSize {
  readonly examples: number;
  readonly places: number;
}

/** The factors of one matrix's gradient for one block of examples. */
export interface FactorBlock extends BlockSize {
  /** [examples × places × columns]. */
  readonly x: Float32Array;
  /** [examples × outputs × places × rows]. */
  readonly d: Float32Array;
}

/** Dense gradients for one block of examples, [examples · outputs × entries]. */
export interface DenseBlock {
  readonly examples: number;
  readonly gradients: Float32Array;
}

/** Which blocks to multiply: the first one's examples become rows, the second one's columns. */
export type Pair = readonly [row: number, column: number];

/** Numbers of a matrix, as seen by its factors. */
export interface MatrixSize {
  readonly rows: number;
  readonly columns: number;
}

/** The k-th of some blocks. */
export const blockAt = <B>(blocks: readonly B[], k: number): B => required(blocks[k], `block ${k}`);
/** Its examples. */
export const size = (blocks: readonly { readonly examples: number }[], k: number): number =>
  blockAt(blocks, k).examples;

/** The size of a matrix, from the factors of its gradients. */
export function matrixSize(blocks: readonly FactorBlock[], outputs: number): MatrixSize {
  const block = blockAt(blocks, 0);
  const uses = block.examples * block.places;
  return { rows: block.d.length / (uses * outputs), columns: block.x.length / uses };
}

/** Zeros for the products of pairs. */
export function emptyProducts(
  blocks: readonly { readonly examples: number }[],
  pairs: readonly Pair[],
  outputs: number,
): Float64Array[] {
  return pairs.map(([r, c]) => new Float64Array(size(blocks, r) * size(blocks, c) * outputs ** 2));
}

/** Adds products in f32 to a sum of as many. */
export function add(total: Float64Array, values: Tensor | undefined): void {
  const fits = values !== undefined && entries(values.shape) === total.length;
  const { data } = required(fits ? values : undefined, `product of ${total.length} numbers`);
  // Cast: both have as many numbers.
  for (let k = 0; k < total.length; k++) total[k] = entry(total, k) + (data[k] as number);
}
