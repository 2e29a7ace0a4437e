/** Inverse roots of positive matrices on either side of a matrix, by products alone (Shampoo, Gupta et al. 2018). */

import type { MatrixAlgebra, SymmetricAlgebra } from './matrixAlgebra.ts';

/** The root p of L^(−1/p) X R^(−1/p), and what is added to L and R in units of their norms. */
export interface Preconditioning {
  readonly root: number;
  readonly epsilon: number;
}

/** (L + ε‖L‖)^(−1/p) X (R + ε‖R‖)^(−1/p), ‖·‖ the Frobenius norm. */
export function preconditionedOf<X, S>(
  algebra: MatrixAlgebra<X, S>,
  x: X,
  [left, right]: readonly [S, S],
  how: Preconditioning,
): X {
  const rooted = (side: SymmetricAlgebra<X, S>, s: S, given: X): X => {
    const { identity, part } = inverseRoot(side, side.normalized(s), how);
    const acted = algebra.sum(identity, given, 1, side.applied(part, given));
    return side.overNorm(acted, s, 1 / how.root);
  };
  return rooted(algebra.columns, right, rooted(algebra.rows, left, x));
}

/** identity · I + part: a function of a matrix of low rank, for I itself is none. */
interface Shifted<S> {
  readonly identity: number;
  readonly part: S;
}

/**
 * (S + ε)^(−1/p) of a positive S of norm 1 by the coupled Newton iteration (Higham 2008, Functions of Matrices, chapter
 * 7): T = ((p + 1) − M)/p, X ← X T, M ← Tᵖ M from X = 1, M = S + ε. It is stable, and its multiples of the identity are
 * numbers that ε alone decides, as is the number of steps.
 */
function inverseRoot<X, S>(side: SymmetricAlgebra<X, S>, s: S, { root, epsilon }: Preconditioning): Shifted<S> {
  const product = (a: Shifted<S>, b: Shifted<S>): Shifted<S> => ({
    identity: a.identity * b.identity,
    part: side.sum([a.identity, b.part], [b.identity, a.part], [1, side.product(a.part, b.part)]),
  });
  let m: Shifted<S> = { identity: epsilon, part: s };
  let x: Shifted<S> | undefined;
  for (let step = 0; step < stepsOf(root, epsilon); step++) {
    const t: Shifted<S> = {
      identity: (root + 1 - m.identity) / root,
      part: side.sum([-1 / root, m.part]),
    };
    x = x === undefined ? t : product(x, t);
    m = product(powerOf(t, root, product), m);
  }
  return x ?? { identity: 1, part: side.sum([0, s]) };
}

/** t^p by squaring. */
function powerOf<S>(t: Shifted<S>, power: number, product: (a: Shifted<S>, b: Shifted<S>) => Shifted<S>): Shifted<S> {
  if (power === 1) return t;
  const half = powerOf(t, Math.floor(power / 2), product);
  const square = product(half, half);
  return power % 2 === 0 ? square : product(square, t);
}

/** How far from 1 an eigenvalue of M may end; the next step would square it. */
const CONVERGED = 1e-12;

/** Steps until the least eigenvalue, ε, is brought to 1; larger ones need fewer, as they are at most 1 + ε. */
function stepsOf(root: number, epsilon: number): number {
  let steps = 0;
  for (let m = epsilon; Math.abs(m - 1) > CONVERGED && steps < MOST_STEPS; steps++)
    m *= ((root + 1 - m) / root) ** root;
  return steps;
}

/** Far more than any ε above rounding needs. */
const MOST_STEPS = 200;
