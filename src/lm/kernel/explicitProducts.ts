/** Products of gradients that are written out, a strip of rows at a time. */

import { required } from '../../errors/index.ts';
import type { Engine } from '../../finite/index.ts';
import { type Axis, entries, indexTensor, type Tensor, type Tensors, Writer } from '../../program/index.ts';
import { OUTPUT } from './kernelPrograms.ts';
import { add, blockAt, emptyProducts, type FactorBlock, matrixSize, type Pair } from './productBlocks.ts';
import { type ProductProgram, realInput, symbolSpace } from './productPrograms.ts';
import type { TileKind, TileProducts } from './tileProducts.ts';

/** Gradients that a strip writes out for one block: enough rows for products at full speed, few enough for a cache. */
const BLOCK_STRIP_BYTES = 2 * 2 ** 20;
/** Those of all blocks together. */
export const STRIP_BYTES = 128 * 2 ** 20;
/** What takes strips beside the products of pairs: kernels beyond SGD. */
export interface StripTaker {
  readonly tiles: TileProducts;
  /** Of its kernels those that strips are taken for. */
  readonly kinds: readonly TileKind[];
  /** Weights of the matrix's entries, [rows × columns]; of the kernel of Adam. */
  readonly weights?: Float32Array;
}

/**
 * The explicit form of products for every pair of blocks, [row examples · outputs × column examples · outputs]. Strips and
 * products are the same whoever takes them.
 */
export async function explicitProducts(
  engine: Engine,
  blocks: readonly FactorBlock[],
  pairs: readonly Pair[],
  outputs: number,
  taker?: StripTaker,
): Promise<Float64Array[]> {
  const { rows, columns } = matrixSize(blocks, outputs);
  const lines = outputs * Math.max(...blocks.map(({ examples }) => examples));
  const bytes = Math.min(BLOCK_STRIP_BYTES, STRIP_BYTES / blocks.length);
  const strip = largestDivisor(rows, bytes / (4 * columns * lines));
  const tiles = rows / strip;
  const sizes: Record<string, number> = { [OUTPUT]: outputs, tile: tiles, strip, column: columns };
  const feeds: Record<string, Tensor> = {};
  blocks.forEach(({ examples, places, x, d }, k) => {
    sizes[`row${k}`] = examples;
    sizes[`place${k}`] = places;
    feeds[`x${k}`] = { axes: [`row${k}`, `place${k}`, 'column'], shape: [examples, places, columns], data: x };
    const axes = [`row${k}`, OUTPUT, `place${k}`, 'tile', 'strip'];
    feeds[`d${k}`] = { axes, shape: [examples, outputs, places, tiles, strip], data: d };
  });
  const made = explicitProgram(blocks.length, pairs, taker !== undefined);
  const totals = emptyProducts(blocks, pairs, outputs);
  const run = await runOf({ engine, made, sizes, entries: strip * columns, ...(taker === undefined ? {} : { taker }) });
  for (let tile = 0; tile < tiles; tile++) {
    const results = await run({ ...feeds, at: indexTensor([], [], [tile]) });
    pairs.forEach((pair, k) => {
      add(blockAt(totals, k), results[productName(pair)]);
    });
    await taker?.tiles.take(taker.kinds, taker.weights?.subarray(tile * strip * columns, (tile + 1) * strip * columns));
  }
  return totals;
}

interface RunOptions {
  readonly engine: Engine;
  readonly made: ProductProgram;
  readonly sizes: Readonly<Record<string, number>>;
  /** Of a strip. */
  readonly entries: number;
  readonly taker?: StripTaker;
}

/** Runs of the program; where strips are taken, they and the products go to arrays that stay. */
async function runOf({
  engine,
  made,
  sizes,
  entries: size,
  taker,
}: RunOptions): Promise<(feeds: Tensors) => Promise<Tensors>> {
  const { program, orders } = made;
  if (taker === undefined) return (await engine.compile(program, sizes, orders)).run;
  const compiled = await engine.compileInto(program, sizes, orders);
  const strips = Object.fromEntries(taker.tiles.arrays(size).map((array, k) => [stripName(k), array]));
  const products = program.outputs
    .filter(({ name }) => strips[name] === undefined)
    .map(({ name }): [string, Tensor<Float32Array>] => {
      const axes = required(orders[name], `order of "${name}"`);
      const shape = axes.map((axis) => required(compiled.sizes[axis.replace("'", '')], `size of axis "${axis}"`));
      return [name, { axes, shape, data: new Float32Array(entries(shape)) }];
    });
  const run = compiled.into({ ...strips, ...Object.fromEntries(products.map(([name, { data }]) => [name, data])) });
  const results = Object.fromEntries(products);
  return async (feeds) => {
    await run(feeds);
    return results;
  };
}

function largestDivisor(number: number, atMost: number): number {
  let best = 1;
  for (let candidate = 1; candidate <= Math.min(number, atMost); candidate++)
    if (number % candidate === 0) best = candidate;
  return best;
}

const productName = ([row, column]: Pair): string => `${row}·${column}`;
const stripName = (block: number): string => `strip ${block}`;
const explicitPrograms = new Map<string, ProductProgram>();

/** One strip of the gradients of every block, and the products of the pairs; strips are handed out where asked for. */
function explicitProgram(blocks: number, pairs: readonly Pair[], handOut: boolean): ProductProgram {
  const key = JSON.stringify([blocks, pairs, handOut]);
  const known = explicitPrograms.get(key);
  if (known !== undefined) return known;
  const writer = new Writer('products of gradients, a strip at a time');
  for (const name of [OUTPUT, 'tile', 'strip', 'column']) symbolSpace(writer, name);
  const at = writer.write({ op: 'input', role: 'data', type: { kind: 'index', of: 'tile', axes: [] } }, 'at');
  const strips = Array.from({ length: blocks }, (_, k) => {
    const [row, place] = [symbolSpace(writer, `row${k}`), symbolSpace(writer, `place${k}`)];
    const x = realInput(writer, `x${k}`, [row, place, 'column']);
    const d = realInput(writer, `d${k}`, [row, OUTPUT, place, 'tile', 'strip']);
    const slice = writer.write({ op: 'gather', table: d.name, index: at.name, axis: 'tile' });
    return writer.contract(slice, x, [place], `g${k}`);
  });
  const orders: Record<string, readonly Axis[]> = {};
  if (handOut) {
    strips.forEach((strip, k) => {
      writer.output(stripName(k), strip);
      orders[stripName(k)] = [`row${k}`, OUTPUT, 'strip', 'column'];
    });
  }
  for (const pair of pairs) {
    const [left, right] = [blockAt(strips, pair[0]), blockAt(strips, pair[1])];
    const own = pair[0] === pair[1];
    const column = `row${pair[1]}${own ? "'" : ''}`;
    const primes: (readonly [Axis, Axis])[] = [[OUTPUT, `${OUTPUT}'`]];
    if (own) primes.push([`row${pair[1]}`, column]);
    writer.output(productName(pair), writer.contract(left, writer.rename(right, primes), ['strip', 'column']));
    orders[productName(pair)] = [`row${pair[0]}`, OUTPUT, column, `${OUTPUT}'`];
  }
  const made = { program: writer.finish(), orders };
  explicitPrograms.set(key, made);
  return made;
}
