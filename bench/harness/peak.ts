/** The largest resident set of this process. */

import { readFileSync } from 'node:fs';
import { platform } from 'node:os';

/**
 * Bytes. On Linux those of the program that runs now: the maximum that getrusage gives outlives exec there, so that it
 * holds what the parent had when it started this process as well.
 */
export function peakBytes(): number {
  if (platform() !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
