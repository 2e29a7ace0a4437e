/** NNGP and NTK of programs in closed form. Kets of the forward and backward pass are those of theory 7. */

import type { Matrix } from '../numeric/index.ts';
import type { Axis, Program, Sizes, Tensors } from '../program/index.ts';
import * as errors from './errors.ts';
import { type Inputs, joinedInputs } from './inputs.ts';
import type { KernelMachine } from './plan/machine.ts';
import { type Planning, plannedKernels } from './planning.ts';
import type { Rates } from './rates.ts';

/** Inputs of `limitingKernels`, and which of a program's outputs it is about. */
export interface KernelOptions {
  /** Inputs by the name of the program's data, on the axis of examples and further ones. */
  readonly x1: Tensors;
  /** Inputs of the other side; those of x1 if absent, and the kernels are symmetric. */
  readonly x2?: Tensors;
  /** The output whose kernels are asked for; the only one if absent. */
  readonly output?: string;
  /** The axis of the data that counts examples; default `batch`. */
  readonly examples?: Axis;
  /**
   * Sizes by symbol. With a size of the width, powers of it that are left over (in the tangent kernel of the standard
   * parametrization, say) are those of this size; without one they must vanish or cancel.
   */
  readonly sizes?: Sizes;
  /**
   * By parameter, what multiplies its share of the tangent kernel: its step size over a common one, a number or one with
   * powers of sizes, n^(d − c) in an abcd-parametrization that is trained by SGD. Default 1.
   */
  readonly rates?: Rates;
  /** The one kernel that is asked for; the other then has no rows. Both if absent. */
  readonly only?: 'nngp' | 'ntk';
}

/** Kernels of the pairs of inputs, [x1, x2], in the limit of the width. */
export interface LimitingKernels {
  readonly nngp: Matrix;
  readonly ntk: Matrix;
}

/** What is larger grows with the width. */
const LARGE = 2 ** 40;

/**
 * The limits of a program's kernels as its width grows (theory 2 and 7): with f the output at initialization,
 *
 *     nngp(x, x′) = E f(x) f(x′),   ntk(x, x′) = E Σ_θ rate_θ ∂f(x)/∂θ ∂f(x′)/∂θ,
 *
 * of one coordinate of a width that the output has, and the mean over its fixed axes. Weights are drawn as their laws
 * say; each parameter is trained at its rate in the program's own coordinates, so that multipliers count.
 *
 * Throws {@link UserError} `kernels.not-given`, `kernels.unknown-data`, `kernels.wrong-axes`, `kernels.no-inputs`,
 * `kernels.other-size`, `kernels.other-count`, `kernels.not-finite`, `kernels.unknown-output`, `kernels.unknown-rate`,
 * `kernels.outside-fragment`, `kernels.grows`; {@link UnsupportedError} `kernels.refused`, `kernels.not-closed`.
 */
export function limitingKernels(program: Program, options: KernelOptions): LimitingKernels {
  const { planning, inputs } = begun(program, options);
  return checked(planning, planning.planned.compute(inputs));
}

/**
 * The same limits on a machine: its threads share the inner loops, its engine multiplies matrices.
 *
 * Throws what {@link limitingKernels} throws.
 */
export async function limitingKernelsOn(
  machine: KernelMachine,
  program: Program,
  options: KernelOptions,
): Promise<LimitingKernels> {
  const { planning, inputs } = begun(program, options);
  return checked(planning, await planning.planned.computeOn(machine, inputs));
}

function begun(program: Program, options: KernelOptions): { readonly planning: Planning; readonly inputs: Inputs } {
  const { examples = 'batch', rates = {}, sizes = {}, output, only } = options;
  const wanted = only === undefined ? (['nngp', 'ntk'] as const) : [only];
  const inputs = joinedInputs(program, options.x1, options.x2, examples);
  return { planning: plannedKernels(program, { inputs, output, examples, rates, sizes, wanted }), inputs };
}

function checked({ program, output, growing }: Planning, kernels: LimitingKernels): LimitingKernels {
  if (growing === undefined) return kernels;
  for (const which of ['nngp', 'ntk'] as const) {
    if (reaches(kernels[which].data, LARGE)) throw errors.grows(program, output, which, growing);
  }
  return kernels;
}

/** Whether a number is larger than a bound in size; a plain loop, for there are millions. */
function reaches(data: Float64Array, bound: number): boolean {
  for (let k = 0; k < data.length; k++) if (Math.abs(data[k] as number) > bound) return true; // in range
  return false;
}
