/**
 * How far features move in training: by layer, what becomes of the kernel ⟨x_a | x_b⟩ that they make of the examples.
 * They do where r = 0 (IVb 2.8). The alignment of a kernel with targets is that of Cristianini et al. 2001.
 */

import { required } from '../../errors/index.ts';
import type { Estimate } from '../../kets/index.ts';
import { at } from '../../numeric/index.ts';
import type { LimitPath } from './path.ts';

/** How far the features of a layer move in training, and whether toward the targets. */
export interface FeatureMovement {
  /** The value whose kernel it is, such as `x1`. */
  readonly layer: string;
  /** ‖K_T − K_0‖ / ‖K_0‖, Frobenius norms over all examples. */
  readonly movement: number;
  /** What sampling alone would make it: the root of the squared errors, over ‖K_0‖. */
  readonly error: number;
  /**
   * Before and after: ⟨K, y yᵀ⟩ / (‖K‖ ‖y yᵀ‖) over the examples that are trained on, 1 where features are the targets; absent
   * where targets are no numbers, or all 0.
   */
  readonly alignment?: readonly [start: number, end: number];
}

/** Which kernels of features are compared, on which examples. */
export interface MovementOptions {
  /** Values of {@link withFeatureKernels} by name. */
  readonly kernels: readonly string[];
  /** A number for each example; absent where targets are no numbers. */
  readonly targets?: ArrayLike<number>;
  /** The examples that are trained on. */
  readonly trained: readonly number[];
}

/** By layer, the movement of features from before the first step to after the last. */
export function featureMovement(
  { values, shape }: Pick<LimitPath, 'values' | 'shape'>,
  { kernels, targets, trained }: MovementOptions,
): readonly FeatureMovement[] {
  const examples = required(shape[0], 'number of examples');
  return kernels.flatMap((name): FeatureMovement[] => {
    const steps = values[name];
    const [first, last] = [steps?.[0], steps?.at(-1)];
    if (first === undefined || last === undefined) return [];
    const size = frobenius(first.map(({ value }) => value));
    const of = (kernel: readonly Estimate[]): number | undefined =>
      targets === undefined ? undefined : alignmentOf(kernel, examples, targets, trained);
    const [start, end] = [of(first), of(last)];
    return [
      {
        layer: name.slice(name.indexOf('.') + 1),
        movement: frobenius(last.map(({ value }, k) => value - required(first[k], 'kernel at the start').value)) / size,
        error: frobenius([...first, ...last].map(({ standardError }) => standardError)) / size,
        ...(start === undefined || end === undefined ? {} : { alignment: [start, end] as const }),
      },
    ];
  });
}

const frobenius = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));

function alignmentOf(
  kernel: readonly Estimate[],
  examples: number,
  targets: ArrayLike<number>,
  trained: readonly number[],
): number | undefined {
  let [inner, kernels, all] = [0, 0, 0];
  for (const a of trained) {
    all += at(targets, a) ** 2;
    for (const b of trained) {
      const { value } = required(kernel[a * examples + b], 'entry of a feature kernel');
      inner += value * at(targets, a) * at(targets, b);
      kernels += value ** 2;
    }
  }
  return all === 0 ? undefined : inner / (Math.sqrt(kernels) * all);
}
