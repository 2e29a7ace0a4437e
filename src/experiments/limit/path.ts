/**
 * What training does to outputs and loss, step by step, at infinite width. The limit is that of theory 7 where features
 * stand still, of theory 8 where they move.
 */

import { required } from '../../errors/index.ts';
import {
  type Estimate,
  type EstimatedOutput,
  type EstimatedStep,
  estimateLimit,
  type Keep,
  type ScramblingTeam,
} from '../../kets/index.ts';
import { type Axis, type Phase, type Program, reorder, type Tensors } from '../../program/index.ts';
import { startName } from '../../training/index.ts';
import { type LimitKind, type LimitProblem, outputShape, stepData, stepsOf, zeros } from './problem.ts';
import { type StartPath, startOfStep } from './startPath.ts';
import { type KernelLook, rowsFirst, tangentLook } from './tangentKernels.ts';
import {
  changeLook,
  changesIn,
  NONE,
  standingStill,
  unchanged,
  type WeightChange,
  withInitialWeights,
} from './weightChange.ts';

/** How much `limitPath` samples, where outputs start, and at which steps it looks. */
export interface LimitPathOptions {
  /** Independent scramblings; default 8. */
  readonly seeds?: number;
  readonly seed?: number;
  /** Samples of each width, a power of two; default {@link estimateLimit}'s. */
  readonly samples?: number;
  /** Whether the bias of order 1/n of the samples is extrapolated away; default true. */
  readonly extrapolate?: boolean;
  /** Coordinates that averages within nonlinear updates of matrices read. */
  readonly subsample?: number;
  /** Most bytes of the process. */
  readonly memory?: number;
  /** Where outputs of the neural tangent limit begin, on their axes, where weights decay by step; default 0. */
  readonly start?: StartPath;
  /** Steps before which the tangent kernel is looked at, where features move; default none. */
  readonly looks?: readonly number[];
  /** Steps before which it is looked how far weights are from where they started; default none. */
  readonly changes?: readonly number[];
  /** Computes scramblings, several at once; default: here, one after another. */
  readonly team?: ScramblingTeam;
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
  /** The tangent kernel before the steps that were asked for. */
  readonly kernels: readonly KernelLook[];
  /** Before the steps that were asked for, by parameter; in the neural tangent limit of those whose layers stand still. */
  readonly changes: readonly WeightChange[];
}

/**
 * The limit of a training: the neural tangent one where features stand still, else the maximal update one. Throws
 * {@link UserError} as {@link stepsOf}, {@link stepData} and `estimateLimit` do.
 */
export async function limitPath(problem: LimitProblem, options: LimitPathOptions = {}): Promise<LimitPath> {
  const { net, steps } = problem;
  const { samples, start, looks = [], changes = [], ...rest } = options;
  const { kind, limit } = stepsOf(problem);
  const data = stepData(problem);
  const begins = start ?? zeros(outputShape(problem));
  const begun = (step: number) =>
    kind === 'neural tangent' ? { [startName(net.output)]: startOfStep(begins, step) } : {};
  const at = (step: number): Tensors => ({ ...data(step), ...begun(step) });
  const changed = looksWithin(changes, steps);
  const asked =
    kind === 'neural tangent'
      ? []
      : looksOf(
          problem,
          looksWithin(looks, steps),
          changed.filter((step) => step > 0),
        );
  const found = await estimateLimit(phasesWith(problem, limit, asked, at), {
    ...rest,
    ...(samples === undefined ? {} : { width: samples }),
  });
  const isTraining = (outputs: EstimatedStep): boolean => outputs.some(({ name }) => name === net.output);
  const trained = found.filter(isTraining);
  const seen = found.filter((outputs) => !isTraining(outputs));
  const named = (name: string) => trained.map((outputs) => outputs.find((output) => output.name === name));
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
    kernels: seen.flatMap((outputs, k) => {
      const kernel = outputs.find(({ name }) => name === KERNEL);
      return kernel === undefined ? [] : [lookOf(required(asked[k], 'look').step, kernel)];
    }),
    changes:
      kind === 'neural tangent'
        ? standingStill(problem, changed)
        : [
            ...unchanged(problem, changed, NONE),
            ...seen.flatMap((outputs, k) => changesIn(required(asked[k], 'look').step, outputs)),
          ],
    ...(losses.length === 0 ? {} : { losses }),
  };
}

/** The output of a look. */
const KERNEL = 'ntk';

/** Different steps of a training of so many, in their order. */
export function looksWithin(looks: readonly number[], steps: number): readonly number[] {
  return [...new Set(looks)].filter((step) => step >= 0 && step <= steps).sort((a, b) => a - b);
}

/** A program that is run on the state before a step. */
interface Look {
  readonly step: number;
  readonly program: Program;
  /** Whether it asks for the weights at the start. */
  readonly ofChange: boolean;
}

/** Looks in the order of their steps. */
function looksOf(problem: LimitProblem, kernels: readonly number[], changes: readonly number[]): readonly Look[] {
  const each = (steps: readonly number[], make: () => Program, ofChange: boolean): readonly Look[] => {
    if (steps.length === 0) return [];
    const program = make();
    return steps.map((step) => ({ step, program, ofChange }));
  };
  const all = [...each(kernels, () => tangentLook(problem), false), ...each(changes, () => changeLook(problem), true)];
  return all.sort((a, b) => a.step - b.step);
}

/** Steps of training with looks between them, all on one state. */
function phasesWith(
  problem: LimitProblem,
  limit: Program,
  looks: readonly Look[],
  data: (step: number) => Tensors,
): readonly Phase[] {
  const { target: _, ...inputs } = problem.data;
  const training = (program: Program, from: number, end: number): readonly Phase[] =>
    end <= from ? [] : [{ program, steps: end - from, data: (step: number) => data(from + step) }];
  const keepsStart = looks.some(({ ofChange }) => ofChange);
  const between = (from: number, end: number): readonly Phase[] =>
    keepsStart && from === 0 && end > 0
      ? [...training(withInitialWeights(problem, limit), 0, 1), ...training(limit, 1, end)]
      : training(limit, from, end);
  const froms = [0, ...looks.map(({ step }) => step)];
  return froms.flatMap((from, k) => [
    ...(k === 0 ? [] : [{ program: required(looks[k - 1], 'look').program, data: inputs }]),
    ...between(from, looks[k]?.step ?? problem.steps + 1),
  ]);
}

function lookOf(step: number, { axes, shape, entries }: EstimatedOutput): KernelLook {
  const places = reorder({ axes, shape, data: Float64Array.from(entries, (_, k) => k) }, rowsFirst(axes)).data;
  return { step, entries: Array.from(places, (place) => required(entries[Number(place)], 'entry of a kernel')) };
}
