/**
 * Inner products and linear combinations of columns, the work of a lazy Gaussian matrix: k columns against m take
 * 2 n k m operations, done tile by tile ({@link TileMemory}), so that what is reused stays in a cache.
 */

import { entry } from '../../numeric/index.ts';
import { shapeMismatch } from '../errors.ts';
import { PANEL_COLUMNS, TILE_ROWS, TileMemory } from './tiles.ts';

/** The coordinates [width] of a vector along a width axis. */
export type Column = Float64Array;

/** Sums of squares outside these are computed again on a scale where they neither overflow nor underflow. */
const [TINY, HUGE] = [1e-280, 1e280];

/**
 * Inner products, row-major [left, right]: plain sums, of tiles first, so that the error is about √n · 2^-53 relative
 * to the products of norms.
 *
 * Throws InvariantError `kets.shapeMismatch` for columns of several lengths.
 */
export function gram(left: readonly Column[], right: readonly Column[]): Float64Array {
  const products = new Float64Array(left.length * right.length);
  const length = commonLength('gram', [...left, ...right]);
  const { header } = tiles();
  eachTile(left, right, length, false, (four, two, rows) => {
    tiles().dot(four % PANEL_COLUMNS, two % PANEL_COLUMNS, rows);
    for (let i = four; i < Math.min(four + 4, left.length); i++) {
      for (let j = two; j < Math.min(two + 2, right.length); j++) {
        const at = i * right.length + j;
        const half = 4 * (i - four) + 2 * (j - two);
        products[at] = entry(products, at) + (entry(header, half) + entry(header, half + 1));
      }
    }
  });
  return products;
}

/** Σ_i coefficients[i, j] · columns[i] for each output j: new columns of `length` entries. */
export function combine(
  columns: readonly Column[],
  coefficients: Float64Array,
  outputs: number,
  length: number,
): Column[] {
  const results = Array.from({ length: outputs }, () => new Float64Array(length));
  addCombinations(results, columns, coefficients);
  return results;
}

/**
 * Adds Σ_i coefficients[i, j] · columns[i] to target j, coefficients being row-major [columns, targets].
 *
 * Throws InvariantError `kets.shapeMismatch` for columns of several lengths or another number of coefficients.
 */
export function addCombinations(
  targets: readonly Column[],
  columns: readonly Column[],
  coefficients: Float64Array,
): void {
  if (coefficients.length !== columns.length * targets.length) {
    const expected = `${columns.length} columns × ${targets.length} targets`;
    throw shapeMismatch('addCombinations', `${coefficients.length} coefficients`, expected);
  }
  const length = commonLength('addCombinations', [...columns, ...targets]);
  const { header } = tiles();
  eachTile(columns, targets, length, true, (four, two, rows) => {
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 2; j++) {
        const exists = four + i < columns.length && two + j < targets.length;
        header[2 * i + j] = exists ? entry(coefficients, (four + i) * targets.length + two + j) : 0;
      }
    }
    tiles().add(four % PANEL_COLUMNS, two % PANEL_COLUMNS, rows);
  });
}

/** Euclidean norms, right for all finite entries whose norm is finite; not finite where an entry is not. */
export function norms(columns: readonly Column[]): Float64Array {
  return Float64Array.from(columns, (column) => {
    const sum = squares(column);
    if (sum >= TINY && sum <= HUGE) return Math.sqrt(sum);
    let largest = 0;
    for (let index = 0; index < column.length; index++) largest = Math.max(largest, Math.abs(entry(column, index)));
    if (largest === 0 || !Number.isFinite(largest)) return largest;
    return largest * Math.sqrt(squares(divided(column, largest)));
  });
}

/** A new column of the entries divided by a number: unlike the product with its inverse, right for subnormal ones. */
export function divided(column: Column, divisor: number): Column {
  const result = new Float64Array(column.length);
  for (let index = 0; index < column.length; index++) result[index] = entry(column, index) / divisor;
  return result;
}

/** A new column of the entries multiplied by a number. */
export function scaled(column: Column, factor: number): Column {
  const result = new Float64Array(column.length);
  for (let index = 0; index < column.length; index++) result[index] = entry(column, index) * factor;
  return result;
}

/**
 * Calls `visit` for four columns × two others × some rows after another, the columns by their first indexes, when their
 * rows are in the memory: the blocks of rows in order, so that all sums are the same however the columns are grouped.
 */
function eachTile(
  fours: readonly Column[],
  twos: readonly Column[],
  length: number,
  write: boolean,
  visit: (four: number, two: number, rows: number) => void,
): void {
  const memory = tiles();
  for (let row = 0; row < length; row += TILE_ROWS) {
    const rows = Math.min(TILE_ROWS, length - row);
    for (let two = 0; two < twos.length; two += PANEL_COLUMNS) {
      const ofTwos = panel(twos, two);
      memory.twos.read(ofTwos, row, rows, 2);
      for (let four = 0; four < fours.length; four += PANEL_COLUMNS) {
        const ofFours = panel(fours, four);
        memory.fours.read(ofFours, row, rows, 4);
        for (let i = 0; i < ofFours.length; i += 4) {
          for (let j = 0; j < ofTwos.length; j += 2) visit(four + i, two + j, rows);
        }
      }
      if (write) memory.twos.write(ofTwos, row, rows);
    }
  }
}

function panel(columns: readonly Column[], first: number): readonly Column[] {
  return columns.length <= PANEL_COLUMNS ? columns : columns.slice(first, first + PANEL_COLUMNS);
}

function commonLength(where: string, columns: readonly Column[]): number {
  const length = columns[0]?.length ?? 0;
  const other = columns.find((column) => column.length !== length);
  if (other !== undefined)
    throw shapeMismatch(where, `columns of ${length} and ${other.length} entries`, 'equal lengths');
  return length;
}

function squares(column: Column): number {
  let sum = 0;
  for (let index = 0; index < column.length; index++) sum += entry(column, index) * entry(column, index);
  return sum;
}

let instance: TileMemory | undefined;

/** Made at the first use: most commands never need it. */
function tiles(): TileMemory {
  instance ??= new TileMemory();
  return instance;
}
