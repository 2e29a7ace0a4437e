/**
 * Quantities of pairs of inputs that are not computed yet: what covariances are while a kernel is planned.
 *
 * A quantity is a number, or a node of a plan: later one number for each pair of inputs. Nodes are in the order in which
 * they are made, so that those that a node reads come before it.
 */

import type { Formula, LoopFormulas } from '../../numeric/wasm/formulas/index.ts';
import type { SmoothFunction } from '../dual/smooth.ts';
import { type Shape, Shapes } from './shapes.ts';

/** Which input of a pair. */
export type Side = 'left' | 'right';

/** A vector for each input: quantities of inputs with themselves, or data. An inner product of two is a covariance. */
export interface Rows {
  readonly columns: readonly Planned[];
}

/** A function of a Gaussian variable, whose variance is a quantity of each input with itself. */
export interface SeriesSide {
  readonly own: Planned;
  readonly of: SmoothFunction;
}

/** By Var u, Cov(u, v), Var v. */
export type PairFunction = (uu: number, uv: number, vv: number) => number;

export type NodeOrigin =
  /** A number that is given with each input: a place of its data. */
  | { readonly kind: 'data'; readonly name: string; readonly place: number }
  /** Of the input on one side, a quantity of each input with itself. */
  | { readonly kind: 'side'; readonly own: Planned; readonly side: Side }
  /** ⟨left, right⟩. */
  | { readonly kind: 'gram'; readonly left: Rows; readonly right: Rows }
  /** A result of a grid, by its place among them. */
  | { readonly kind: 'grid'; readonly grid: PooledGrid; readonly result: 0 | 1 }
  /** 1 where both inputs of a pair are one, else 0. */
  | { readonly kind: 'same' }
  | { readonly kind: 'formula'; readonly shape: Shape }
  /** E f(u) g(v) from the covariance that it reads, with the variances of both sides. */
  | { readonly kind: 'series'; readonly left: SeriesSide; readonly right: SeriesSide; readonly of: PairFunction }
  /** A function that only JavaScript has. */
  | { readonly kind: 'function'; readonly of: (values: ArrayLike<number>) => number };

/** A node of a plan. */
export interface Planned {
  readonly id: number;
  readonly origin: NodeOrigin;
  readonly args: readonly Planned[];
  /** Nodes of one key read much the same, and are computed together where that can be; −1 for none. */
  readonly key: number;
  readonly plan: Plan;
}

export type Batch =
  /** A compiled loop; records of slots, arguments first. */
  | { readonly kind: 'loop'; readonly kernel: number; readonly records: Int32Array }
  /** Numbers of the input on one side. */
  | { readonly kind: 'gather'; readonly side: Side; readonly own: Planned; readonly slot: number }
  | { readonly kind: 'gram'; readonly left: Rows; readonly right: Rows; readonly slot: number }
  | { readonly kind: 'same'; readonly slot: number }
  | SeriesBatch
  | {
      readonly kind: 'call';
      readonly of: (values: ArrayLike<number>) => number;
      readonly args: readonly number[];
      readonly slot: number;
    };

/** A series in the covariance in a slot. */
export interface SeriesBatch {
  readonly kind: 'series';
  readonly left: SeriesSide;
  readonly right: SeriesSide;
  readonly of: PairFunction;
  readonly arg: number;
  readonly slot: number;
}

/** Batches whose slots and kernels count from 0, and which begin with nothing. */
export interface PooledGrid {
  readonly kernels: readonly LoopFormulas[];
  readonly batches: readonly Batch[];
  readonly slots: number;
  /** Where Σ over all places of nngp, and of ntk, is at the end. */
  readonly results: readonly [nngp: number, ntk: number];
}

export type Quantity = number | Planned;

const NO_KEY = -1;

export class Plan {
  readonly nodes: Planned[] = [];
  readonly shapes = new Shapes();
  readonly #sides = { left: new Map<Planned, Planned>(), right: new Map<Planned, Planned>() };
  readonly #data = new Map<string, Planned>();
  readonly #formulas = new Map<string, Planned>();
  #same: Planned | undefined;

  /** Data of each input. */
  data(name: string, place: number): Planned {
    const key = `${place} ${name}`;
    const node = this.#data.get(key) ?? this.#node({ kind: 'data', name, place });
    this.#data.set(key, node);
    return node;
  }

  /** A quantity of inputs with themselves, of the input on one side. */
  side(own: Planned, side: Side): Planned {
    const node = this.#sides[side].get(own) ?? this.#node({ kind: 'side', own, side });
    this.#sides[side].set(own, node);
    return node;
  }

  gram(left: Rows, right: Rows): Planned {
    return this.#node({ kind: 'gram', left, right });
  }

  /** Both results of a grid, of which a plan has one at most. */
  grid(grid: PooledGrid): readonly [nngp: Planned, ntk: Planned] {
    return [this.#node({ kind: 'grid', grid, result: 0 }), this.#node({ kind: 'grid', grid, result: 1 })];
  }

  same(): Planned {
    this.#same ??= this.#node({ kind: 'same' });
    return this.#same;
  }

  /** A formula of quantities; numbers are filled in. */
  formula(name: string, of: (args: readonly Formula[]) => Formula, args: readonly Quantity[], key = NO_KEY): Quantity {
    const shape = this.shapes.named(name, of, args);
    if (typeof shape === 'number') return shape;
    return this.ofShape(shape, args.filter(isPlanned), key);
  }

  /** The node of a shape, one for the same arguments. */
  once(shape: Shape, args: readonly Planned[]): Planned {
    const key = `${shape.id}:${args.map(({ id }) => id).join()}`;
    const node = this.#formulas.get(key) ?? this.ofShape(shape, args);
    this.#formulas.set(key, node);
    return node;
  }

  ofShape(shape: Shape, args: readonly Planned[], key = NO_KEY): Planned {
    return this.#node({ kind: 'formula', shape }, args, key);
  }

  /** A mean of a pair as a series; `of` is what it is where the terms of the series are not enough. */
  series(left: SeriesSide, covariance: Planned, right: SeriesSide, of: PairFunction): Planned {
    return this.#node({ kind: 'series', left, right, of }, [covariance]);
  }

  /** A function of quantities, which is asked for every pair. */
  call(of: (values: ArrayLike<number>) => number, args: readonly Quantity[]): Quantity {
    const planned = args.filter(isPlanned);
    if (planned.length === 0) return of(args.filter((arg) => typeof arg === 'number'));
    if (planned.length === args.length) return this.#node({ kind: 'function', of }, planned);
    const filled = Float64Array.from(args, (arg) => (typeof arg === 'number' ? arg : 0));
    const places = args.flatMap((arg, k) => (typeof arg === 'number' ? [] : [k]));
    const ofPlanned = (values: ArrayLike<number>): number => {
      places.forEach((place, k) => {
        filled[place] = Number(values[k]);
      });
      return of(filled);
    };
    return this.#node({ kind: 'function', of: ofPlanned }, planned);
  }

  #node(origin: NodeOrigin, args: readonly Planned[] = [], key = NO_KEY): Planned {
    const node: Planned = { id: this.nodes.length, origin, args, key, plan: this };
    this.nodes.push(node);
    return node;
  }
}

export function isPlanned(quantity: Quantity): quantity is Planned {
  return typeof quantity !== 'number';
}
