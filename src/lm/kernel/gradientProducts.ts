/**
 * Inner products of matrices' gradients between blocks of examples, from their factors: the gradient of output c at
 * example i is Σ_p d[i, c, p] ⊗ x[i, p] over the places p where the matrix is used.
 *
 * Explicit: gradients are written out a strip of rows at a time, for all blocks at once, multiplied, and forgotten, so
 * that a strip stays in the cache and no gradient is ever whole in memory. Factored: Σ_pq (x[i,p]·x[j,q]) (d[i,p]·d[j,q]),
 * no gradient at all, which pays where places are few. Carried (carriedProducts.ts) is between the two. Strips and
 * parameters are f32 each and added in f64.
 */

import type { Engine } from '../../finite/index.ts';
import { type Tensors, Writer } from '../../program/index.ts';
import { type Carrier, carriedProducts } from './carriedProducts.ts';
import { explicitProducts, type StripTaker } from './explicitProducts.ts';
import { OUTPUT } from './kernelPrograms.ts';
import {
  add,
  blockAt,
  type DenseBlock,
  emptyProducts,
  type FactorBlock,
  matrixSize,
  type Pair,
  size,
} from './productBlocks.ts';
import { cheapestForm } from './productForms.ts';
import { gram, type ProductProgram, realInput, symbolSpace } from './productPrograms.ts';

export interface MatrixProductsOptions {
  readonly engine: Engine;
  /** Of the same backend. */
  readonly carrier: Carrier;
  readonly blocks: readonly FactorBlock[];
  readonly pairs: readonly Pair[];
  readonly outputs: number;
  /** Whether the products themselves, those of SGD's kernel, are wanted. */
  readonly plain: boolean;
  /** What else gradients are wanted for. */
  readonly taker?: StripTaker;
}

/**
 * Products of one matrix's gradients for every pair of blocks, [row examples · outputs × column examples · outputs], in the
 * form that costs less; none where they are not wanted. What takes strips has all of them.
 */
export async function matrixProducts(options: MatrixProductsOptions): Promise<Float64Array[]> {
  const { engine, carrier, blocks, pairs, outputs, plain, taker } = options;
  // Whatever else takes strips: a kernel's numbers do not depend on the others.
  const { form } = cheapestForm(blocks, pairs, outputs, matrixSize(blocks, outputs));
  if (form === 'explicit') {
    return plain || taker !== undefined ? explicitProducts(engine, blocks, plain ? pairs : [], outputs, taker) : [];
  }
  if (taker !== undefined) await explicitProducts(engine, blocks, [], outputs, taker);
  if (!plain) return [];
  if (form === 'carried') return carriedProducts(carrier, blocks, pairs, outputs);
  return factoredProducts(engine, blocks, pairs, outputs);
}

/** The factored form; {@link matrixProducts} chooses. */
export async function factoredProducts(
  engine: Engine,
  blocks: readonly FactorBlock[],
  pairs: readonly Pair[],
  outputs: number,
): Promise<Float64Array[]> {
  const { rows, columns } = matrixSize(blocks, outputs);
  const totals = emptyProducts(blocks, pairs, outputs);
  const feeds = (k: number, side: number): Tensors => {
    const { examples, places, x, d } = blockAt(blocks, k);
    const [row, place, output] = [`row${side}`, `place${side}`, side === 0 ? OUTPUT : `${OUTPUT}'`];
    return {
      [`x${side}`]: { axes: [row, place, 'column'], shape: [examples, places, columns], data: x },
      [`d${side}`]: { axes: [row, output, place, 'entry'], shape: [examples, outputs, places, rows], data: d },
    };
  };
  for (const [k, [row, column]] of pairs.entries()) {
    const results = await engine.run(factored.program, { ...feeds(row, 0), ...feeds(column, 1) }, {}, factored.orders);
    add(blockAt(totals, k), results.product);
  }
  return totals;
}

/** Products of gradients that are at hand in full. */
export async function denseProducts(
  engine: Engine,
  blocks: readonly DenseBlock[],
  pairs: readonly Pair[],
  outputs: number,
): Promise<Float64Array[]> {
  const totals = emptyProducts(blocks, pairs, outputs);
  for (const [k, [row, column]] of pairs.entries()) {
    const [left, right] = [blockAt(blocks, row).gradients, blockAt(blocks, column).gradients];
    // A stage may have no such gradients.
    if (left.length + right.length === 0) continue;
    const lines = [size(blocks, row) * outputs, size(blocks, column) * outputs] as const;
    const results = await engine.run(gram, {
      left: { axes: ['row', 'entry'], shape: [lines[0], left.length / lines[0]], data: left },
      right: { axes: ['column', 'entry'], shape: [lines[1], right.length / lines[1]], data: right },
    });
    add(blockAt(totals, k), results.product);
  }
  return totals;
}

const factored = factoredProgram();

function factoredProgram(): ProductProgram {
  const writer = new Writer('products of gradients from their factors');
  for (const name of [OUTPUT, 'column', 'entry']) symbolSpace(writer, name);
  const factors = (side: 0 | 1) => {
    const [row, place] = [symbolSpace(writer, `row${side}`), symbolSpace(writer, `place${side}`)];
    return {
      x: realInput(writer, `x${side}`, [row, place, 'column']),
      d: realInput(writer, `d${side}`, [row, side === 0 ? OUTPUT : `${OUTPUT}'`, place, 'entry']),
    };
  };
  const [left, right] = [factors(0), factors(1)];
  const inputs = writer.contract(left.x, right.x, ['column']);
  const cotangents = writer.contract(left.d, right.d, ['entry']);
  writer.output('product', writer.contract(cotangents, inputs, ['place0', 'place1']));
  return { program: writer.finish(), orders: { product: ['row0', OUTPUT, 'row1', `${OUTPUT}'`] } };
}
