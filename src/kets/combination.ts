/**
 * Values over two or more width axes whose entries are functions of vectors' entries: outer products and entrywise maps
 * of them, such as an optimizer's update of a hidden matrix (the OuterNonlin of IVb 2.6.1).
 *
 * They are never stored whole. A combination keeps what is of low rank as factors and the rest as a description that is
 * evaluated region by region when a product or a mean asks for it. Averages over a width may read only its first
 * coordinates (`extents`): the fixed subsample of the theory, error O(m^(-1/2)), exact when it is everything.
 */

import type { Axis, Expr } from '../program/index.ts';
import type { Column } from './gaussian/index.ts';

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
  | { readonly kind: 'kept'; readonly tiles: KeptTiles };

/** How many of the first coordinates of each axis are read. */
export type Extents = ReadonlyMap<Axis, number>;

/** A region with all its rows. */
export type Whole = Omit<Region, 'start' | 'count'>;

/** A block of rows of a region: rows run over the first axis, the others are whole. */
export interface Region {
  readonly axes: readonly Axis[];
  readonly extents: Extents;
  readonly start: number;
  readonly count: number;
}

/** Entries that a state keeps on the regions that it was asked for (keptTiles.ts). */
export interface KeptTiles {
  /** All entries on a region of two axes, row-major. */
  entries(region: Whole): Float64Array;
  fill(region: Region, out: Float64Array): void;
  /** The regions that it was asked for. */
  regions(): readonly Whole[];
  /** One more state holds them, or one less. */
  hold(): void;
  letGo(): void;
  /** Forgets entries that no state holds. */
  tidy(): void;
  /** The same entries, held by nobody yet. */
  copy(): KeptTiles;
  /** Bytes held. */
  readonly bytes: number;
}

export const NOTHING: Combination = { outers: [], terms: [] };

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
