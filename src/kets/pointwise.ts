/**
 * Values over two or more width axes whose entries are functions of vectors' entries: outer products and entrywise maps
 * of them, such as an optimizer's update of a hidden matrix (the OuterNonlin of IVb 2.6.1).
 *
 * They are never stored whole. A combination keeps what is of low rank as factors and the rest as a description that is
 * evaluated region by region when a product or a mean asks for it. Averages over a width may read only its first
 * coordinates (`extents`): the fixed subsample of the theory, error O(m^(-1/2)), exact when it is everything.
 */

import { required } from '../errors/index.ts';
import { at, elementwise, type Operand } from '../numeric/index.ts';
import type { Axis, Expr } from '../program/index.ts';
import { broken } from './errors.ts';
import { type RowAxes, RowLoop } from './rowLoop.ts';
import { Spares } from './spares.ts';
import type { Column } from './values.ts';

/** coefficient · left ⊗ right. */
export interface Outer {
  readonly coefficient: number;
  readonly left: Column;
  readonly leftAxis: Axis;
  readonly right: Column;
  readonly rightAxis: Axis;
}

/** Σ outer products + Σ coefficient · pointwise. */
export interface Combination {
  readonly outers: readonly Outer[];
  readonly terms: readonly Term[];
}

export interface Term {
  readonly coefficient: number;
  readonly pointwise: Pointwise;
}

/** What a map reads at a coordinate: a number, a vector along one axis, a combination over several. */
export type Source = number | { readonly axis: Axis; readonly column: Column } | Combination;

export type Pointwise =
  | { readonly kind: 'map'; readonly expr: Expr; readonly sources: readonly Source[] }
  /** The mean over the first `samples` coordinates of one more axis. */
  | { readonly kind: 'mean'; readonly over: Axis; readonly samples: number; readonly arg: Combination }
  /** The same entries under other names of axes: from this value's axes to the argument's. */
  | { readonly kind: 'renamed'; readonly arg: Pointwise; readonly to: ReadonlyMap<Axis, Axis> }
  /** A state that keeps its entries on the regions it was asked for. */
  | { readonly kind: 'kept'; readonly tiles: Tiles };

/** How many of the first coordinates of each axis are read. */
export type Extents = ReadonlyMap<Axis, number>;

/** A block of rows of a region: rows run over the first axis, the others are whole. */
export interface Region {
  readonly axes: readonly Axis[];
  readonly extents: Extents;
  readonly start: number;
  readonly count: number;
}

export const NOTHING: Combination = { outers: [], terms: [] };

/** Regions of fewer entries are done before a loop for them is compiled. */
const WORTH_COMPILING = 2 ** 14;

/** Entries of a block of rows that are worked on at once. */
const BLOCK = 8192;

const extent = (extents: Extents, axis: Axis): number => required(extents.get(axis), `extent of axis "${axis}"`);

/** Entries in one row of a region. */
function rowLength({ axes, extents }: Pick<Region, 'axes' | 'extents'>): number {
  return axes.slice(1).reduce((product, axis) => product * extent(extents, axis), 1);
}

/** Rows of a region that make a block. */
export function blockRows(axes: readonly Axis[], extents: Extents): number {
  return Math.max(1, Math.floor(BLOCK / rowLength({ axes, extents })));
}

/** Σ scale · combination; what is the same outer product in several of them becomes one. */
export function combined(parts: readonly { readonly scale: number; readonly value: Combination }[]): Combination {
  const live = parts.filter(({ scale }) => scale !== 0);
  const outers = live.flatMap(({ scale, value }) =>
    scale === 1 ? value.outers : value.outers.map((o) => ({ ...o, coefficient: scale * o.coefficient })),
  );
  return {
    outers: live.length > 1 ? merged(outers) : outers,
    terms: live.flatMap(({ scale, value }) =>
      scale === 1 ? value.terms : value.terms.map((t) => ({ ...t, coefficient: scale * t.coefficient })),
    ),
  };
}

/** Adds up the coefficients of equal outer products: momentum hands the same gradients to every later weight. */
function merged(outers: readonly Outer[]): Outer[] {
  const places = new Map<Column, Map<Column, number>>();
  const kept: Outer[] = [];
  for (const outer of outers) {
    const byRight = places.get(outer.left) ?? new Map<Column, number>();
    places.set(outer.left, byRight);
    const place = byRight.get(outer.right);
    const same = place === undefined ? undefined : kept[place];
    if (place !== undefined && same?.leftAxis === outer.leftAxis && same.rightAxis === outer.rightAxis) {
      kept[place] = { ...same, coefficient: same.coefficient + outer.coefficient };
    } else {
      byRight.set(outer.right, kept.length);
      kept.push(outer);
    }
  }
  return kept;
}

