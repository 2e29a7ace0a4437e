/**
 * The second of the two tests of kernel behavior (Malladi et al. 2023, definition 3.2): are gradients after fine-tuning
 * those before it, as seen by the kernel of the optimizer?
 */

import { required } from '../../errors/index.ts';
import { entry } from '../../numeric/index.ts';
import type { LayerKernel } from '../kernel/kernelOptions.ts';

/** How far a kernel has gone from another of the same examples. */
export interface KernelDistance {
  /**
   * Mean over entries of |K_T − K_0| / |K_0|, as the paper measures it. Entries near 0 count for much in it, and it grows with
   * their logarithm; those that are exactly 0 before are left out.
   */
  readonly relative: number;
  /** Median of the same ratios. */
  readonly median: number;
  /** ‖K_T − K_0‖ / ‖K_0‖ in Frobenius norms. */
  readonly frobenius: number;
  /** ‖K_T − s K_0‖ / ‖K_T‖ at the best s: what of the distance is no common factor. */
  readonly direction: number;
  /** Entries that are 0 before. */
  readonly zeros: number;
}

/** How far a layer's part of the kernel moved. */
export interface LayerDistance extends KernelDistance {
  readonly layer: string;
  /** ‖K_T − K_0‖² of the layer over the sum of those of all layers. */
  readonly share: number;
}

/**
 * Compares two kernels [rows · outputs, train · outputs] entry by entry; of kernels without an entry that is not 0,
 * NaN.
 */
export function kernelDistance(before: Float64Array, after: Float64Array): KernelDistance {
  const ratios: number[] = [];
  let [difference, old, now, product] = [0, 0, 0, 0];
  for (let k = 0; k < before.length; k++) {
    const [a, b] = [entry(before, k), entry(after, k)];
    difference += (b - a) ** 2;
    old += a * a;
    now += b * b;
    product += a * b;
    if (a !== 0) ratios.push(Math.abs(b - a) / Math.abs(a));
  }
  const cosine = product / Math.sqrt(old * now);
  return {
    relative: ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length,
    median: medianOf(ratios),
    frobenius: Math.sqrt(difference / old),
    // Rounding may take the cosine past 1.
    direction: Math.sqrt(Math.max(0, 1 - cosine * cosine)),
    zeros: before.length - ratios.length,
  };
}

/** The same by layer, for the layers of the kernel before. */
export function layerDistances(before: readonly LayerKernel[], after: readonly LayerKernel[]): LayerDistance[] {
  const pairs = before.map(({ layer, kernel }) => {
    const other = required(
      after.find((one) => one.layer === layer),
      `kernel of layer "${layer}"`,
    ).kernel;
    const square = kernel.reduce((sum, a, k) => sum + (entry(other, k) - a) ** 2, 0);
    return { layer, square, distance: kernelDistance(kernel, other) };
  });
  const total = pairs.reduce((sum, { square }) => sum + square, 0);
  return pairs.map(({ layer, square, distance }) =>
    Object.assign({ layer, share: total === 0 ? 0 : square / total }, distance),
  );
}

function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? entry(sorted, middle) : (entry(sorted, middle - 1) + entry(sorted, middle)) / 2;
}
