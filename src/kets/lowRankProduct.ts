/** Products of values of low rank over a width axis that both have: (Σ a ⊗ b)(Σ c ⊗ d) = Σ ⟨b|c⟩ a ⊗ d. */

import type { Pairs } from '../entries/index.ts';
import { at } from '../numeric/index.ts';
import { type Axis, without } from '../program/index.ts';
import { type Combination, combined, type Outer } from './combination.ts';
import type { Context } from './context.ts';
import { gram } from './gaussian/index.ts';
import { type Column, entryAt, type Operator, type Operators, type Value } from './values.ts';

/** Whether a value is sums of outer products over two widths alone. */
function isLowRank({ widths, data }: Operators): boolean {
  return (
    widths.length === 2 &&
    Array.from(data).every(({ matrices, pointwise }) => matrices.length === 0 && pointwise.terms.length === 0)
  );
}

/**
 * The contraction over the only width axis that two values of low rank share, which is of low rank; undefined where
 * they are not of low rank or share another axis.
 */
export function lowRankProduct(
  left: Operators,
  right: Operators,
  { axes, shape, groups }: Pairs,
  over: Axis,
  { ratio, count }: Context,
): Value | undefined {
  const widths = [...without(left.widths, [over]), ...without(right.widths, [over])];
  if (!isLowRank(left) || !isLowRank(right) || new Set(widths).size !== 2) return undefined;
  if (!left.widths.includes(over) || !right.widths.includes(over)) return undefined;
  const products = rememberedProducts();
  const factor = ratio(over) / count(over);
  const data = groups.map(
    (group): Operator => ({
      matrices: [],
      pointwise: combined(
        group.map(([a, b]) => ({
          scale: factor,
          value: outersOfProduct(entryAt(left.data, a).pointwise, entryAt(right.data, b).pointwise, over, products),
        })),
      ),
    }),
  );
  return { kind: 'operators', widths, axes, shape, data };
}

/** A side of an outer product, and its axis. */
type End = readonly [Column, Axis];

/** The end of an outer product on an axis, and the other one. */
function ends({ left, leftAxis, right, rightAxis }: Outer, over: Axis): readonly [End, End] {
  const [one, other] = [[left, leftAxis] as const, [right, rightAxis] as const];
  return leftAxis === over ? [one, other] : [other, one];
}

function outersOfProduct(left: Combination, right: Combination, over: Axis, products: Products): Combination {
  const outers = left.outers.flatMap((a) => {
    const [met, kept] = ends(a, over);
    return right.outers.map((b): Outer => {
      const [metBy, keptBy] = ends(b, over);
      return {
        coefficient: a.coefficient * b.coefficient * products(met[0], metBy[0]),
        left: kept[0],
        leftAxis: kept[1],
        right: keptBy[0],
        rightAxis: keptBy[1],
      };
    });
  });
  return { outers, terms: [] };
}

type Products = (one: Column, other: Column) => number;

/** Sums of products, each pair of columns once. */
function rememberedProducts(): Products {
  const known = new Map<Column, Map<Column, number>>();
  return (one, other) => {
    const own = known.get(one) ?? new Map<Column, number>();
    known.set(one, own);
    const product = own.get(other) ?? known.get(other)?.get(one) ?? at(gram([one], [other]), 0);
    own.set(other, product);
    return product;
  };
}
