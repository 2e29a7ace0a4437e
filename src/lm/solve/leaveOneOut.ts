/**
 * What least squares says of each training example when it is fitted without it, in closed form: with G the inverse of
 * the system (K + ridge · ‖K‖ · I) and α = G y, the outputs of example i are off by (G_ii)⁻¹ α_i, G_ii its block of
 * outputs. The ridge stays what it is for all examples.
 *
 * For single outputs these are the residuals whose squares Allen 1974 adds up (PRESS).
 */

import { entry, type Matrix, matrix, solve } from '../../numeric/index.ts';
import type { KernelSplit } from './kernelSplit.ts';
import { kernelSystem } from './kernelSystem.ts';
import { type Fit, scaledInitial } from './predictor.ts';
import { differenceTargets, oneHotTargets } from './solvers.ts';

/**
 * Scores [train · outputs] of the training examples by fits without them, f₀ included where the fit starts from it;
 * nothing for other solvers than least squares, or where the system is singular.
 */
export function leaveOneOutScores(fit: Fit, { rows, classes, initial }: KernelSplit): Float64Array | undefined {
  if (fit.method !== 'least-squares' || fit.settings.transposed === true) return undefined;
  const { outputs, settings } = fit;
  const started = scaledInitial(settings.initialScale, initial);
  const from = (k: number): number => (started === undefined ? 0 : entry(started, k));
  const targets = outputs === 1 ? differenceTargets(classes) : oneHotTargets(classes, outputs);
  const wanted = targets.map((target, k) => target - from(k));
  return leaveOneOut(rows, wanted, { ridge: settings.ridge, outputs })?.map((value, k) => value + from(k));
}

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
  const blocks = system.inverseBlocks(ridge, outputs);
  const alpha = system.solver(ridge)(wanted);
  const predicted = wanted.slice();
  for (let first = 0; first < kernel.rows; first += outputs) {
    const block = blocks.slice(first * outputs, (first + outputs) * outputs);
    const own = matrix(outputs, 1, alpha.slice(first, first + outputs));
    solve(matrix(outputs, outputs, block), own).data.forEach((value, k) => {
      predicted[first + k] = entry(wanted, first + k) - value;
    });
  }
  return predicted;
}
