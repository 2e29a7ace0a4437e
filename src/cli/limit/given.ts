/** A limit as the command is told it: the problem, how it is sampled, and what its run folder belongs to. */

import type { LimitOptions } from '../../experiments/index.ts';
import type { Engine } from '../../finite/index.ts';
import type { JsonObject } from '../../runs/index.ts';
import { defaultMemory } from '../options.ts';
import { nodeStepper } from '../stepper.ts';
import { changeSteps, lookSteps } from './looks.ts';
import type { LimitCommandOptions } from './options.ts';
import { type PreparedLimit, prepareLimit } from './prepare.ts';
import { limitStart } from './start.ts';

export interface GivenLimit {
  readonly prepared: PreparedLimit;
  readonly begun: Awaited<ReturnType<typeof limitStart>>;
  /** Steps before which the tangent kernel is looked at. */
  readonly steps: readonly number[];
  readonly options: LimitOptions;
  readonly identity: JsonObject;
}

/** Reads everything. Throws {@link UserError} for whatever of it is wrong. */
export async function givenLimit(options: LimitCommandOptions, engine: Engine): Promise<GivenLimit> {
  const { widths, seeds, seed, scramblings, extrapolate } = options;
  const run: LimitOptions['run'] = (program, feeds, sizes) => engine.run(program, feeds, sizes);
  const prepared = await prepareLimit(options, run);
  const begun = await limitStart(options, prepared.problem);
  const [steps, changes] = [lookSteps(prepared, options.looks), changeSteps(prepared, options.looks)];
  const { samples, subsample } = prepared;
  return {
    prepared,
    begun,
    steps,
    options: {
      looks: steps,
      changes,
      extrapolate,
      widths,
      networks: seeds,
      seed,
      seeds: scramblings,
      ...(samples === undefined ? {} : { samples }),
      ...(subsample === undefined ? {} : { subsample }),
      ...(begun?.path === undefined ? {} : { start: begun.path }),
      memory: options.memory ?? defaultMemory(),
      stepper: nodeStepper(engine),
      run,
    },
    identity: {
      ...prepared.identity,
      start: begun?.identity ?? null,
      looks: [...steps],
      changes: [...changes],
      extrapolate,
    },
  };
}
