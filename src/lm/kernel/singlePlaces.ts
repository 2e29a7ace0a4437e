/**
 * Products of signs of a matrix's gradients where each example uses it at one place: there the gradient of an output is
 * d ⊗ x, its signs are those of d times those of x, and inner products are those of the two factors, multiplied. Nothing
 * is written out, and a product that f32 would round to 0 has its sign.
 */

import { required, unreachable } from '../../errors/index.ts';
import type { Engine } from '../../finite/index.ts';
import { at } from '../../numeric/index.ts';
import { type FactorBlock, matrixSize } from './productBlocks.ts';
import { gram } from './productPrograms.ts';
import type { TileKind, TileSides, TileTotals } from './tileProducts.ts';

/** Kernels of signs; weights of Adam's are of entries, and no product of two factors. */
export type SignKind = Exclude<TileKind, 'adam'>;

export const isSignKind = (kind: TileKind): kind is SignKind => kind !== 'adam';

/** Whether all blocks use their matrix at one place. */
export const usedOnce = (blocks: readonly { readonly places: number }[]): boolean =>
  blocks.every(({ places }) => places === 1);

interface Factors {
  readonly examples: number;
  /** [examples × columns]. */
  readonly x: Float32Array;
  /** [examples · outputs × rows]. */
  readonly d: Float32Array;
}

/** Products of one matrix, of the kind of {@link TileTotals}. */
export async function singlePlaceProducts(
  engine: Engine,
  kind: SignKind,
  blocks: readonly FactorBlock[],
  { columns, turned }: Pick<TileSides, 'columns' | 'turned'>,
  outputs: number,
): Promise<TileTotals> {
  const size = matrixSize(blocks, outputs);
  const isOwn = columns === blocks.length;
  const right = joined(blocks.slice(0, columns));
  const left = isOwn ? right : joined(blocks.slice(columns));
  const multiply = async (rows: Factors, others: Factors): Promise<Float64Array> => {
    const [inputs, cotangents] = [
      await product(engine, rows.x, others.x, size.columns),
      await product(engine, rows.d, others.d, size.rows),
    ];
    const width = others.examples * outputs;
    return Float64Array.from(cotangents, (value, k) => {
      const [row, column] = [Math.floor(k / width / outputs), Math.floor((k % width) / outputs)];
      return value * at(inputs, row * others.examples + column);
    });
  };
  switch (kind) {
    case 'signgd':
      return { straight: await multiply(factorSigns(left), factorSigns(right)) };
    case 'a-signgd': {
      const straight = await multiply(left, factorSigns(right));
      return turned && !isOwn ? { straight, turned: await multiply(right, factorSigns(left)) } : { straight };
    }
    case 'a-signgd-evaluated':
      return { straight: await multiply(factorSigns(left), right) };
    default:
      return unreachable(kind, 'products of single places');
  }
}

/** The factors of several blocks, one after the other. */
function joined(blocks: readonly FactorBlock[]): Factors {
  const together = (parts: readonly Float32Array[]): Float32Array => {
    const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    let start = 0;
    for (const part of parts) {
      all.set(part, start);
      start += part.length;
    }
    return all;
  };
  return {
    examples: blocks.reduce((sum, { examples }) => sum + examples, 0),
    x: together(blocks.map(({ x }) => x)),
    d: together(blocks.map(({ d }) => d)),
  };
}

const factorSigns = ({ examples, x, d }: Factors): Factors => ({ examples, x: x.map(Math.sign), d: d.map(Math.sign) });

/** Inner products of lines of so many entries. */
async function product(engine: Engine, left: Float32Array, right: Float32Array, entries: number) {
  const [rows, columns] = [left.length / entries, right.length / entries];
  const results = await engine.run(gram, {
    left: { axes: ['row', 'entry'], shape: [rows, entries], data: left },
    right: { axes: ['column', 'entry'], shape: [columns, entries], data: right },
  });
  const found = required(results.product, 'product of factors').data;
  return required(found.length === rows * columns ? found : undefined, `product of ${rows} × ${columns} numbers`);
}
