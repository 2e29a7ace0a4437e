/** The sides of the limits bench: what they are told, and how they are started. */

import { join, resolve } from 'node:path';
import { required } from '../../src/errors/index.ts';
import { pythonWith } from '../harness/python.ts';
import { script } from '../harness/script.ts';
import type { Command } from '../harness/side.ts';
import { type ProblemName, type Rule, TANGENT } from './problems.ts';

/** How many samples stand for a width, and how many of them averages within nonlinear updates of matrices read. */
export interface Size {
  readonly width?: number;
  readonly subsample?: number;
}

/** The limit; every run takes new scramblings. */
export interface LimitTold extends Size {
  readonly problem: ProblemName;
  /** Scramblings of a run. */
  readonly scramblings?: number;
  /** Seed of the first run. */
  readonly seed?: number;
  /** Relative size of directions that matrices leave out; default the library's own. */
  readonly tolerance?: number;
}

/** Dense networks of one width; every run trains new ones, at least two, for about so many seconds of CPU. */
export interface NetworksTold {
  readonly problem: Rule;
  readonly width: number;
  readonly seconds: number;
}

/** `4096`, `1024x128`, or the library's own size. */
export function sizeName({ width, subsample }: Size): string {
  if (width === undefined) return 'default';
  return subsample === undefined ? `${width}` : `${width}x${subsample}`;
}

export const limitSide = (told: LimitTold): Command => script('limits/limit.ts', [JSON.stringify(told)]);

export const networksSide = (told: NetworksTold): Command => script('limits/networks.ts', [JSON.stringify(told)]);

/** What this process was told, in one of the scripts. */
export const told = <T extends LimitTold | NetworksTold>(): T =>
  JSON.parse(required(process.argv[2], 'what to run')) as T; // written above

export const TO_GET_SCIPY =
  'python3 -m venv FOLDER && FOLDER/bin/pip install -r bench/peers/requirements.txt\n' +
  '  NEXORT_PYTHON=FOLDER/bin/python npm run bench -- limits';

/** The tangent part in Python, or why there is none. */
export function pythonSide(
  samples: number,
  scramblings: number,
  threads: number,
): Command | { readonly missing: string } {
  const found = pythonWith('import numpy, scipy.stats');
  if ('missing' in found) return found;
  const file = join(resolve(import.meta.dirname, '../peers'), 'tangent_adam.py');
  const [t, s] = [String(threads), JSON.stringify({ ...TANGENT, samples, scramblings })];
  return { file: found.python, args: [file, s], env: { OMP_NUM_THREADS: t, OPENBLAS_NUM_THREADS: t } };
}
