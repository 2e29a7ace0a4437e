/**
 * What matrix functions of an update are written in: one definition serves programs, where X is a value and products are
 * contractions, and kets, where X = U C Vᵀ/n and all that is computed is the small matrix C (theory 11).
 */

/** Symmetric matrices S on one side of matrices X, on which products with X act. */
export interface SymmetricAlgebra<X, S> {
  product(left: S, right: S): S;
  /** Σ factor · S, of one or more. */
  sum(...terms: readonly (readonly [number, S])[]): S;
  /** S X, or X S. */
  applied(s: S, x: X): X;
  /** S/‖S‖, ‖·‖ the Frobenius norm; 0 where S is 0. */
  normalized(s: S): S;
  /** X/‖S‖^power. */
  overNorm(x: X, s: S, power: number): X;
}

/** Matrices X with the symmetric matrices on either side of them. */
export interface MatrixAlgebra<X, S> {
  /** X/(‖X‖ + epsilon); 0 where X is 0. */
  normalized(x: X, epsilon: number): X;
  /** left · a + right · b. */
  sum(a: number, left: X, b: number, right: X): X;
  /** X Xᵀ, or Xᵀ X where that is the smaller one. */
  gram(x: X): S;
  /** Symmetric matrices on the rows, on the columns, and on the side of {@link gram}. */
  readonly rows: SymmetricAlgebra<X, S>;
  readonly columns: SymmetricAlgebra<X, S>;
  readonly small: SymmetricAlgebra<X, S>;
}

/** The coefficients of one step, X ← aX + b(XXᵀ)X + c(XXᵀ)²X, how many steps, and ε (theory 11). */
export interface NewtonSchulz {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly steps: number;
  /** Added to the Frobenius norm, which n^d · G has of order n where entries are of order 1. */
  readonly epsilon: number;
}

/** Newton–Schulz steps from X over its Frobenius norm, an odd polynomial of X's singular values. */
export function newtonSchulzOf<X, S>(algebra: MatrixAlgebra<X, S>, x: X, { a, b, c, steps, epsilon }: NewtonSchulz): X {
  const { small } = algebra;
  let next = algebra.normalized(x, epsilon);
  for (let step = 0; step < steps; step++) {
    const gram = algebra.gram(next);
    const factor = c === 0 ? gram : small.sum([b, gram], [c, small.product(gram, gram)]);
    next = algebra.sum(a, next, c === 0 ? b : 1, small.applied(factor, next));
  }
  return next;
}

/**
 * X over its largest singular value σ. With M = XXᵀ/‖XXᵀ‖ squared over and over, each time over its norm ν, σ² is the
 * product of all ν^(2^-j), at any spectrum: after j squarings the rest is rank^(2^-j), so that the number of squarings
 * alone says how close it comes.
 */
export function spectrallyNormalizedOf<X, S>(algebra: MatrixAlgebra<X, S>, x: X, squarings: number): X {
  const { small } = algebra;
  let next = algebra.normalized(x, 0);
  let power = algebra.gram(next);
  for (let j = 0; j <= squarings; j++) {
    if (j > 0) {
      const unit = small.normalized(power);
      power = small.product(unit, unit);
    }
    next = small.overNorm(next, power, 0.5 ** (j + 1));
  }
  return next;
}
