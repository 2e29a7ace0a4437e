/** The workers of pages. */

import type { MeasureJobs } from './measure.ts';
import type { ModelJobs } from './model.ts';
import { Pool } from './pool.ts';
import type { ProgramJobs } from './program.ts';
import type { SweepJobs } from './sweep.ts';
import type { LimitJobs } from './train.ts';

/** More would take memory that phones do not have. */
const MOST = 4;

/** Workers for all cores but the page's own; a single one where there is one. */
export function limitPool(most = MOST): Pool<LimitJobs> {
  const cores = Math.max(1, Math.min(most, navigator.hardwareConcurrency ?? 1));
  return new Pool(() => new Worker(new URL('./train.worker.ts', import.meta.url), { type: 'module' }), cores);
}

let writer: Pool<LimitJobs> | undefined;

/** A worker for texts, beside those that train, which it would wait for. */
export function textPool(): Pool<LimitJobs> {
  writer ??= limitPool(1);
  return writer;
}

/** Workers of the program page. */
export function programPool(): Pool<ProgramJobs> {
  return new Pool(() => new Worker(new URL('./program.worker.ts', import.meta.url), { type: 'module' }), 2);
}

/** The worker that measures exponents. */
export function measurePool(): Pool<MeasureJobs> {
  return new Pool(() => new Worker(new URL('./measure.worker.ts', import.meta.url), { type: 'module' }), 1);
}

/** As many workers as {@link limitPool} has. */
export const sweepWorkers = (): number => Math.max(1, Math.min(MOST, navigator.hardwareConcurrency ?? 1));

/** Workers of the transfer page. */
export function sweepPool(): Pool<SweepJobs> {
  return new Pool(() => new Worker(new URL('./sweep.worker.ts', import.meta.url), { type: 'module' }), sweepWorkers());
}

/** The worker of the embedded model: one, for it holds a language model. */
export function modelPool(): Pool<ModelJobs> {
  return new Pool(() => new Worker(new URL('./model.worker.ts', import.meta.url), { type: 'module' }), 1);
}
