/** Arithmetic on entries of exact values: numbers, kets and operators alike. */

import { closedOr, type NotClosed, whereClosed } from '../../expectations/index.ts';
import { at } from '../../numeric/index.ts';
import { add, argument, constant, type Expr, maximum, mul, raised, substitute } from '../../program/index.ts';
import { mergedUses } from '../values.ts';
import type { ExactKets, Ket } from './exactKets.ts';
import { type ExactEntry, type ExactOperator, isOperator, type OnAxes, type Places } from './values.ts';

/** What works on entries: the world of kets, and sizes with widths at infinity. */
export class EntryArithmetic {
  readonly kets: ExactKets;
  readonly #size: (space: string) => number;

  constructor(kets: ExactKets, size: (space: string) => number) {
    this.kets = kets;
    this.#size = size;
  }

  /** An expression with sizes filled in: powers of a width that are left over are 0. */
  withSizes(expr: Expr): Expr {
    return substitute(expr, (leaf) =>
      leaf.op === 'size' ? constant(raised(this.#size(leaf.space), leaf.exponent)) : leaf,
    );
  }

  /** Σ weight · entry. */
  sum(terms: readonly { readonly weight: number; readonly entry: ExactEntry }[]): ExactEntry {
    return whereClosed(
      terms.map(({ entry }) => entry),
      (entries): ExactEntry => {
        const weights = terms.map(({ weight }) => weight);
        if (entries.every((entry) => typeof entry === 'number')) {
          return entries.reduce<number>((total, entry, k) => total + at(weights, k) * entry, 0);
        }
        if (entries.every(isOperator)) return this.#sumOfOperators(entries, weights);
        const expr = entries.reduce<Expr>((total, _, k) => add(total, mul(at(weights, k), argument(k))), constant(0));
        return closedOr(() => this.kets.map(expr, entries as readonly (Ket | number)[])); // operators were taken above
      },
    );
  }

  #sumOfOperators(operators: readonly ExactOperator[], weights: readonly number[]): ExactOperator {
    const parts = operators.flatMap(({ pointwise }, k) =>
      pointwise === undefined ? [] : [{ weight: at(weights, k), pointwise }],
    );
    const expr = parts.reduce<Expr>((total, { weight }, k) => add(total, mul(weight, argument(k))), constant(0));
    return {
      matrices: mergedUses(
        operators.flatMap(({ matrices }, k) =>
          matrices.map((use) => ({ ...use, coefficient: use.coefficient * at(weights, k) })),
        ),
      ),
      pointwise:
        parts.length === 0
          ? undefined
          : this.onAxes(
              expr,
              parts.map(({ pointwise }) => pointwise),
            ),
    };
  }

  /** expr of functions of several axes. */
  onAxes(expr: Expr, args: readonly (OnAxes | number)[]): OnAxes {
    return (places) =>
      whereClosed(
        args.map((arg) => (typeof arg === 'number' ? arg : arg(places))),
        (kets) => closedOr(() => this.kets.map(expr, kets)),
      );
  }

  /** The largest of entries. */
  largest(entries: readonly ExactEntry[]): ExactEntry {
    const expr = entries.map((_, k): Expr => argument(k)).reduce((most, next) => maximum(most, next));
    return whereClosed(entries, (closed): ExactEntry => {
      if (closed.every((entry) => typeof entry === 'number')) return Math.max(...closed);
      if (closed.some(isOperator)) {
        const args = closed.map((entry) => (isOperator(entry) ? (entry.pointwise ?? 0) : 0));
        return { matrices: [], pointwise: this.onAxes(expr, args) };
      }
      return closedOr(() => this.kets.map(expr, closed as readonly (Ket | number)[])); // operators were taken above
    });
  }

  /** A ket at the place of its axis. */
  at(ket: Ket, place: number | undefined): Ket {
    return place === undefined || place === 0 ? ket : this.kets.onCopy(ket, place);
  }

  /** The mean of a function of several axes over one of them, at a place that is free. */
  meanOver(pointwise: OnAxes, axis: string): OnAxes {
    return (places): Ket | NotClosed => {
      const place = free(places);
      return whereClosed([pointwise(new Map([...places, [axis, place]]))], ([ket]) =>
        ket === undefined ? this.kets.constant(0) : this.kets.meanOverCopy(ket, place),
      );
    };
  }
}

/** The first place that no axis has. */
function free(places: Places): number {
  const taken = new Set(places.values());
  let place = 1;
  while (taken.has(place)) place++;
  return place;
}
