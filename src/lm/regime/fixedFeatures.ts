/**
 * The kernel of an optimizer before and after fine-tuning, on training × evaluated examples. That it stays is half of
 * kernel behavior (Malladi et al. 2023, definition 3.2).
 */

import { entry } from '../../numeric/index.ts';
import { empiricalKernel } from '../kernel/empiricalKernel.ts';
import type { ComputedKind } from '../kernel/kernelKinds.ts';
import type { EmpiricalKernel, KernelOptions, LayerKernel } from '../kernel/kernelOptions.ts';
import { type KernelDistance, kernelDistance, type LayerDistance, layerDistances } from './kernelDistance.ts';

/** What a kernel is computed of; columns are the first `train` examples, rows those behind them. */
export interface KernelFeatureOptions
  extends Pick<
    KernelOptions,
    'engine' | 'model' | 'examples' | 'outputs' | 'head' | 'selected' | 'team' | 'onProgress'
  > {
  readonly train: number;
  readonly kind: ComputedKind;
}

/** A kernel of the evaluated examples' rows, whole and by layer. */
export interface Features {
  readonly kind: ComputedKind;
  /** [evaluated · outputs × train · outputs], row-major. */
  readonly kernel: Float64Array;
  readonly layers: readonly LayerKernel[];
  readonly train: number;
  readonly outputs: number;
}

/** How far the kernel of an optimizer moved in fine-tuning, in all and by layer. */
export interface FixedFeatures extends KernelDistance {
  readonly kind: ComputedKind;
  readonly layers: readonly LayerDistance[];
}

/** Computes a kernel with its layers. Throws the errors of `empiricalKernel`. */
export async function featuresOf({ train, ...options }: KernelFeatureOptions): Promise<Features> {
  const columns = Array.from({ length: train }, (_, k) => k);
  const found = await empiricalKernel(Object.assign({ train: columns, byLayer: true }, options));
  const rows = (kernel: Float64Array): Float64Array => kernel.slice(train * found.outputs * train * found.outputs);
  return {
    kind: options.kind,
    kernel: rows(found.kernel),
    layers: layersOf(found).map(({ layer, kernel }) => ({ layer, kernel: rows(kernel) })),
    train,
    outputs: found.outputs,
  };
}

const layersOf = ({ layers = [] }: EmpiricalKernel): readonly LayerKernel[] => layers;

/** How far features have moved. */
export function compareFeatures(before: Features, after: Features): FixedFeatures {
  return Object.assign(
    { kind: before.kind, layers: layerDistances(before.layers, after.layers) },
    kernelDistance(before.kernel, after.kernel),
  );
}

/** A kernel for the eye: of each pair of examples the mean over outputs of K[i, c, j, c], [evaluated][train]. */
export function traceOf({ kernel, train, outputs }: Features): number[][] {
  const width = train * outputs;
  return Array.from({ length: kernel.length / (width * outputs) }, (_, row) =>
    Array.from({ length: train }, (__, column) => {
      let sum = 0;
      for (let c = 0; c < outputs; c++) sum += entry(kernel, (row * outputs + c) * width + column * outputs + c);
      return sum / outputs;
    }),
  );
}
