/**
 * What least squares says of each training example when it is fitted without it, in closed form: with G the inverse of
 * the system (K + ridge · ‖K‖ · I) and α = G y, the outputs of example i are off by (G_ii)⁻¹ α_i, G_ii its block of
 * outputs. The ridge stays what it is for all examples.
 */

import { entry, type Matrix, matrix, solve } from '../../numeric/index.ts';
import { kernelSystem } from './kernelSystem.ts';

/**
 * Predictions [train · outputs] of the targets `wanted`; nothing where the system is singular, and what a fit of minimum
 * norm would say has no such form.
 */
export function leaveOneOut(
  kernel: Matrix,
  wanted: Float64Array,
  { ridge, outputs }: { readonly ridge: number; readonly outputs: number },
): Float64Array | undefined {
  const system = kernelSystem(kernel);
  if (!system.invertible(ridge)) return undefined;
  const n = kernel.rows;
  const diagonal = (value: number): Matrix => {
    const data = new Float64Array(n * n);
    for (let k = 0; k < n; k++) data[k * (n + 1)] = value;
    return matrix(n, n, data);
  };
  const shift = diagonal(ridge * system.norm).data;
  const inverse = solve({ ...kernel, data: kernel.data.map((value, k) => value + entry(shift, k)) }, diagonal(1));
  const alpha = system.solver(ridge)(wanted);
  const predicted = wanted.slice();
  for (let first = 0; first < n; first += outputs) {
    const block = new Float64Array(outputs * outputs);
    for (let k = 0; k < block.length; k++) {
      block[k] = entry(inverse.data, (first + Math.floor(k / outputs)) * n + first + (k % outputs));
    }
    const own = matrix(outputs, 1, alpha.slice(first, first + outputs));
    solve(matrix(outputs, outputs, block), own).data.forEach((value, k) => {
      predicted[first + k] = entry(wanted, first + k) - value;
    });
  }
  return predicted;
}
