/** The state of kets: a value that programs go on from, branch and hand to one another (design: state). */

import type { Form, Tensors } from '../program/index.ts';
import type { Combination, KeptTiles } from './combination.ts';
import { Tiles } from './keptTiles.ts';
import { type Known, type Moved, movedOperator } from './known.ts';
import type { Operator, Value } from './values.ts';

/** A value with the powers of n that it carries. */
export interface Held {
  readonly value: Value;
  readonly form: Form;
}

/**
 * Columns, factors, tiles and lazily known matrices by name. What it holds is the interpreter's; it is made by `start`,
 * `run` and `fork`, and never changes, but that its matrices are learned further.
 */
export class KetState {
  readonly known: Known;
  /** Tensors that were given at the start and that no program has named yet. */
  readonly given: Tensors;
  readonly values: ReadonlyMap<string, Held>;
  #released = false;

  constructor(known: Known, given: Tensors, values: ReadonlyMap<string, Held>) {
    this.known = known;
    this.given = given;
    this.values = values;
    for (const tiles of this.#tiles()) tiles.hold();
  }

  /** Lets go of entries of nonlinear outer products, unless another state holds them too. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    for (const tiles of this.#tiles()) tiles.letGo();
  }

  /** The same state with knowledge of its own. */
  fork(): KetState {
    const { known, moved } = this.known.copy();
    const values = [...this.values].map(
      ([name, { value, form }]) => [name, { form, value: movedValue(value, moved) }] as const,
    );
    return new KetState(known, this.given, new Map(values));
  }

  #tiles(): KeptTiles[] {
    return [...this.values.values()].flatMap(({ value }) =>
      value.kind === 'operators' ? Array.from(value.data).flatMap((operator) => keptTiles(operator) ?? []) : [],
    );
  }
}

function movedValue(value: Value, moved: Moved): Value {
  if (value.kind !== 'operators') return value;
  const data = Array.from(value.data, (operator) => {
    const tiles = keptTiles(operator);
    const copied = tiles === undefined ? operator : keeping(operator, operator.pointwise.outers, tiles.copy());
    return movedOperator(copied, moved);
  });
  return { ...value, data };
}

/** State keeps its factors, and of what is not of low rank the regions that were read. */
export function settled(value: Value, before: Value | undefined): Value {
  if (value.kind !== 'operators' || value === before) return value;
  const data = Array.from(value.data, (operator, p): Operator => {
    const { outers, terms } = operator.pointwise;
    const earlier = before?.kind === 'operators' ? before.data[p] : undefined;
    if (terms.length === 0 || (earlier !== undefined && sameTiles(operator, earlier))) return operator;
    const tiles = new Tiles({ outers: [], terms }, earlier && keptTiles(earlier));
    tiles.settle();
    return keeping(operator, outers, tiles);
  });
  return { ...value, data };
}

/** Whether a state is handed on as it was. */
function sameTiles(now: Operator, before: Operator): boolean {
  const tiles = keptTiles(now);
  return tiles !== undefined && tiles === keptTiles(before);
}

function keeping({ matrices }: Operator, outers: Combination['outers'], tiles: KeptTiles): Operator {
  return { matrices, pointwise: { outers, terms: [{ coefficient: 1, pointwise: { kind: 'kept', tiles } }] } };
}

function keptTiles({ pointwise }: Operator): KeptTiles | undefined {
  const [only, more] = pointwise.terms;
  if (more !== undefined || only?.coefficient !== 1) return undefined;
  return only.pointwise.kind === 'kept' ? only.pointwise.tiles : undefined;
}
