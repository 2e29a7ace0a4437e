/** Limits that Linux control groups (containers, services) set below what the machine has. */

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface CgroupLimits {
  readonly memoryBytes?: number;
  /** Cores' worth of time. */
  readonly cores?: number;
}

/** Version 1 writes "no limit" as the largest multiple of a page below 2^63. */
const UNLIMITED = 2 ** 60;

/**
 * The lowest limits of this process's group and of those around it, of version 2 or 1. Empty where there are none, and
 * on other systems. `root` stands for the file system's.
 */
export function cgroupLimits(root = '/'): CgroupLimits {
  const read = (...path: readonly string[]): string | undefined => {
    try {
      return readFileSync(join(root, ...path), 'utf8').trim();
    } catch {
      return undefined;
    }
  };
  const groups = (read('proc/self/cgroup') ?? '').split('\n').map((line) => line.split(':'));
  const [memory, cores]: [number[], number[]] = [[], []];
  for (const [id = '', controllers = '', path = '/'] of groups) {
    for (const group of ancestors(path)) {
      if (id === '0' && controllers === '') {
        memory.push(bytes(read('sys/fs/cgroup', group, 'memory.max')));
        const [quota, period] = (read('sys/fs/cgroup', group, 'cpu.max') ?? '').split(' ');
        cores.push(coreShare(quota, period));
        continue;
      }
      const names = controllers.split(',');
      if (names.includes('memory')) {
        memory.push(bytes(read('sys/fs/cgroup/memory', group, 'memory.limit_in_bytes')));
      }
      if (names.includes('cpu')) {
        const folder = ['sys/fs/cgroup/cpu', group] as const;
        cores.push(coreShare(read(...folder, 'cpu.cfs_quota_us'), read(...folder, 'cpu.cfs_period_us')));
      }
    }
  }
  const [memoryBytes, least] = [Math.min(...memory), Math.min(...cores)];
  return {
    ...(memoryBytes < UNLIMITED ? { memoryBytes } : {}),
    ...(Number.isFinite(least) ? { cores: least } : {}),
  };
}

/** A group and those around it, up to the root. */
function ancestors(path: string): string[] {
  return path === '/' || path === '.' ? ['/'] : [path, ...ancestors(dirname(path))];
}

/** A file's number; "max" and a missing file are no limit. */
function bytes(text: string | undefined): number {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
}

/** Time per period; "max", −1 and a missing file are no limit. */
function coreShare(quota: string | undefined, period: string | undefined): number {
  return bytes(quota) / bytes(period) || Number.POSITIVE_INFINITY;
}
