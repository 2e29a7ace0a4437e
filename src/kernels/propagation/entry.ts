/**
 * Entries of values: the law of one coordinate of a width for every input at once, as a sum of products of functions of
 * Gaussian forms. An entry without factors is a number for each input.
 *
 * Forms are combinations of the Gaussian variables that values are made of: entries of initial vectors, and products of
 * initial matrices with values (hats, IVb 2.6.5), which are entries again. What depends on the inputs are covariances.
 */

import type { Expr, Ref } from '../../program/index.ts';
import type { GaussianFunction } from '../dual/functions.ts';
import type { Planned } from '../plan/quantities.ts';
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

/** A function of one form. */
export interface Single {
  readonly kind: 'single';
  readonly id: number;
  readonly form: Form;
  readonly of: GaussianFunction;
}

/** An argument of a function of several: a form, or a number for each input. */
export type Argument = Form | Planned;

/** A function of several arguments that does not fall into a product. */
export interface Joint {
  readonly kind: 'joint';
  readonly id: number;
  readonly expr: Expr;
  readonly args: readonly Argument[];
}

export type Factor = Single | Joint;

/** coefficient · Π factors, of different forms where they are single, by rising id. */
export interface Term {
  readonly coefficient: Numbers;
  readonly factors: readonly Factor[];
}

/** Σ terms; equal entries are one object. */
export interface Entry {
  readonly id: number;
  readonly terms: readonly Term[];
}

export function isForm(argument: Argument): argument is Form {
  return 'byGroup' in argument;
}

/** The forms that a factor reads. */
export function formsOfFactor(factor: Factor): readonly Form[] {
  return factor.kind === 'single' ? [factor.form] : factor.args.filter(isForm);
}

/** The forms that an entry reads, each once. */
export function formsOf(entry: Entry): readonly Form[] {
  return [...new Set(entry.terms.flatMap(({ factors }) => factors.flatMap(formsOfFactor)))];
}

/** The numbers that an entry without factors is. */
export function numbersOf({ terms }: Entry): Numbers | undefined {
  const [first, second] = terms;
  if (first === undefined) return 0;
  return second === undefined && first.factors.length === 0 ? first.coefficient : undefined;
}