/** The same combination on other axes. */
export function renamed({ outers, terms }: Combination, axes: readonly (readonly [Axis, Axis])[]): Combination {
  const to = new Map(axes);
  const back = new Map(axes.map(([from, target]) => [target, from]));
  const move = (axis: Axis): Axis => to.get(axis) ?? axis;
  return {
    outers: outers.map((o) => ({ ...o, leftAxis: move(o.leftAxis), rightAxis: move(o.rightAxis) })),
    terms: terms.map(({ coefficient, pointwise }) => ({
      coefficient,
      pointwise: { kind: 'renamed', arg: pointwise, to: back },
    })),
  };
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

/** A region with all its rows. */
type Whole = Omit<Region, 'start' | 'count'>;

const keyOf = ({ axes, extents }: Whole): string => axes.map((axis) => `${axis} ${extent(extents, axis)}`).join(', ');

/**
 * Entries of a state on whole regions, computed once from its definition, which may read the tiles of the state before.
 * A region once asked for is asked for again at the next step, so a new state takes over the regions of the old one.
 *
 * Tiles are kept for the states that hold them; the last one that lets go lets the entries go. They can be computed again
 * from the definition, so what was made of them stays right.
 */
export class Tiles {
  readonly #definition: Combination;
  readonly #before: Tiles | undefined;
  readonly #tiles = new Map<string, Float64Array>();
  readonly #regions = new Map<string, Whole>();
  /** What states before wrote on. */
  readonly #spares: Spares;
  /** Whether a copy reads the same arrays. */
  #shared = false;
  #holders = 0;

  constructor(definition: Combination, before: Tiles | undefined) {
    this.#definition = definition;
    this.#before = before;
    this.#spares = before === undefined ? new Spares() : before.#spares;
  }

  /** Computes all regions that the state before was asked for. */
  settle(): void {
    for (const region of this.#before?.regions() ?? []) this.#compute(region);
    this.#before?.tidy();
  }

  regions(): readonly Whole[] {
    return [...this.#regions.values()];
  }

  /** One more state holds them. */
  hold(): void {
    this.#holders++;
  }

  /** One state less does. No program is run meanwhile, so that nothing reads entries that are let go. */
  letGo(): void {
    this.#holders--;
    if (this.#holders === 0 && !this.#shared) this.#spares.give(this.#tiles.values());
    this.tidy();
  }

  /** Forgets entries that no state holds. */
  tidy(): void {
    if (this.#holders === 0) this.#tiles.clear();
  }

  /** The same entries, held by nobody yet. */
  copy(): Tiles {
    const copy = new Tiles(this.#definition, this.#before);
    copy.#shared = true;
    this.#shared = true;
    for (const [key, tile] of this.#tiles) copy.#tiles.set(key, tile);
    for (const [key, region] of this.#regions) copy.#regions.set(key, region);
    return copy;
  }

  /** Bytes held. */
  get bytes(): number {
    return [...this.#tiles.values()].reduce((sum, tile) => sum + tile.byteLength, 0);
  }

  /** All entries on a region of two axes, row-major. */
  entries(region: Whole): Float64Array {
    return this.#tile(region);
  }

  fill(region: Region, out: Float64Array): void {
    const length = rowLength(region);
    const from = region.start * length;
    out.set(this.#tile(region).subarray(from, from + region.count * length));
  }

  /** A region asked for late is computed from the beginning; the states before keep nothing of it. */
  #tile(region: Whole): Float64Array {
    const known = this.#tiles.get(keyOf(region));
    if (known !== undefined) return known;
    const tile = this.#compute(region);
    this.#before?.tidy();
    return tile;
  }

  #compute({ axes, extents }: Whole): Float64Array {
    const rows = extent(extents, required(axes[0], 'axis of a region'));
    const length = rowLength({ axes, extents });
    const tile = this.#spares.take(rows * length);
    const loop = rowLoop(this.#definition, axes, extents);
    if (loop !== undefined) loop.fill(rows, tile);
    else {
      const step = blockRows(axes, extents);
      for (let start = 0; start < rows; start += step) {
        const count = Math.min(step, rows - start);
        fillCombination(this.#definition, { axes, extents, start, count }, tile.subarray(start * length));
      }
    }
    this.#tiles.set(keyOf({ axes, extents }), tile);
    this.#regions.set(keyOf({ axes, extents }), { axes, extents });
    return tile;
  }
}
