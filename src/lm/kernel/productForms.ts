/** What the forms of products of gradients cost, in multiplications of a large matrix product, and which costs least. */

import { type BlockSize, blockAt, type MatrixSize, type Pair, size } from './productBlocks.ts';

export type ProductForm = 'explicit' | 'factored' | 'carried';

type Cost = (blocks: readonly BlockSize[], pairs: readonly Pair[], outputs: number, matrix: MatrixSize) => number;

/** What one entry of the factored form's table of places costs (measured). */
const PLACE_PAIR_COST = 800;
/** What a multiplication of the carried form's thin products costs: 2 to 3.5, most with short texts (measured). */
const THIN_PRODUCT_COST = 3;
/** And what a run of it costs, of which there is one for each row (measured: a tenth of a millisecond). */
const ROW_COST = 4e6;

/** Writing gradients out, and multiplying them. */
export const explicitCost: Cost = (blocks, pairs, outputs, { rows, columns }) => {
  const written = blocks.reduce((sum, { examples, places }) => sum + examples * outputs * places, 0);
  const multiplied = pairs.reduce((sum, [r, c]) => sum + size(blocks, r) * size(blocks, c) * outputs ** 2, 0);
  return rows * columns * (written + multiplied);
};

export const factoredCost: Cost = (blocks, pairs, outputs, { rows, columns }) =>
  pairs.reduce((sum, [r, c]) => {
    const places = blockAt(blocks, r).places * blockAt(blocks, c).places;
    const each = columns + outputs ** 2 * (rows + PLACE_PAIR_COST);
    return sum + size(blocks, r) * size(blocks, c) * places * each;
  }, 0);

export const carriedCost: Cost = (blocks, pairs, outputs, { rows, columns }) =>
  pairs.reduce((sum, [r, c]) => {
    const [left, right] = [blockAt(blocks, r), blockAt(blocks, c)];
    const thin = outputs * rows * (right.places + outputs);
    const each = left.places * (right.places * columns + THIN_PRODUCT_COST * thin);
    return sum + left.examples * (ROW_COST + right.examples * each);
  }, 0);

/** The form that costs least for all pairs together, the first of equals. */
export function cheapestForm(...given: Parameters<Cost>): { readonly form: ProductForm; readonly cost: number } {
  const costs: Readonly<Record<ProductForm, Cost>> = {
    explicit: explicitCost,
    factored: factoredCost,
    carried: carriedCost,
  };
  const forms = (Object.keys(costs) as ProductForm[]).map((form) => ({ form, cost: costs[form](...given) })); // its own keys
  return forms.reduce((best, one) => (one.cost < best.cost ? one : best));
}
