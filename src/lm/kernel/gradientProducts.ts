/**
 * Inner products of matrices' gradients between blocks of examples, from their factors: the gradient of output c at
 * example i is Σ_p d[i, c, p] ⊗ x[i, p] over the places p where the matrix is used.
 *
 * Explicit: gradients are written out a strip of rows at a time, for all blocks at once, multiplied, and forgotten, so
 * that a strip stays in the cache and no gradient is ever whole in memory. Factored: Σ_pq (x[i,p]·x[j,q]) (d[i,p]·d[j,q]),
 * no gradient at all, which pays where places are few. Strips and parameters are f32 each and added in f64.
 */

import { required } from '../../errors/index.ts';
import type { Engine } from '../../finite/index.ts';
import { entry } from '../../numeric/index.ts';
import {
  type Axis,
  entries,
  indexTensor,
  type Program,
  type Tensor,
  type Tensors,
  Writer,
} from '../../program/index.ts';
import { OUTPUT } from './kernelPrograms.ts';

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

/** Gradients that a strip writes out for one block: enough rows for matrix products to run at full speed. */
const BLOCK_STRIP_BYTES = 8 * 2 ** 20;
/** Those of all blocks together. */
export const STRIP_BYTES = 128 * 2 ** 20;
/** What one entry of the factored form's table of places costs, in multiplications of a matrix product (measured). */
const PLACE_PAIR_COST = 800;

/** Numbers of a matrix, as seen by its factors. */
export interface MatrixSize {
  readonly rows: number;
  readonly columns: number;
}

/** Multiplications of the explicit form: writing gradients out, and multiplying them. */
export function explicitCost(
  blocks: readonly BlockSize[],
  pairs: readonly Pair[],
  outputs: number,
  { rows, columns }: MatrixSize,
): number {
  const written = blocks.reduce((sum, { examples, places }) => sum + examples * outputs * places, 0);
  const multiplied = pairs.reduce((sum, [r, c]) => sum + size(blocks, r) * size(blocks, c) * outputs ** 2, 0);
  return rows * columns * (written + multiplied);
}

/** Multiplications of the factored form. */
export function factoredCost(
  blocks: readonly BlockSize[],
  pairs: readonly Pair[],
  outputs: number,
  { rows, columns }: MatrixSize,
): number {
  return pairs.reduce((sum, [r, c]) => {
    const places = blockAt(blocks, r).places * blockAt(blocks, c).places;
    const each = columns + outputs ** 2 * (rows + PLACE_PAIR_COST);
    return sum + size(blocks, r) * size(blocks, c) * places * each;
  }, 0);
}

const blockAt = <B>(blocks: readonly B[], k: number): B => required(blocks[k], `block ${k}`);
const size = (blocks: readonly { readonly examples: number }[], k: number): number => blockAt(blocks, k).examples;

/** Products of one matrix's gradients for every pair of blocks, [row examples · outputs × column examples · outputs]. */
export function matrixProducts(
  engine: Engine,
  blocks: readonly FactorBlock[],
  pairs: readonly Pair[],
  outputs: number,
): Promise<Float64Array[]> {
  const matrix = matrixSize(blocks, outputs);
  const explicit = explicitCost(blocks, pairs, outputs, matrix) <= factoredCost(blocks, pairs, outputs, matrix);
  return (explicit ? explicitProducts : factoredProducts)(engine, blocks, pairs, outputs);
}

function matrixSize(blocks: readonly FactorBlock[], outputs: number): MatrixSize {
  const block = blockAt(blocks, 0);
  const uses = block.examples * block.places;
  return { rows: block.d.length / (uses * outputs), columns: block.x.length / uses };
}

/** The explicit form; {@link matrixProducts} chooses. */
export async function explicitProducts(
  engine: Engine,
  blocks: readonly FactorBlock[],
  pairs: readonly Pair[],
  outputs: number,
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
  const { program, orders } = explicitProgram(blocks.length, pairs);
  const compiled = await engine.compile(program, sizes, orders);
  const totals = emptyProducts(blocks, pairs, outputs);
  for (let tile = 0; tile < tiles; tile++) {
    addTo(totals, pairs, await compiled.run({ ...feeds, at: indexTensor([], [], [tile]) }));
  }
  return totals;
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

function emptyProducts(
  blocks: readonly { readonly examples: number }[],
  pairs: readonly Pair[],
  outputs: number,
): Float64Array[] {
  return pairs.map(([r, c]) => new Float64Array(size(blocks, r) * size(blocks, c) * outputs ** 2));
}

function addTo(totals: readonly Float64Array[], pairs: readonly Pair[], results: Tensors): void {
  pairs.forEach((pair, k) => {
    add(blockAt(totals, k), results[productName(pair)]);
  });
}

function add(total: Float64Array, values: Tensor | undefined): void {
  const fits = values !== undefined && entries(values.shape) === total.length;
  const { data } = required(fits ? values : undefined, `product of ${total.length} numbers`);
  // Cast: both have as many numbers.
  for (let k = 0; k < total.length; k++) total[k] = entry(total, k) + (data[k] as number);
}

function largestDivisor(number: number, atMost: number): number {
  let best = 1;
  for (let candidate = 1; candidate <= Math.min(number, atMost); candidate++)
    if (number % candidate === 0) best = candidate;
  return best;
}

interface ProductProgram {
  readonly program: Program;
  readonly orders: Readonly<Record<string, readonly Axis[]>>;
}

const productName = ([row, column]: Pair): string => `${row}·${column}`;
const explicitPrograms = new Map<string, ProductProgram>();

/** One strip of the gradients of every block, and the products of the pairs. */
function explicitProgram(blocks: number, pairs: readonly Pair[]): ProductProgram {
  const key = JSON.stringify([blocks, pairs]);
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

/** Inner products of the rows of `left` and `right`. */
export const gram = gramProgram();

function gramProgram(): Program {
  const writer = new Writer('gram');
  for (const name of ['row', 'column', 'entry']) symbolSpace(writer, name);
  const left = realInput(writer, 'left', ['row', 'entry']);
  writer.output('product', writer.contract(left, realInput(writer, 'right', ['column', 'entry']), ['entry']));
  return writer.finish();
}

function symbolSpace(writer: Writer, name: string): Axis {
  writer.space({ name, kind: 'fixed', size: { symbol: name, ratio: 1 } });
  return name;
}

function realInput(writer: Writer, name: string, axes: readonly Axis[]) {
  return writer.write({ op: 'input', role: 'data', type: { kind: 'real', axes } }, name);
}
