/** Products of all gradients of a stage between the batches of two chunks, for every kernel that is asked for. */

import { required } from '../../errors/index.ts';
import type { Engine } from '../../finite/index.ts';
import { entry } from '../../numeric/index.ts';
import type { Team } from '../../numeric/wasm/index.ts';
import type { Carrier } from './carriedProducts.ts';
import { STRIP_BYTES } from './explicitProducts.ts';
import type { GradientBlocks } from './gradientBlocks.ts';
import { denseProducts, matrixProducts } from './gradientProducts.ts';
import { type ComputedKind, isSymmetric } from './kernelKinds.ts';
import { blockAt, type Pair } from './productBlocks.ts';
import { isSignKind, singlePlaceProducts, usedOnce } from './singlePlaces.ts';
import { type TileKind, type TileMemory, TileProducts, type TileTotals } from './tileProducts.ts';

export interface StageProductsOptions {
  readonly engine: Engine;
  /** Of the same backend. */
  readonly carrier: Carrier;
  readonly team?: Team;
  readonly outputs: number;
  readonly kinds: readonly ComputedKind[];
  /** Gradients of a chunk's batches: the columns of products. */
  readonly columns: readonly GradientBlocks[];
  /** Those of another chunk, the rows; absent for the products of the chunk with itself. */
  readonly rows?: readonly GradientBlocks[];
  /** Whether the rows are the training side's too, so that each may be a column. */
  readonly rowsTrain: boolean;
  /** What gradients of this stage are multiplied with in the kernel of Adam. */
  readonly weights?: StageWeights;
  /** Where gradients are written out. */
  readonly memory: TileMemory;
  /** Called with the share of the work that a matrix was. */
  readonly onProgress: (share: number) => void;
}

/** Weights of a stage's gradients, entry by entry. */
export interface StageWeights {
  /** [rows × columns], in the order of the stage's matrices. */
  readonly matrices: readonly Float32Array[];
  /** Of all dense gradients side by side. */
  readonly dense: Float32Array;
}

/** Products of two batches, by their places among the columns and then the rows: [row lines × column lines]. */
export interface PairProducts {
  readonly pair: Pair;
  readonly data: Float64Array;
}

export type StageProducts = ReadonlyMap<ComputedKind, readonly PairProducts[]>;

/** Multiplies one parameter after the other, so that the order of sums is fixed. */
export async function stageProducts(options: StageProductsOptions): Promise<StageProducts> {
  const { engine, carrier, outputs, columns, rows = [], rowsTrain, kinds, weights, memory, team, onProgress } = options;
  const batches = [...columns, ...rows];
  const pairs = pairsOf(columns.length, rows.length);
  const plain = kinds.includes('sgd');
  const further = kinds.filter((kind): kind is TileKind => kind !== 'sgd');
  const lines = batches.map(({ dense }) => dense.examples * outputs);
  const dense = batches.map((batch) => batch.dense);
  const sides = { blocks: lines, columns: columns.length, turned: rowsTrain };
  const ofTiles = { engine, kinds: further, ...(team === undefined ? {} : { team }) };
  const tiles = further.length === 0 ? undefined : new TileProducts(ofTiles, memory, sides);
  const totals = plain ? await denseProducts(engine, dense, pairs, outputs) : [];
  if (tiles !== undefined) await takeDense(tiles, dense, lines, weights?.dense);
  const count = required(columns[0], 'batch of a chunk').matrices.length;
  for (let m = 0; m < count; m++) {
    const own = weights?.matrices[m];
    const blocks = batches.map(({ matrices }) => required(matrices[m], `factors of matrix ${m}`));
    const once = usedOnce(blocks);
    for (const kind of once ? further.filter(isSignKind) : []) {
      tiles?.addProducts(kind, await singlePlaceProducts(engine, kind, blocks, sides, outputs));
    }
    const wanted = once ? further.filter((kind) => !isSignKind(kind)) : further;
    const taker = { tiles, kinds: wanted, ...(own === undefined ? {} : { weights: own }) };
    const products = await matrixProducts({
      engine,
      carrier,
      pairs,
      outputs,
      plain,
      blocks,
      ...(tiles === undefined || wanted.length === 0 ? {} : { taker: { ...taker, tiles } }),
    });
    totals.forEach((total, k) => {
      const product = required(products[k], `product of pair ${k}`);
      for (let e = 0; e < total.length; e++) total[e] = entry(total, e) + entry(product, e);
    });
    onProgress(1 / count);
  }
  const found = new Map<ComputedKind, readonly PairProducts[]>();
  if (plain)
    found.set(
      'sgd',
      pairs.map((pair, k) => ({ pair, data: required(totals[k], `pair ${k}`) })),
    );
  for (const kind of further) {
    const own = required(tiles, 'products of tiles').totals(kind);
    found.set(kind, splitPairs(own, lines, columns.length, isSymmetric(kind)));
  }
  return found;
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

/** Dense gradients as tiles, so many entries at a time that they take no more room than those of a matrix. */
async function takeDense(
  tiles: TileProducts,
  blocks: readonly GradientBlocks['dense'][],
  lines: readonly number[],
  weights: Float32Array | undefined,
): Promise<void> {
  const width = blockAt(blocks, 0).gradients.length / blockAt(lines, 0);
  const most = Math.max(1, Math.floor(STRIP_BYTES / 4 / lines.reduce((sum, own) => sum + own, 0)));
  for (let from = 0; from < width; from += most) {
    const to = Math.min(width, from + most);
    tiles.arrays(to - from).forEach((array, k) => {
      const { gradients } = blockAt(blocks, k);
      for (let line = 0; line < blockAt(lines, k); line++) {
        array.set(gradients.subarray(line * width + from, line * width + to), line * (to - from));
      }
    });
    await tiles.take(tiles.kinds, weights?.subarray(from, to));
  }
}

/** Products of all lines cut up by pairs of batches. */
function splitPairs(
  { straight, turned }: TileTotals,
  lines: readonly number[],
  columns: number,
  symmetric: boolean,
): PairProducts[] {
  const own = columns === lines.length;
  const all = lines.map((_, k) => k);
  const [right, left] = [all.slice(0, columns), own ? all : all.slice(columns)];
  const cut = (values: Float64Array, rows: readonly number[], others: readonly number[]): PairProducts[] =>
    rows.flatMap((row, r) =>
      others.flatMap((column, c) => {
        if (own && symmetric && column > row) return [];
        const before = (list: readonly number[], until: number): number =>
          list.slice(0, until).reduce((sum, k) => sum + blockAt(lines, k), 0);
        const width = before(others, others.length);
        const [top, start] = [before(rows, r), before(others, c)];
        const [height, size] = [blockAt(lines, row), blockAt(lines, column)];
        const data = new Float64Array(height * size);
        for (let line = 0; line < height; line++) {
          const from = (top + line) * width + start;
          data.set(values.subarray(from, from + size), line * size);
        }
        return [{ pair: [row, column], data }];
      }),
    );
  return [...cut(straight, left, right), ...(turned === undefined ? [] : cut(turned, right, left))];
}
