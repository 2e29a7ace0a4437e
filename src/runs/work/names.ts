/**
 * What of a run folder workers share.
 *
 * ```
 * RUN/work/command.json             the command whose work it is
 * RUN/work/claims/UNIT~0/WORKER     the first who took a unit; ~1 the one who took it over, and so on
 * RUN/work/claims/UNIT~done         a unit that is done, with its time
 * RUN/work/workers/WORKER~12        a worker at its twelfth heartbeat
 * RUN/work/origin/…                 what the first worker computes with
 * RUN/work/scratch/WORKER/          its unfinished files
 * ```
 */

/** The folder in a run folder. */
export const WORK = 'work';
export const [COMMAND, CLAIMS, WORKERS, ORIGIN, SCRATCH] = [
  'command.json',
  'claims',
  'workers',
  'origin',
  'scratch',
] as const;

/** Stands between a name and its number; no unit and no worker has it in its name. */
const MARK = '~';
const DONE = 'done';

export const claimName = (unit: string, generation: number): string => `${unit}${MARK}${generation}`;
export const doneName = (unit: string): string => `${unit}${MARK}${DONE}`;
export const beatName = (worker: string, beat: number): string => `${worker}${MARK}${beat}`;

/** A name and its number, or `done`; undefined for what is none of ours. */
export function parseMarked(entry: string): { readonly name: string; readonly number: number | 'done' } | undefined {
  const [name, end, ...rest] = entry.split(MARK);
  if (name === undefined || end === undefined || rest.length > 0) return undefined;
  if (end === DONE) return { name, number: DONE };
  return /^\d+$/.test(end) ? { name, number: Number(end) } : undefined;
}
