/**
 * What matrix functions of an update are written in: one definition serves programs, where X is a value and products are
 * contractions, and kets, where X = U C Vᵀ/n and all that is computed is the small matrix C (theory 11).
 */

/** Matrices X, and symmetric matrices S on one of their sides, on which products with X act. */
export interface MatrixAlgebra<X, S> {
  /** X/(‖X‖ + epsilon), ‖·‖ the Frobenius norm; 0 where X is 0. */
  normalized(x: X, epsilon: number): X;
  /** X Xᵀ, or Xᵀ X where that is the smaller one. */
  gram(x: X): S;
  product(left: S, right: S): S;
  /** S X, or X S. */
  applied(s: S, x: X): X;
  /** left · a + right · b. */
  sum(a: number, left: X, b: number, right: X): X;
  sumOfGrams(a: number, left: S, b: number, right: S): S;
}

/** The coefficients of one step, X ← aX + b(XXᵀ)X + c(XXᵀ)²X, how many steps, and what is added to the norm. */
export interface NewtonSchulz {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly steps: number;
  readonly epsilon: number;
}

/** Newton–Schulz steps from X over its Frobenius norm, an odd polynomial of X's singular values. */
export function newtonSchulzOf<X, S>(algebra: MatrixAlgebra<X, S>, x: X, { a, b, c, steps, epsilon }: NewtonSchulz): X {
  let next = algebra.normalized(x, epsilon);
  for (let step = 0; step < steps; step++) {
    const gram = algebra.gram(next);
    const factor = c === 0 ? gram : algebra.sumOfGrams(b, gram, c, algebra.product(gram, gram));
    next = algebra.sum(a, next, c === 0 ? b : 1, algebra.applied(factor, next));
  }
  return next;
}
