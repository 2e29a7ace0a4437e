/** What training does to outputs and loss, step by step, at infinite width. */

import { required } from '../../errors/index.ts';
import { type Estimate, estimateLimit, type Keep } from '../../kets/index.ts';
import type { Axis } from '../../program/index.ts';
import { startName } from '../../training/index.ts';
import { type LimitKind, type LimitProblem, outputShape, stepData, stepsOf, zeros } from './problem.ts';
import { type StartPath, startAt } from './startPath.ts';

export interface LimitPathOptions {
  /** Independent scramblings; default 8. */
  readonly seeds?: number;
  readonly seed?: number;
  /** Samples of each width, a power of two; default {@link estimateLimit}'s. */
  readonly samples?: number;
  /** Coordinates that averages within nonlinear updates of matrices read. */
  readonly subsample?: number;
  /** Most bytes of the process. */
  readonly memory?: number;
  /** Where outputs of the neural tangent limit begin, on their axes, where weights decay by step; default 0. */
  readonly start?: StartPath;
  /** Keeps what each scrambling gives, so that none is computed twice. */
  readonly keep?: Keep;
  readonly onProgress?: (share: number) => void;
}

/** A training at infinite width. */
export interface LimitPath {
  readonly kind: LimitKind;
  /** The output's axes with their sizes, the examples first. */
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
  /** Outputs before each step and after the last, row-major. */
  readonly outputs: readonly (readonly Estimate[])[];
  /** The loss of the batch of each step; absent where there is only an error signal. */
  readonly losses?: readonly Estimate[];
  /** The other values that the problem's `outputs` name, by step, row-major; those with a width are left out. */
  readonly values: Readonly<Record<string, readonly (readonly Estimate[])[]>>;
}

/**
 * The limit of a training: the neural tangent one where features stand still, else the maximal update one. Throws
 * {@link UserError} as {@link stepsOf}, {@link stepData} and `estimateLimit` do.
 */
export async function limitPath(problem: LimitProblem, options: LimitPathOptions = {}): Promise<LimitPath> {
  const { net, steps } = problem;
  const { samples, start, ...rest } = options;
  const { kind, limit } = stepsOf(problem);
  const data = stepData(problem);
  const begins = start ?? zeros(outputShape(problem));
  const begun = (step: number) => (kind === 'neural tangent' ? { [startName(net.output)]: startAt(begins, step) } : {});
  const found = await estimateLimit(limit, {
    ...rest,
    ...(samples === undefined ? {} : { width: samples }),
    steps: steps + 1,
    data: (step) => ({ ...data(step), ...begun(step) }),
  });
  const named = (name: string) => found.map((outputs) => outputs.find((output) => output.name === name));
  const outputs = named(net.output).map((output) => required(output, `output "${net.output}" of the limit`));
  const losses = named('loss').flatMap((loss) => loss?.entries[0] ?? []);
  const others = (problem.outputs ?? []).flatMap((name) => {
    const steps = named(name).flatMap((value) => (value === undefined ? [] : [value.entries]));
    return steps.length === 0 ? [] : [[name, steps] as const];
  });
  const { axes, shape } = required(outputs[0], 'output of the limit');
  return {
    kind,
    axes,
    shape,
    outputs: outputs.map((output) => output.entries),
    values: Object.fromEntries(others),
    ...(losses.length === 0 ? {} : { losses }),
  };
}
