/** The limits of a program's scalar outputs, entry by entry, as the check reads them. */

import { estimateLimit } from '../../kets/index.ts';
import type { Program } from '../../program/index.ts';
import type { CheckOptions } from './check.ts';
import { entryNames } from './entries.ts';

/** The limit of one entry of an output. */
export interface EntryLimit {
  readonly output: string;
  /** Its place, row-major. */
  readonly entry: number;
  readonly name: string;
  readonly limit: number;
  readonly standardError: number;
}

/** Limits at the last step, by sampling. */
export async function entryLimits(
  program: Program,
  options: CheckOptions,
  onProgress: (share: number) => void,
): Promise<EntryLimit[]> {
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
  return (estimated.at(-1) ?? []).flatMap(({ name: output, axes, shape, entries }) => {
    const names = entryNames(output, axes, shape);
    return entries.map(({ value, standardError }, entry) => ({
      output,
      entry,
      name: names[entry] ?? output,
      limit: value,
      standardError,
    }));
  });
}
