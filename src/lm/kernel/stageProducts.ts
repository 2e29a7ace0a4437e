/** Products of all gradients of a stage between the batches of two chunks. */

import { required } from '../../errors/index.ts';
import type { Engine } from '../../finite/index.ts';
import { entry } from '../../numeric/index.ts';
import type { GradientBlocks } from './gradientBlocks.ts';
import { denseProducts, matrixProducts, type Pair } from './gradientProducts.ts';

export interface StageProductsOptions {
  readonly engine: Engine;
  readonly outputs: number;
  /** Gradients of a chunk's batches: the columns of products. */
  readonly columns: readonly GradientBlocks[];
  /** Those of another chunk, the rows; absent for the products of the chunk with itself. */
  readonly rows?: readonly GradientBlocks[];
  /** Called with the share of the work that a matrix was. */
  readonly onProgress: (share: number) => void;
}

/** Sums over parameters by pair; pairs name batches by their places among the columns and then the rows. */
export interface StageProducts {
  readonly pairs: readonly Pair[];
  readonly totals: readonly Float64Array[];
}

/** Multiplies one parameter after the other, so that the order of sums is fixed. */
export async function stageProducts(options: StageProductsOptions): Promise<StageProducts> {
  const { engine, outputs, columns, rows = [], onProgress } = options;
  const batches = [...columns, ...rows];
  const pairs = pairsOf(columns.length, rows.length);
  const totals = await denseProducts(
    engine,
    batches.map(({ dense }) => dense),
    pairs,
    outputs,
  );
  const count = required(columns[0], 'batch of a chunk').matrices.length;
  for (let m = 0; m < count; m++) {
    const blocks = batches.map(({ matrices }) => required(matrices[m], `factors of matrix ${m}`));
    const products = await matrixProducts(engine, blocks, pairs, outputs);
    totals.forEach((total, k) => {
      const product = required(products[k], `product of pair ${k}`);
      for (let e = 0; e < total.length; e++) total[e] = entry(total, e) + entry(product, e);
    });
    onProgress(1 / count);
  }
  return { pairs, totals };
}

/** Every row with every column; without rows, the columns with themselves, one of each two that mirror each other. */
export function pairsOf(columns: number, rows: number): Pair[] {
  const symmetric = rows === 0;
  const pairs: Pair[] = [];
  for (let r = symmetric ? 0 : columns; r < columns + rows; r++) {
    for (let c = 0; c < columns && (!symmetric || c <= r); c++) pairs.push([r, c]);
  }
  return pairs;
}
