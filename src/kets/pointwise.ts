/** Entries of combinations, region by region. */

import { required } from '../errors/index.ts';
import { at, elementwise, type Operand } from '../numeric/index.ts';
import type { Axis } from '../program/index.ts';
import type { Combination, Extents, Outer, Pointwise, Region, Source } from './combination.ts';
import { broken } from './errors.ts';
import { type RowAxes, RowLoop } from './rowLoop.ts';

/** Regions of fewer entries are done before a loop for them is compiled. */
const WORTH_COMPILING = 2 ** 14;

/** Entries of a block of rows that are worked on at once. */
const BLOCK = 8192;

export const extent = (extents: Extents, axis: Axis): number => required(extents.get(axis), `extent of axis "${axis}"`);

/** Entries in one row of a region. */
export function rowLength({ axes, extents }: Pick<Region, 'axes' | 'extents'>): number {
  return axes.slice(1).reduce((product, axis) => product * extent(extents, axis), 1);
}

/** Rows of a region that make a block. */
export function blockRows(axes: readonly Axis[], extents: Extents): number {
  return Math.max(1, Math.floor(BLOCK / rowLength({ axes, extents })));
}

/** Writes a combination on a block of rows of a region, row-major in the region's axes. */
export function fillCombination({ outers, terms }: Combination, region: Region, out: Float64Array): void {
  const size = region.count * rowLength(region);
  out.fill(0, 0, size);
  for (const outer of outers) addOuter(outer, region, out);
  if (terms.length === 0) return;
  const buffer = new Float64Array(size);
  for (const { coefficient, pointwise } of terms) {
    fillPointwise(pointwise, region, buffer);
    for (let i = 0; i < size; i++) out[i] = at(out, i) + coefficient * at(buffer, i);
  }
}

function fillPointwise(pointwise: Pointwise, region: Region, out: Float64Array): void {
  switch (pointwise.kind) {
    case 'map': {
      const size = region.count * rowLength(region);
      elementwise(pointwise.expr, noSize)(
        pointwise.sources.map((source) => spread(source, region, size)),
        out,
        0,
        size,
      );
      return;
    }
    case 'mean':
      fillMean(pointwise, region, out);
      return;
    case 'renamed': {
      const move = (axis: Axis): Axis => pointwise.to.get(axis) ?? axis;
      const extents = new Map(region.axes.map((axis) => [move(axis), extent(region.extents, axis)]));
      fillPointwise(pointwise.arg, { ...region, axes: region.axes.map(move), extents }, out);
      return;
    }
    case 'kept':
      pointwise.tiles.fill(region, out);
  }
}

/** What a map reads, entry by entry of the block. */
function spread(source: Source, region: Region, size: number): Operand {
  if (typeof source === 'number') return source;
  const values = new Float64Array(size);
  if ('column' in source) {
    const steps = stepsOf(source.axis, region);
    for (let k = 0; k < size; k++) values[k] = at(source.column, steps.index(k));
  } else fillCombination(source, region, values);
  return values;
}

/** Where the coordinate of one axis moves along a row-major block. */
function stepsOf(axis: Axis, { axes, extents, start }: Region): { readonly index: (position: number) => number } {
  const place = axes.indexOf(axis);
  const inner = axes.slice(place + 1).reduce((product, next) => product * extent(extents, next), 1);
  if (place === 0) return { index: (position) => start + Math.floor(position / inner) };
  const own = extent(extents, axis);
  return { index: (position) => Math.floor(position / inner) % own };
}

function addOuter({ coefficient, left, leftAxis, right, rightAxis }: Outer, region: Region, out: Float64Array): void {
  if (region.axes.length === 2) {
    const [rows, columns, columnAxis] =
      region.axes[0] === leftAxis ? [left, right, rightAxis] : [right, left, leftAxis];
    const length = extent(region.extents, columnAxis);
    for (let row = 0; row < region.count; row++) {
      const factor = coefficient * at(rows, region.start + row);
      const from = row * length;
      for (let k = 0; k < length; k++) out[from + k] = (out[from + k] as number) + factor * (columns[k] as number); // in range
    }
    return;
  }
  const [a, b] = [stepsOf(leftAxis, region), stepsOf(rightAxis, region)];
  const size = region.count * rowLength(region);
  for (let k = 0; k < size; k++) out[k] = at(out, k) + coefficient * at(left, a.index(k)) * at(right, b.index(k));
}

function fillMean({ over, samples, arg }: Pointwise & { kind: 'mean' }, region: Region, out: Float64Array): void {
  const rows = region.count * rowLength(region);
  const buffer = new Float64Array(rows * samples);
  const extents = new Map([...region.extents, [over, samples] as const]);
  fillCombination(arg, { ...region, axes: [...region.axes, over], extents }, buffer);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let k = 0; k < samples; k++) sum += at(buffer, row * samples + k);
    out[row] = sum / samples;
  }
}

/** Powers of sizes are numbers in descriptions. */
function noSize(space: string): never {
  throw broken(`the size of "${space}"`, 'a description still reads it');
}

/** The compiled loop over a region of two axes; undefined where it is not worth it, or entries average over a further one. */
export function rowLoop(combination: Combination, axes: readonly Axis[], extents: Extents): RowLoop | undefined {
  const [rows, columns, more] = axes;
  if (rows === undefined || columns === undefined || more !== undefined) return undefined;
  const [count, length] = [extent(extents, rows), extent(extents, columns)];
  if (count * length < WORTH_COMPILING) return undefined;
  // Renamed values keep their entries under their own axes.
  const entries = ({ tiles }: Pointwise & { kind: 'kept' }, own: RowAxes): Float64Array =>
    tiles.entries({ axes: own, extents: new Map([[own[0], count] as const, [own[1], length] as const]) });
  return RowLoop.of(combination, [rows, columns], length, entries);
}
