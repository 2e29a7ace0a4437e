/**
 * Least squares with an asymmetric kernel for two classes ±1 (He, He, Shi, Huang and Suykens, "Learning with asymmetric
 * kernels: least squares and feature interpretation", 2023; lm.md, solvers).
 *
 * Notation: K_ij = ⟨φ(i), ψ(j)⟩ with training examples i as rows, such as φ the sign of a gradient and ψ the gradient
 * itself; y_i = ±1; H_ij = y_i K_ij y_j. The machine solves [I/γ, H; Hᵀ, I/γ](α, β) = 1 and says of an example e
 * λ Σ_i y_i α_i ⟨φ(i), ψ(e)⟩ + (1 − λ) Σ_i y_i β_i ⟨ψ(i), φ(e)⟩.
 */

import { entry, type Matrix, matrix, multiply, singularDecomposition, transpose } from '../../numeric/index.ts';
import { singularMachine } from './solverErrors.ts';

/** α and β of a γ. */
export interface AsymmetricFit {
  readonly alpha: Float64Array;
  readonly beta: Float64Array;
}

/**
 * The machines of one kernel for all γ, from one singular value decomposition H = U diag(s) Vᵀ. `rows` holds ⟨φ(j), ψ(i)⟩,
 * the evaluated example i as row, as kernels here do: the transpose of K.
 *
 * The map throws UserError `lm.singular-machine` for a γ that is one over a singular value, to rounding.
 */
export function asymmetricMachine(rows: Matrix, signs: Float64Array): (gamma: number) => AsymmetricFit {
  const n = rows.rows;
  // Kᵀ = left diag(s) rightᵀ gives H = (y right) diag(s) (y left)ᵀ.
  const { left, values, right } = singularDecomposition(rows);
  const signed = (a: Matrix): Matrix => ({
    ...a,
    data: a.data.map((value, k) => value * entry(signs, Math.floor(k / a.columns))),
  });
  const [u, v] = [signed(right), signed(left)];
  const ones = matrix(n, 1, new Float64Array(n).fill(1));
  const [ofU, ofV] = [multiply(transpose(u), ones).data, multiply(transpose(v), ones).data];
  const most = values.reduce((size, value) => Math.max(size, value), 0);
  return (gamma) => {
    const own = 1 / gamma;
    const close = n * Number.EPSILON * Math.max(own, most);
    if (values.some((value) => Math.abs(own - value) <= close)) throw singularMachine(gamma);
    // (a, b), the components of (α, β), solve own · a + s b = ofU, s a + own · b = ofV.
    const component = (first: Float64Array, second: Float64Array): Float64Array =>
      values.map((s, k) => (own * entry(first, k) - s * entry(second, k)) / ((own - s) * (own + s)));
    return {
      alpha: assembled(u, component(ofU, ofV), ofU, gamma),
      beta: assembled(v, component(ofV, ofU), ofV, gamma),
    };
  };
}

/** What has these components along the columns, and γ times the rest of a vector of ones beside them. */
function assembled(columns: Matrix, components: Float64Array, ofOnes: Float64Array, gamma: number): Float64Array {
  const n = columns.rows;
  const whole = columns.columns === n;
  const parts = whole ? components : components.map((value, k) => value - gamma * entry(ofOnes, k));
  return multiply(columns, matrix(parts.length, 1, parts)).data.map((value) => (whole ? value : value + gamma));
}
