/**
 * How a value of a program depends on the width: what the powers of n leave, once they are combined.
 *
 * Every value is written n^exponent · v with v of order 1 in n, n being the symbol of which all width spaces are
 * multiples; constants, ratios of widths among them, stay in v. Order 1 means: entries of a vector or scalar are of
 * order 1; an initial matrix has entries of standard deviation n^(-1/2), so that its products with vectors are of order
 * 1 (IVb 2.6.3). Powers that do not cancel are the initial scalars θ = n^(-r) of IVb 3.1.1. Exponents
 * are exact fractions; that of what is identically zero is −∞.
 */

import type { Axis } from '../axes.ts';
import { compare, type Exponent } from '../exponent.ts';
import type { Expr } from '../expressions.ts';
import type { Ref } from '../instructions.ts';

/** An initial matrix inside a value, its rows and columns on two axes of that value. */
export interface MatrixTerm {
  /** The parameter or input that draws it. */
  readonly symbol: Ref;
  readonly rows: Axis;
  readonly columns: Axis;
  /** Its product with a vector of order 1 is of order n^exponent. */
  readonly exponent: Exponent;
}

/**
 * The form of a value of order n^exponent. With at most one width axis it is `plain`: a scalar or a vector, entry by
 * entry. With more it is an `operator`: a linear combination of initial matrices, plus a `pointwise` part whose entries
 * are functions of the entries of vectors (an outer product, an optimizer's update), whose exponent is that of its
 * entries.
 */
export type Form =
  | { readonly kind: 'plain'; readonly exponent: Exponent }
  | { readonly kind: 'operator'; readonly matrices: readonly MatrixTerm[]; readonly pointwise: Exponent };

/** A map with its powers of n combined. */
export interface ScaledMap {
  /** The map of the operands' parts of order 1 (of operators: their pointwise parts), left-over powers explicit. */
  readonly expr: Expr;
  /** For each operand that holds initial matrices: its coefficient n^exponent · (a function of scalars). */
  readonly coefficients: ReadonlyMap<number, { readonly exponent: Exponent; readonly expr: Expr }>;
}

/** A rule of NE⊗OR⊤ that an instruction breaks. */
export interface Violation {
  readonly node: Ref;
  /** The rule's name, for programs. */
  readonly rule: Rule;
  /** What the instruction does, and what would be inside. */
  readonly text: string;
}

/** A rule of NE⊗OR⊤ that an instruction breaks ({@link checkFragment}; docs/limits.md has the table). */
export type Rule =
  /** A reduction over a width axis other than the mean, or a sum that no power of n turns into one. */
  | 'mean-only'
  /** A value that grows with n. */
  | 'growth'
  /** An entrywise function of an initial matrix. */
  | 'matrix-entrywise'
  /** A matrix used otherwise than by its products with vectors. */
  | 'matrix-product'
  /** Coordinates of a width singled out by an index. */
  | 'width-index'
  /** Initial data of another kind than the language has. */
  | 'initial-data'
  /** Widths that are not multiples of one symbol. */
  | 'one-width';

/** What lies inside the language but outside the proofs, or needs a remark. */
export interface Note {
  readonly node: Ref;
  readonly text: string;
}

/** Each matrix once, with its largest power: what a sum holds of it. */
export function merged(matrices: readonly MatrixTerm[]): MatrixTerm[] {
  const terms = new Map<string, MatrixTerm>();
  for (const term of matrices) {
    const key = JSON.stringify([term.symbol, term.rows, term.columns]);
    const known = terms.get(key);
    if (known === undefined || compare(known.exponent, term.exponent) < 0) terms.set(key, term);
  }
  return [...terms.values()];
}
