/** Parsers of what workers are told: durations, and where they begin. */

import { InvalidArgumentError } from 'commander';
import { required } from '../../errors/index.ts';
import type { WorkShare } from '../../runs/index.ts';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3600, d: 86_400 };

/** `2h`, `90min`, `1h30m`, `45s`, in seconds. */
export function durationOption(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*(min|[smhd])\s*/g)];
  const whole = parts.map(([part]) => part).join('') === text.trimStart();
  const seconds = parts.reduce(
    (sum, [, number, unit = '']) => sum + Number(number) * required(SECONDS[unit], 'unit'),
    0,
  );
  if (!whole || !(seconds > 0)) throw new InvalidArgumentError('Give a time such as 2h, 90min, 1h30min or 45s.');
  return seconds;
}

/** `3/16`: the third of sixteen. */
export function shareOption(text: string): WorkShare {
  const [, index, of] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index === undefined || of === undefined || index < 1 || index > of) {
    throw new InvalidArgumentError('Give a number and how many there are, such as 3/16, from 1/16 to 16/16.');
  }
  return { start: (index - 1) / of, of };
}

/** The fractional parts of multiples of it lie evenly, however many there are. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Where a task of an array begins: of Slurm, or of an indexed job of Kubernetes, which does not say how many there are. */
export function shareOfArray(environment: NodeJS.ProcessEnv): WorkShare | undefined {
  const number = (name: string): number | undefined => {
    const value = environment[name];
    return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
  };
  const [task, count] = [number('SLURM_ARRAY_TASK_ID'), number('SLURM_ARRAY_TASK_COUNT')];
  if (task !== undefined && count !== undefined && count > 0) {
    const index = task - (number('SLURM_ARRAY_TASK_MIN') ?? 0);
    return { start: (index % count) / count, of: count };
  }
  const index = number('JOB_COMPLETION_INDEX');
  return index === undefined ? undefined : { start: (index * GOLDEN) % 1 };
}

/** Threads that a cluster gives a task; undefined where it does not say. */
export function threadsOfTask({ SLURM_CPUS_PER_TASK: given }: NodeJS.ProcessEnv): number | undefined {
  return given !== undefined && /^[1-9]\d*$/.test(given) ? Number(given) : undefined;
}
