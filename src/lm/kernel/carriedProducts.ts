/**
 * Products of gradients that carry the columns' cotangents to the places of the rows: Σ_p d[i,c,p] · d″[j,c′,p] with
 * d″[j,c′,p] = Σ_q (x[i,p]·x[j,q]) d[j,c′,q]. Inner products of inputs serve all outputs, and no table of places is summed
 * for each pair of them, so that a matrix with wide inputs, or short texts with several outputs, cost a fraction of
 * gradients written out. One row example at a time, so that nothing has to be transposed.
 */

import { required } from '../../errors/index.ts';
import { Engine } from '../../finite/index.ts';
import { type Tensors, Writer } from '../../program/index.ts';
import { OUTPUT } from './kernelPrograms.ts';
import { blockAt, emptyProducts, type FactorBlock, matrixSize, type Pair } from './productBlocks.ts';
import { type ProductProgram, realInput, symbolSpace } from './productPrograms.ts';

/** Sessions that stay at a time: a kernel has hundreds of pairs of lengths. */
const MOST_SESSIONS = 32;

/** What cotangents carried at a time take at most, if they are of several examples: the runtime copies them several times. */
const MOVED_BYTES = 4 * 2 ** 20;

/** So many times they are there at once (measured). */
const COPIES = 15;
const SESSION_BYTES = 2 ** 19;

/** What carried products take beside factors and results, of matrices of so many rows at most and batches of so many tokens. */
export const carryingBytes = (rows: number, tokens: number): number =>
  MOST_SESSIONS * SESSION_BYTES + COPIES * Math.min(MOVED_BYTES, rows * tokens * Float32Array.BYTES_PER_ELEMENT);

/** Runs carried products, with sessions of its own. To be released. */
export class Carrier {
  readonly #engine: Engine;
  readonly #shapes = new Set<string>();

  constructor({ backend }: Engine) {
    this.#engine = new Engine(backend);
  }

  /** [outputs × column examples × outputs] of one row example. */
  async run(feeds: Tensors): Promise<Float32Array> {
    const shape = JSON.stringify(Object.entries(feeds).map(([name, one]) => [name, one.shape]));
    if (!this.#shapes.has(shape) && this.#shapes.size >= MOST_SESSIONS) await this.release();
    this.#shapes.add(shape);
    const { product } = await this.#engine.run(carried.program, feeds, {}, carried.orders);
    return required(product, 'product of a row').data;
  }

  async release(): Promise<void> {
    this.#shapes.clear();
    await this.#engine.release();
  }
}

/** The products of every pair of blocks, [row examples · outputs × column examples · outputs]. */
export async function carriedProducts(
  carrier: Pick<Carrier, 'run'>,
  blocks: readonly FactorBlock[],
  pairs: readonly Pair[],
  outputs: number,
): Promise<Float64Array[]> {
  const { rows, columns } = matrixSize(blocks, outputs);
  const totals = emptyProducts(blocks, pairs, outputs);
  for (const [k, pair] of pairs.entries()) {
    const [left, right] = [blockAt(blocks, pair[0]), blockAt(blocks, pair[1])];
    const moved = outputs * left.places * rows * Float32Array.BYTES_PER_ELEMENT;
    const most = Math.max(1, Math.floor(MOVED_BYTES / moved));
    const count = Math.ceil(right.examples / Math.ceil(right.examples / most));
    const width = right.examples * outputs;
    for (let from = 0; from < right.examples; from += count) {
      const part = partOfBlock(right, from, Math.min(count, right.examples - from));
      for (let row = 0; row < left.examples; row++) {
        const own = partOfBlock(left, row, 1);
        const found = await carrier.run({
          x0: { axes: ['place0', 'column'], shape: [left.places, columns], data: own.x },
          d0: { axes: [OUTPUT, 'place0', 'entry'], shape: [outputs, left.places, rows], data: own.d },
          x1: { axes: ['row1', 'place1', 'column'], shape: [part.examples, right.places, columns], data: part.x },
          d1: {
            axes: ['row1', `${OUTPUT}'`, 'place1', 'entry'],
            shape: [part.examples, outputs, right.places, rows],
            data: part.d,
          },
        });
        const size = part.examples * outputs;
        required(found.length === outputs * size ? found : undefined, `product of ${outputs} × ${size} numbers`);
        for (let c = 0; c < outputs; c++) {
          const line = found.subarray(c * size, (c + 1) * size);
          blockAt(totals, k).set(line, (row * outputs + c) * width + from * outputs);
        }
      }
    }
  }
  return totals;
}

/** Some examples of a block, one after the other. */
function partOfBlock({ examples, places, x, d }: FactorBlock, from: number, count: number): FactorBlock {
  const [inputs, cotangents] = [x.length / examples, d.length / examples];
  return {
    examples: count,
    places,
    x: x.subarray(from * inputs, (from + count) * inputs),
    d: d.subarray(from * cotangents, (from + count) * cotangents),
  };
}

const carried = carriedProgram();

function carriedProgram(): ProductProgram {
  const writer = new Writer('products of gradients by carried cotangents');
  for (const name of [OUTPUT, 'column', 'entry', 'place0', 'row1', 'place1']) symbolSpace(writer, name);
  const [x0, d0] = [
    realInput(writer, 'x0', ['place0', 'column']),
    realInput(writer, 'd0', [OUTPUT, 'place0', 'entry']),
  ];
  const x1 = realInput(writer, 'x1', ['row1', 'place1', 'column']);
  const d1 = realInput(writer, 'd1', ['row1', `${OUTPUT}'`, 'place1', 'entry']);
  const inputs = writer.contract(x1, x0, ['column']);
  const moved = writer.contract(inputs, d1, ['place1']);
  writer.output('product', writer.contract(d0, moved, ['place0', 'entry']));
  return { program: writer.finish(), orders: { product: [OUTPUT, 'row1', `${OUTPUT}'`] } };
}
