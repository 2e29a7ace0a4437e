/** A limit of training with what it was asked for: plain data, what `--json` prints. */

import { required } from '../../errors/index.ts';
import {
  type FeatureMovement,
  type FrozenStart,
  featureMovement,
  type LimitKind,
  type LimitResult,
  type WidthPaths,
} from '../../experiments/index.ts';
import { entries } from '../../program/index.ts';
import type { Looks } from './looks.ts';
import type { LimitCommandOptions } from './options.ts';
import type { PreparedLimit } from './prepare.ts';

/** Numbers on the axes of an output, such as [example] or [example][class]. */
export type Nested = number | null | readonly Nested[];

/** Networks of one width. */
export interface LimitAtWidth {
  readonly width: number;
  readonly seeds: number;
  readonly diverged: number;
  /** By step: means over seeds, and their standard deviations. */
  readonly outputs: readonly Nested[];
  readonly deviations: readonly Nested[];
  readonly losses: readonly (number | null)[];
  /** Root-mean-square distance of the outputs from the limit after the last step, with its standard error. */
  readonly distance: number | null;
  readonly standardError: number | null;
}

export interface LimitReport {
  readonly net: string;
  readonly parametrization: string;
  readonly baseWidth: number;
  readonly optimizer: string;
  readonly smooth: boolean | null;
  readonly learningRate: number;
  readonly loss: string;
  readonly reduction: string;
  readonly data: string;
  readonly examples: number;
  /** The examples of each step in turn, numbered from 0. */
  readonly batches: readonly (readonly number[])[];
  readonly steps: number;
  readonly kind: LimitKind;
  readonly scramblings: number;
  /** Whether the bias of order 1/n of the samples is extrapolated away. */
  readonly extrapolated: boolean;
  readonly seed: number;
  /** Updates done: 0, 1, … */
  readonly times: readonly number[];
  /** The output's axes. */
  readonly axes: readonly string[];
  readonly shape: readonly number[];
  readonly outputs: readonly Nested[];
  readonly standardErrors: readonly Nested[];
  /** Of each step's batch, before its update; null where there is only an error signal. */
  readonly losses: readonly { readonly value: number | null; readonly standardError: number | null }[] | null;
  readonly finite: readonly LimitAtWidth[];
  /** With which the distance falls in the width; null below two widths. */
  readonly exponent: number | null;
  readonly exponentInterval: readonly [number, number] | null;
  /** Of a neural tangent limit: `0`, `gp`, or the file that says where outputs start; null where they do by themselves. */
  readonly startsAt: string | null;
  /**
   * Of a neural tangent limit with a kernel in closed form: by example the deviation of outputs at the start over
   * initializations, and the rate from which on descent diverges, where updates are plain descent on one batch.
   */
  readonly start: { readonly deviations: readonly number[]; readonly divergentRate: number | null } | null;
  /** The tangent kernel on the examples of the batches; of a neural tangent limit, where it stands still, once. */
  readonly tangentKernel: Looks['tangentKernel'];
  /** The sharpness from which on descent diverges; null where updates are not plain descent on squared loss. */
  readonly edge: number | null;
  /** How far the weights of each layer are from where they started. */
  readonly weights: Looks['weights'];
  /** The same of networks, and how far their features move. */
  readonly beside: Looks['beside'];
  /** How far the features of each layer move in the limit; in the neural tangent one they stand still, and there are none. */
  readonly features: readonly FeatureMovement[];
  readonly notes: readonly string[];
}

/** What is known besides the limit and its networks. */
export interface ReportedBeside extends Pick<LimitReport, 'startsAt'> {
  readonly start: FrozenStart | undefined;
  readonly looks: Looks;
}

