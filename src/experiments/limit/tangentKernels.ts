/**
 * The tangent kernel while a network trains: at infinite width where features move, and of networks of any width. It is
 * that of theory 7, and stands still there.
 */

import { required } from '../../errors/index.ts';
import { tangentKernelProgram } from '../../kernels/index.ts';
import type { Estimate } from '../../kets/index.ts';
import { entry, matrix, symmetricEigen } from '../../numeric/index.ts';
import { type Axis, type Program, reorder, type Tensor } from '../../program/index.ts';
import { parametrizedNet } from '../../training/index.ts';
import { linearMomentum, ratesOf } from './kernel.ts';
import type { LimitProblem } from './problem.ts';

/** The kernel before a step, rows and columns counting examples and, within these, the output's other entries. */
export interface KernelLook<Entry = Estimate> {
  readonly step: number;
  readonly entries: readonly Entry[];
}

/** What a kernel on the examples of the batches says. */
export interface TangentSpectrum {
  readonly step: number;
  /** From the largest on. */
  readonly eigenvalues: readonly number[];
  /** Of the largest, from the errors of the kernel, to first order. */
  readonly standardError: number;
  /** ⟨K, y yᵀ⟩ / (‖K‖ ‖y yᵀ‖); absent where targets are no numbers, or all 0. */
  readonly alignment?: number;
}

/** Which examples and targets `tangentSpectrum` reads a kernel on. */
export interface SpectrumOptions {
  /** The examples that are trained on. */
  readonly trained: readonly number[];
  /** All examples. */
  readonly examples: number;
  /** A number for each output; absent where targets are no numbers. */
  readonly targets?: ArrayLike<number>;
}

/** The tangent kernel of a network at the weights that a state holds. Throws as `tangentKernelProgram` does. */
export function tangentLook(problem: LimitProblem): Program {
  const { output } = problem.net;
  return tangentKernelProgram(parametrizedNet(problem.net, problem), {
    output,
    rates: ratesOf(problem),
    outputs: 'each',
  });
}

/** A kernel's axes with those of rows first. */
export function rowsFirst(axes: readonly Axis[]): Axis[] {
  return [...axes].sort((a, b) => Number(a.endsWith("'")) - Number(b.endsWith("'")));
}

/**
 * The sharpness from which on descent diverges, 2 (1 + momentum) / η, where updates are those of SGD with or without momentum
 * and the loss is squared; undefined of other rules, which no number for all networks bounds.
 */
export function descentEdge(problem: LimitProblem): number | undefined {
  const momentum = linearMomentum(problem);
  const { settings = {}, optimizer } = problem;
  const rate =
    typeof settings === 'function'
      ? undefined
      : (settings.learningRate ?? optimizer.hyperparameters.learningRate?.value);
  return momentum === undefined || typeof rate !== 'number' ? undefined : (2 * (1 + momentum)) / rate;
}

/** Numbers of a kernel, row-major. */
export const kernelNumbers = (kernel: Tensor): number[] =>
  Array.from(reorder(kernel, rowsFirst(kernel.axes)).data, Number);

/** Eigenvalues, sharpness and alignment of a kernel on what is trained on. */
export function tangentSpectrum(
  { step, entries }: KernelLook,
  { trained, examples, targets }: SpectrumOptions,
): TangentSpectrum {
  const rows = Math.sqrt(entries.length);
  const each = rows / examples;
  const own = trained.flatMap((example) => Array.from({ length: each }, (_, k) => example * each + k));
  const at = (a: number, b: number): Estimate => required(entries[a * rows + b], 'entry of a tangent kernel');
  // Sampling leaves what is symmetric in the limit a little less so.
  const numbers = own.flatMap((a) => own.map((b) => (at(a, b).value + at(b, a).value) / 2));
  if (!numbers.every(Number.isFinite)) return { step, eigenvalues: [], standardError: Number.NaN };
  const { values, vectors } = symmetricEigen(matrix(own.length, own.length, Float64Array.from(numbers)));
  const last = own.length - 1;
  const top = own.map((_, k) => entry(vectors.data, k * own.length + last));
  let [variance, inner, size, all] = [0, 0, 0, 0];
  own.forEach((a, i) => {
    all += targets === undefined ? 0 : targetAt(targets, a) ** 2;
    own.forEach((b, j) => {
      const { value, standardError } = at(a, b);
      variance += (required(top[i], 'entry') * required(top[j], 'entry') * standardError) ** 2;
      inner += targets === undefined ? 0 : value * targetAt(targets, a) * targetAt(targets, b);
      size += value ** 2;
    });
  });
  return {
    step,
    eigenvalues: Array.from(values).reverse(),
    standardError: Math.sqrt(variance),
    ...(all === 0 || size === 0 ? {} : { alignment: inner / (Math.sqrt(size) * all) }),
  };
}

const targetAt = (values: ArrayLike<number>, k: number): number => required(values[k], 'target of an output');
