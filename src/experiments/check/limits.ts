/** The limits of a program's scalar outputs, entry by entry, as the check reads them. */

import { required } from '../../errors/index.ts';
import { estimateLimit, exactLimit } from '../../kets/index.ts';
import type { Program } from '../../program/index.ts';
import { entryNames } from './entries.ts';
import type { CheckOptions } from './options.ts';

/** The limit of one entry of an output. */
export interface EntryLimit {
  readonly output: string;
  /** Its place, row-major. */
  readonly entry: number;
  readonly name: string;
  readonly limit: number;
  /** 0 where covariances close and the limit is exact; else that of sampling, or of what cancels in closed forms. */
  readonly standardError: number;
  /** The sampled limit beside an exact one. */
  readonly sampled?: { readonly value: number; readonly standardError: number };
}

/** Errors of closed forms below this, relative and absolute, are those of any number in f64 that a few steps made. */
const NEGLIGIBLE = 1e-9;

/** Evaluations of integrands that exact limits may take: seconds. */
const EVALUATIONS = 1e7;

/** Limits step by step: exact where covariances close, and by sampling. */
export async function entryLimits(
  program: Program,
  options: CheckOptions,
  onProgress: (share: number) => void,
): Promise<EntryLimit[][]> {
  const { steps = 1, seed = 0, samples, scramblings, memory, data, sizes } = options;
  const estimated = await estimateLimit(program, {
    steps,
    seed,
    onProgress,
    ...(samples === undefined ? {} : { width: samples }),
    ...(scramblings === undefined ? {} : { seeds: scramblings }),
    ...(memory === undefined ? {} : { memory }),
    ...(data === undefined ? {} : { data }),
    ...(sizes === undefined ? {} : { sizes }),
  });
  const exact = exactLimit(program, {
    steps,
    evaluations: EVALUATIONS,
    ...(data === undefined ? {} : { data }),
    ...(sizes === undefined ? {} : { sizes }),
  });
  return estimated.map((outputs, step) =>
    outputs.flatMap(({ name: output, axes, shape, entries }) => {
      const names = entryNames(output, axes, shape);
      const known = required(
        exact[step]?.find(({ name }) => name === output),
        `exact limit of "${output}"`,
      );
      return entries.map((sampled, entry): EntryLimit => {
        const place = { output, entry, name: required(names[entry], `name of entry ${entry} of "${output}"`) };
        const value = known.entries[entry];
        if (typeof value === 'number') {
          const error = required(known.errors[entry], `error of entry ${entry} of "${output}"`);
          const shown = error > NEGLIGIBLE * Math.abs(value) && error > NEGLIGIBLE ? error : 0;
          return { ...place, limit: value, standardError: shown, sampled };
        }
        return { ...place, limit: sampled.value, standardError: sampled.standardError };
      });
    }),
  );
}