/** What was found. */
export function limitReportOf(
  options: LimitCommandOptions,
  { problem, kernels, learningRate, smooth, data, notes }: PreparedLimit,
  { limit, widths, approach }: LimitResult,
  { start, startsAt, looks }: ReportedBeside,
): LimitReport {
  const { kind, axes, shape, outputs, losses } = limit;
  const batches = required(problem.batches, 'batches of a limit');
  const target = problem.data.target;
  const numbers = problem.loss === 'cross-entropy' || shape.length > 1 ? undefined : target?.data;
  const trained = [...new Set(batches.flat())];
  const asked = { kernels, trained, ...(numbers === undefined ? {} : { targets: numbers }) };
  const nest = (values: readonly number[]): Nested => nested(values, shape);
  return {
    net: problem.net.program.name,
    parametrization: problem.parametrization.name,
    baseWidth: problem.parametrization.baseWidth ?? 1,
    optimizer: problem.optimizer.name,
    smooth,
    learningRate,
    loss: String(problem.loss),
    reduction: required(problem.reduction, 'reduction of a limit'),
    data,
    examples: required(shape[0], 'number of examples'),
    batches,
    steps: problem.steps,
    kind,
    scramblings: options.scramblings,
    extrapolated: options.extrapolate,
    seed: options.seed,
    times: outputs.map((_, step) => step),
    axes,
    shape,
    outputs: outputs.map((step) => nest(step.map(({ value }) => value))),
    standardErrors: outputs.map((step) => nest(step.map(({ standardError }) => standardError))),
    losses:
      losses?.map(({ value, standardError }) => ({
        value: finiteOrNull(value),
        standardError: finiteOrNull(standardError),
      })) ?? null,
    finite: widths.map((one) => atWidth(one, nest)),
    exponent: approach?.exponent ?? null,
    exponentInterval: approach?.interval ?? null,
    startsAt,
    start: start === undefined ? null : { deviations: start.deviations, divergentRate: start.divergentRate ?? null },
    tangentKernel: looks.tangentKernel,
    edge: looks.edge,
    weights: looks.weights,
    beside: looks.beside,
    features: kind === 'maximal update' ? featureMovement(limit, asked) : [],
    notes,
  };
}

/** So many times the first loss is no loss that training comes back from. */
const FAR = 1e6;

/** The first step at which the limit is not finite, or its loss far above the first. */
export function limitDivergence({ outputs, losses }: LimitReport): { step: number; what: string } | undefined {
  const step = outputs.findIndex((values) => flattened(values).includes(null));
  const values = losses?.map(({ value }) => value);
  const [first] = values ?? [];
  const far =
    typeof first !== 'number' || first === 0
      ? -1
      : (values ?? []).findIndex((value) => value === null || Math.abs(value) > FAR * Math.abs(first));
  if (far >= 0 && (step < 0 || far <= step))
    return { step: far, what: 'the loss is not finite, or more than a million times its first value' };
  return step < 0 ? undefined : { step, what: 'outputs are not finite' };
}

/** Whether the limit, or all networks of a width, diverged. */
export function hasDiverged(report: LimitReport): boolean {
  return limitDivergence(report) !== undefined || report.finite.some(({ seeds, diverged }) => diverged === seeds);
}

/** All numbers in their order. */
export const flattened = (values: Nested): readonly (number | null)[] =>
  typeof values === 'number' || values === null ? [values] : values.flatMap(flattened);

function atWidth(
  { width, seeds, diverged, means, deviations, losses, distance, standardError }: WidthPaths,
  nest: (values: readonly number[]) => Nested,
): LimitAtWidth {
  return {
    width,
    seeds,
    diverged,
    outputs: means.map((values) => nest([...values])),
    deviations: deviations.map((values) => nest([...values])),
    losses: losses.map(finiteOrNull),
    distance: finiteOrNull(distance),
    standardError: finiteOrNull(standardError),
  };
}

const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Row-major numbers as lists in lists. */
function nested(values: readonly number[], [size, ...rest]: readonly number[]): Nested {
  if (size === undefined) return finiteOrNull(required(values[0], 'number of an output'));
  const inner = entries(rest);
  return Array.from({ length: size }, (_, k) => nested(values.slice(k * inner, (k + 1) * inner), rest));
}
