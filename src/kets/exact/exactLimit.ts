/**
 * A program's limit without sampling, where covariances close: numbers that verify the sampled estimates.
 *
 * It stops where an expectation takes too many jointly Gaussian variables: outputs say so, each by itself.
 */

import { dataAt, type Phase, type Program, type Sizes, type StepData } from '../../program/index.ts';
import { phasesOf } from '../phases.ts';
import { type ExactOutput, exactInterpreter } from './interpreter.ts';

export interface ExactOptions {
  /** Steps of a step program; default 1. Phases have their own. */
  readonly steps?: number;
  /** Of a program: the same at every step, or a function of the step. Phases have their own. */
  readonly data?: StepData;
  readonly sizes?: Sizes;
  /** How often quadratures may evaluate their integrands, all together: a hundred million take a minute. No bound by default. */
  readonly evaluations?: number;
}

/**
 * The limits of a program's scalar outputs, step by step; of phases, one after the other on one state. Throws
 * {@link UserError} `kets.outside-fragment`, `kets.not-given`.
 */
export function exactLimit(
  what: Program | readonly Phase[],
  options: ExactOptions = {},
): readonly (readonly ExactOutput[])[] {
  const interpreter = exactInterpreter(options);
  let state = interpreter.start();
  return phasesOf(what, options).flatMap(({ program, steps = 1, data = {} }) =>
    Array.from({ length: steps }, (_, step) => {
      const ran = interpreter.run(program, state, dataAt(data, step));
      ({ state } = ran);
      return Object.values(ran.outputs);
    }),
  );
}
