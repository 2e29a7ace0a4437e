/** The workers of pages. */

import type { MeasureJobs } from './measure.ts';
import { Pool, type WorkerLike } from './pool.ts';
import type { ProgramJobs } from './program.ts';
import type { SentencesJobs } from './sentences.ts';
import type { SweepJobs } from './sweep.ts';
import type { LimitJobs } from './train.ts';

/** More would take memory that phones do not have. */
const MOST = 4;

/** Workers for all cores but the page's own; a single one where there is one. */
export function limitPool(most = MOST): Pool<LimitJobs> {
  const cores = Math.max(1, Math.min(most, navigator.hardwareConcurrency ?? 1));
  return new Pool(
    () => carried('train') ?? new Worker(new URL('./train.worker.ts', import.meta.url), { type: 'module' }),
    cores,
  );
}

let writer: Pool<LimitJobs> | undefined;

/** A worker for texts, beside those that train, which it would wait for. */
export function textPool(): Pool<LimitJobs> {
  writer ??= limitPool(1);
  return writer;
}

/** Workers of the program page. */
export function programPool(): Pool<ProgramJobs> {
  return new Pool(
    () => carried('program') ?? new Worker(new URL('./program.worker.ts', import.meta.url), { type: 'module' }),
    2,
  );
}

/** The worker that a page of one file holds; undefined of pages that are served. */
function carried(name: string): WorkerLike | undefined {
  const address = globalThis.studioWorkers?.[name];
  if (address === undefined) return undefined;
  try {
    // No module: from a file browsers refuse those.
    return new Worker(address);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`This browser starts no workers for a page from a file (${why}); nexort studio serves the same.`);
  }
}

/** The worker that measures exponents. */
export function measurePool(): Pool<MeasureJobs> {
  return new Pool(
    () => carried('measure') ?? new Worker(new URL('./measure.worker.ts', import.meta.url), { type: 'module' }),
    1,
  );
}

/** As many workers as {@link limitPool} has. */
export const sweepWorkers = (): number => Math.max(1, Math.min(MOST, navigator.hardwareConcurrency ?? 1));

/** Workers of the transfer page. */
export function sweepPool(): Pool<SweepJobs> {
  return new Pool(
    () => carried('sweep') ?? new Worker(new URL('./sweep.worker.ts', import.meta.url), { type: 'module' }),
    sweepWorkers(),
  );
}

/** The worker that reads sentences: one, for it holds a language model. */
export function sentencesPool(): Pool<SentencesJobs> {
  return new Pool(() => {
    if (globalThis.studioWorkers !== undefined)
      throw new Error('A page of one file holds no language model; nexort studio serves one.');
    return new Worker(new URL('./sentences.worker.ts', import.meta.url), { type: 'module' });
  }, 1);
}
