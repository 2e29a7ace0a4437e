/**
 * How far networks of growing width are from a limit of training. They approach it by the Master Theorem (IVb 2.6.10).
 */

import { required } from '../../errors/index.ts';
import { at, mean, standardDeviation, weightedLinearFit } from '../../numeric/index.ts';
import { slopeInterval } from '../slopeInterval.ts';
import type { FinitePath } from './finite.ts';
import type { LimitPath } from './path.ts';

/** Networks of one width beside the limit. */
export interface WidthPaths {
  readonly width: number;
  readonly seeds: number;
  /** Networks whose outputs stopped being finite; they are left out of all else. */
  readonly diverged: number;
  /** Means over seeds, one array for each step, row-major on the output's axes. */
  readonly means: readonly Float64Array[];
  /** Standard deviations over seeds, alike on the output's axes. */
  readonly deviations: readonly Float64Array[];
  readonly losses: readonly number[];
  /** Of each network that did not diverge, what was looked at. */
  readonly looks: readonly Pick<FinitePath, 'values' | 'kernels' | 'changes'>[];
  /** Root-mean-square distance of the outputs after the last step from the limit, over outputs and seeds, with its error. */
  readonly distance: number;
  readonly standardError: number;
}

/** The paths of one width. */
export function widthPaths(limit: LimitPath, width: number, paths: readonly FinitePath[]): WidthPaths {
  const whole = paths.filter(({ divergedAt }) => divergedAt === undefined);
  // Of no network at all nothing is known.
  const average = (values: readonly number[]): number => (values.length === 0 ? Number.NaN : mean(values));
  const each = (of: (values: readonly number[]) => number): Float64Array[] =>
    limit.outputs.map((entries, step) =>
      Float64Array.from(entries, (_, k) =>
        of(whole.map(({ outputs }) => at(required(outputs[step], 'outputs of a step'), k))),
      ),
    );
  const last = required(limit.outputs.at(-1), 'last outputs of the limit');
  const squares = whole.map(({ outputs }) =>
    mean(last.map(({ value }, k) => (at(required(outputs.at(-1), 'last outputs'), k) - value) ** 2)),
  );
  const distance = Math.sqrt(average(squares));
  return {
    width,
    seeds: paths.length,
    diverged: paths.length - whole.length,
    means: each(average),
    deviations: each((values) => (values.length < 2 ? Number.NaN : standardDeviation(values)) ?? Number.NaN),
    losses: (limit.losses ?? []).map((_, step) => average(whole.map(({ losses }) => at(losses, step)))),
    looks: whole.map(({ values, kernels, changes }) => ({ values, kernels, changes })),
    distance,
    standardError: (standardDeviation(squares) ?? Number.NaN) / Math.sqrt(whole.length) / (2 * distance),
  };
}

/** The exponent with which the distance falls in the width, and its 95 % interval. */
export interface Approach {
  readonly exponent: number;
  readonly interval: readonly [number, number];
}

/** Undefined below two widths. */
export function approachOf(widths: readonly WidthPaths[]): Approach | undefined {
  const usable = widths.filter(({ distance, standardError }) => distance > 0 && standardError > 0);
  if (usable.length < 2) return undefined;
  const fit = weightedLinearFit(
    usable.map(({ width }) => Math.log(width)),
    usable.map(({ distance }) => Math.log(distance)),
    usable.map(({ distance, standardError }) => standardError / distance),
  );
  const { low, high } = slopeInterval(fit, Math.min(...usable.map(({ seeds, diverged }) => seeds - diverged)));
  return { exponent: fit.slope, interval: [low, high] };
}
