/** `--start` of `nexort limit`: where outputs of a neural tangent limit begin. */

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { drawnStart, givenStart, type LimitProblem, type StartPath } from '../../experiments/index.ts';
import type { Json } from '../../runs/index.ts';
import { limitRegime } from '../../training/index.ts';
import { readArray } from '../arrayFile.ts';
import * as errors from './errors.ts';
import type { LimitCommandOptions } from './options.ts';

/** Where outputs begin, as results say it: at 0, drawn, or the name of a file. */
export interface LimitStart {
  readonly from: string;
  /** Absent at 0. */
  readonly path?: StartPath;
  /** What a run folder knows it by. */
  readonly identity: Json;
}

export const [AT_ZERO, DRAWN] = ['0', 'gp'];

/**
 * Reads or draws a start; undefined of a limit whose outputs start by themselves. Throws {@link UserError}
 * `cli.no-start`, `experiments.bad-start`, and what reading arrays and drawing throw.
 */
export async function limitStart(
  { start = AT_ZERO, seed, memory }: Pick<LimitCommandOptions, 'start' | 'seed' | 'memory'>,
  problem: LimitProblem,
): Promise<LimitStart | undefined> {
  if (limitRegime(problem.net, problem) !== 'operator') {
    if (start !== AT_ZERO) throw errors.noStart(start, problem.parametrization.name);
    return undefined;
  }
  if (start === AT_ZERO) return { from: AT_ZERO, identity: AT_ZERO };
  if (start === DRAWN) {
    const path = await drawnStart(problem, { seed, ...(memory === undefined ? {} : { memory }) });
    return { from: DRAWN, path, identity: { process: seed } };
  }
  if (!/\.(csv|json|npy)$/i.test(start)) throw errors.unknownStart(start);
  const { shape, data } = await readArray(start);
  const numbers = Float64Array.from(data);
  const path = givenStart(problem, shape, numbers);
  return { from: basename(start), path, identity: { sha256: createHash('sha256').update(numbers).digest('hex') } };
}
