/**
 * The Gaussian variables that values are made of, one coordinate of a width looked at: entries of initial vectors, and
 * products of initial matrices with values (hats, IVb 2.6.5). What depends on the inputs are their covariances.
 */

import type { Ref } from '../../program/index.ts';
import type { Entry } from './entry.ts';
import type { Numbers } from './numbers.ts';

/** An initial matrix, or a vector that reads values by their sum over the width: a matrix of one row. */
export interface MatrixSymbol {
  /** Told apart from other matrices; all its products are of one group. */
  readonly group: number;
  readonly name: Ref;
  /** Columns · variance of an entry: Cov(W x, W x′) / E x x′. */
  readonly variance: number;
  /** Columns · rate of a trained matrix: what its own gradient adds to the tangent kernel, over E x x′. */
  readonly trained: number;
}

export type Origin =
  /** An entry of an initial vector; `perExample` where every example has one of its own. */
  | {
      readonly kind: 'initial';
      readonly name: Ref;
      readonly variance: number;
      readonly trained: number;
      readonly perExample: boolean;
    }
  | { readonly kind: 'product'; readonly symbol: MatrixSymbol; readonly input: Entry };

/** A Gaussian variable of mean 0 for every input. */
export interface Variable {
  readonly id: number;
  /** Variables of different groups are independent, and so are their gradients. */
  readonly group: number;
  readonly origin: Origin;
}

/** A variable with its coefficient, which may differ between inputs. */
export interface Part {
  readonly variable: Variable;
  readonly coefficient: Numbers;
}

/** Σ coefficient · variable: again Gaussian, by rising variable. */
export interface Form {
  readonly id: number;
  readonly parts: readonly Part[];
  readonly byGroup: ReadonlyMap<number, readonly Part[]>;
}

/** Whether two forms share a source of randomness; if not, they are independent and share no parameter. */
export function related(a: Form, b: Form): boolean {
  for (const group of a.byGroup.keys()) if (b.byGroup.has(group)) return true;
  return false;
}
