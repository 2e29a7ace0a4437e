/** What else the machine does, and what it is. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { required } from '../../src/errors/index.ts';

/** More than this share of all cores taken by others, and times mean little. */
export const BUSY_SHARE = 0.05;

/** Linux counts the time of cores in hundredths of a second. */
const TICKS_PER_SECOND = 100;
/** Place of stolen time in the first line of /proc/stat, after its name: user nice system idle iowait irq softirq steal. */
const STEAL = 7;

/** Core-seconds since the machine started. */
interface Used {
  readonly at: number;
  readonly busy: number;
}

/** Busy core-seconds of all processes, and those that a hypervisor gave to other machines. */
function used(): Used {
  const busy = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) / 1000;
  return { at: performance.now() / 1000, busy: busy + stolen() };
}

function stolen(): number {
  if (platform() !== 'linux') return 0;
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  return Number(required(line.trim().split(/\s+/)[STEAL + 1], 'stolen time')) / TICKS_PER_SECOND;
}

/** Starts watching; the function it gives says which share of all cores others took since, given our own core-seconds. */
export function watchOthers(): (own: number) => number {
  const before = used();
  return (own) => {
    const now = used();
    const capacity = (now.at - before.at) * cpus().length;
    return Math.max(0, (now.busy - before.busy - own) / capacity);
  };
}

/** Waits, and gives the share of all cores that was busy meanwhile. */
export async function busyShare(seconds: number): Promise<number> {
  const since = watchOthers();
  await new Promise((done) => setTimeout(done, 1000 * seconds));
  return since(0);
}

/** The environment that figures are worth little without. */
export interface Environment {
  readonly date: string;
  readonly commit: string;
  readonly node: string;
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
}

export function environment(): Environment {
  return {
    date: new Date().toISOString(),
    commit: commitOf(import.meta.dirname),
    node: process.version,
    system: `${platform()} ${release()} ${arch()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
  };
}

/** The commit that is checked out around a folder, marked where files differ from it. */
export function commitOf(folder: string): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty', '--abbrev=12'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}
