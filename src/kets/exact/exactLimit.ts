/**
 * A program's limit without sampling, where covariances close: numbers that verify the sampled estimates.
 *
 * It stops where an expectation takes too many jointly Gaussian variables: outputs say so, each by itself.
 *
 * Kets are those of IVb 2.6.5, and their means the limits of IVb 2.6.10.
 */

import { required } from '../../errors/index.ts';
import {
  cancels,
  isNotClosed,
  type NotClosed,
  type Perturbation,
  perturbed,
  unperturbed,
} from '../../expectations/index.ts';
import { dataAt, type Phase, type Program, type Sizes, type StepData } from '../../program/index.ts';
import { phasesOf } from '../phases.ts';
import { type ExactOutput, exactInterpreter } from './interpreter.ts';

/** What `exactLimit` is told: steps, data, and how much it may compute. */
export interface ExactOptions {
  /** Steps of a step program; default 1. Phases have their own. */
  readonly steps?: number;
  /** Of a program: the same at every step, or a function of the step. Phases have their own. */
  readonly data?: StepData;
  readonly sizes?: Sizes;
  /** How often quadratures may evaluate their integrands, all together: a hundred million take a minute. No bound by default. */
  readonly evaluations?: number;
}

/** An output in the limit of the width. */
export interface ExactLimit extends ExactOutput {
  /** How far entries may be off by rounding and quadrature: 0 or more, NaN for those that do not close. */
  readonly errors: readonly number[];
}

/** A share of a value that errors may take before it is no result, and errors too small to be called so. */
const [LOST, NEGLIGIBLE] = [1e-3, 1e-9];
/** By how much errors are taken to be larger than one trial shows. */
const CAUTION = 10;

/**
 * The limits of a program's scalar outputs, step by step; of phases, one after the other on one state. Errors of
 * quadratures and roundings are carried along by a second computation in which every mean is moved by its error; what
 * cancels to more than a thousandth of itself is refused. Throws {@link UserError} `kets.outside-fragment`,
 * `kets.not-given`.
 */
export function exactLimit(
  what: Program | readonly Phase[],
  options: ExactOptions = {},
): readonly (readonly ExactLimit[])[] {
  const found = limits(what, options, unperturbed);
  const closes = found.some((step) => step.some(({ entries }) => entries.some((entry) => !isNotClosed(entry))));
  const moved = closes ? limits(what, options, perturbed()) : found;
  return found.map((step, k) =>
    step.map((output, place) => {
      const others = required(moved[k]?.[place], `moved limit of "${output.name}"`).entries;
      const found = output.entries.map((entry, at) =>
        withError(entry, required(others[at], `moved entry ${at} of "${output.name}"`)),
      );
      return { ...output, entries: found.map(({ entry }) => entry), errors: found.map(({ error }) => error) };
    }),
  );
}

interface WithError {
  readonly entry: number | NotClosed;
  readonly error: number;
}

/** An entry and its error, by the same one with every mean moved: one that then does not close is not known to close. */
function withError(entry: number | NotClosed, moved: number | NotClosed): WithError {
  if (isNotClosed(entry)) return { entry, error: Number.NaN };
  if (isNotClosed(moved)) return { entry: moved, error: Number.NaN };
  const error = CAUTION * Math.abs(moved - entry) + Number.EPSILON * Math.abs(entry);
  return { entry: error > NEGLIGIBLE && error > LOST * Math.abs(entry) ? cancels(entry, error) : entry, error };
}

function limits(
  what: Program | readonly Phase[],
  options: ExactOptions,
  perturb: Perturbation,
): readonly (readonly ExactOutput[])[] {
  const interpreter = exactInterpreter({ ...options, perturb });
  let state = interpreter.start();
  return phasesOf(what, options).flatMap(({ program, steps = 1, data = {} }) =>
    Array.from({ length: steps }, (_, step) => {
      const ran = interpreter.run(program, state, dataAt(data, step));
      ({ state } = ran);
      return Object.values(ran.outputs);
    }),
  );
}
