/** The workers of pages. */

import { Pool } from './pool.ts';
import type { ProgramJobs } from './program.ts';
import type { SentencesJobs } from './sentences.ts';
import type { SweepJobs } from './sweep.ts';
import type { LimitJobs } from './train.ts';

/** More would take memory that phones do not have. */
const MOST = 4;

/** Workers for all cores but the page's own; a single one where there is one. */
export function limitPool(): Pool<LimitJobs> {
  const cores = Math.max(1, Math.min(MOST, navigator.hardwareConcurrency ?? 1));
  return new Pool(() => new Worker(new URL('./train.worker.ts', import.meta.url), { type: 'module' }), cores);
}

/** Workers of the program page. */
export function programPool(): Pool<ProgramJobs> {
  return new Pool(() => new Worker(new URL('./program.worker.ts', import.meta.url), { type: 'module' }), 2);
}

/** As many workers as {@link limitPool} has. */
export const sweepWorkers = (): number => Math.max(1, Math.min(MOST, navigator.hardwareConcurrency ?? 1));

/** Workers of the transfer page. */
export function sweepPool(): Pool<SweepJobs> {
  return new Pool(() => new Worker(new URL('./sweep.worker.ts', import.meta.url), { type: 'module' }), sweepWorkers());
}

/** The worker that reads sentences: one, for it holds a language model. */
export function sentencesPool(): Pool<SentencesJobs> {
  return new Pool(() => new Worker(new URL('./sentences.worker.ts', import.meta.url), { type: 'module' }), 1);
}
