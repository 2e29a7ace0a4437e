/** Columns, sums and sources for the tests of random matrices. */

import type { Column, NormalSource } from '../../../src/kets/gaussian/index.ts';
import { at, type Stream, stream } from '../../../src/numeric/index.ts';

/** Independent standard normals, a column from each substream. */
export function normalSource(source: Stream, length: number): NormalSource {
  return { column: (index) => source.substream(index).normals(length) };
}

/** The options of a lazy matrix that draws from a stream. */
export function drawnFrom(source: Stream, rows: number, columns: number, deviation = 1 / Math.sqrt(columns)) {
  return {
    rows,
    columns,
    deviation,
    source: {
      rows: normalSource(source.substream('rows'), rows),
      columns: normalSource(source.substream('columns'), columns),
    },
  };
}

/** Columns of independent standard normals. */
export function normalColumns(seed: number, name: string, count: number, length: number): Column[] {
  const source = normalSource(stream(seed, name), length);
  return Array.from({ length: count }, (_, index) => source.column(index));
}

/** Σ a_i b_i, term by term. */
export function dot(a: Column, b: Column): number {
  return a.reduce((sum, value, index) => sum + value * at(b, index), 0);
}

/** (1/n) Σ f(a_i, b_i). */
export function average(a: Column, b: Column = a, f: (x: number, y: number) => number = (x, y) => x * y): number {
  return a.reduce((sum, value, index) => sum + f(value, at(b, index)), 0) / a.length;
}

/** The largest |a_i − b_i|. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let worst = a.length === b.length ? 0 : Number.POSITIVE_INFINITY;
  for (let index = 0; index < a.length; index++) worst = Math.max(worst, Math.abs(at(a, index) - at(b, index)));
  return worst;
}

/** The vectors of the standard basis. */
export function identity(size: number): Column[] {
  return Array.from({ length: size }, (_, k) => Float64Array.from({ length: size }, (_, i) => (i === k ? 1 : 0)));
}
